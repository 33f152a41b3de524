-- A role for reports (issue 5 part 1): reads the figures of one house, and no column that says who somebody is.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kuaipei_reports') THEN
    BEGIN
      CREATE ROLE kuaipei_reports LOGIN;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster was migrated at the same time
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'Role kuaipei_reports is missing and % may not create it. Let an administrator run: CREATE ROLE kuaipei_reports LOGIN;', current_user;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kuaipei_reports' AND (rolsuper OR rolbypassrls)) THEN
    RAISE EXCEPTION 'Role kuaipei_reports passes by row-level security. Let an administrator run: ALTER ROLE kuaipei_reports NOSUPERUSER NOBYPASSRLS;';
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO kuaipei_reports;

-- A report is made for one house: the hospital of the scope, or else its insurer. Without a scope there is nothing to report.
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['claim', 'claim_event', 'task', 'deadline', 'document', 'payment'] LOOP
    EXECUTE format($p$CREATE POLICY reports ON %I FOR SELECT TO kuaipei_reports USING ((SELECT scope_role()) = 'reports'
      AND coalesce(hospital = (SELECT scope() ->> 'hospital'), insurer = (SELECT scope() ->> 'insurer')))$p$, tbl);
  END LOOP;
  FOREACH tbl IN ARRAY ARRAY['hospital', 'insurer', 'calendar_year'] LOOP
    EXECUTE format('CREATE POLICY reports ON %I FOR SELECT TO kuaipei_reports USING ((SELECT scope_role()) = ''reports'')', tbl);
    EXECUTE format('GRANT SELECT ON %I TO kuaipei_reports', tbl);
  END LOOP;
END $$;

-- Column by column: neither patients nor staff, no accounts, no names of files, no content of events.
GRANT SELECT (claim_no, hospital, department, insurer, stage, tier, outcome_type, closed_as, waiting_for, next_deadline, provisional, breached, stuck, flagged, version,
  reported_at, occurred_at, surgery_at, closed_at, asked_fen, approved_fen, paid_fen) ON claim TO kuaipei_reports;
GRANT SELECT (claim_no, version, type, at, received_at, hospital, department, insurer) ON claim_event TO kuaipei_reports;
GRANT SELECT (id, claim_no, kind, roles, opened_at, due_at, provisional, status, outcome, closed_at, breached, hospital, department, insurer) ON task TO kuaipei_reports;
GRANT SELECT ON deadline TO kuaipei_reports;
GRANT SELECT (id, claim_no, kind, bytes, media_type, status, uploaded_at, attached_at, hospital, department, insurer) ON document TO kuaipei_reports;
GRANT SELECT (claim_no, sequence, benefit, amount_fen, status, confirmed_at, hospital, department, insurer) ON payment TO kuaipei_reports;
