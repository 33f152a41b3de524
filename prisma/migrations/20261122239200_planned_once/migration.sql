-- A policy that asks another table is planned with all of that table's own policies inside, for every query anew: that cost several times
-- what the reading itself does. The same questions, each in a function that PostgreSQL does not unfold (PL/pgSQL), asked under the same
-- person's rights: the policies of `claim` apply inside, and stand once.

-- The claims that name the person of the scope, as claimant or on the neutral seat of a panel.
CREATE FUNCTION scope_named() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() = 'patient' THEN RETURN (SELECT array_agg(claim_no) FROM claim WHERE patient_person_id = scope_person()); END IF;
  IF scope_role() = 'mediator' THEN RETURN (SELECT array_agg(claim_no) FROM claim); END IF;
  RETURN NULL;
END $$;
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['claim_event', 'claim_event_personal', 'task', 'deadline', 'act', 'outbox', 'notice', 'document', 'payee', 'payment'] LOOP
    EXECUTE format('DROP POLICY claimant ON %I', tbl);
    EXECUTE format('DROP POLICY mediator ON %I', tbl);
    EXECUTE format('CREATE POLICY named ON %I TO kuaipei_api USING (claim_no = ANY ((SELECT scope_named())::text[]))', tbl);
  END LOOP;
END $$;

-- The patients of those claims, and of the one that a link opens.
CREATE FUNCTION scope_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() IN ('patient', 'mediator') THEN RETURN (SELECT array_agg(DISTINCT patient_id) FROM claim); END IF;
  RETURN NULL;
END $$;
DROP POLICY claimant ON patient;
DROP POLICY mediator ON patient;
DROP POLICY link ON patient;
CREATE POLICY named ON patient FOR SELECT TO kuaipei_api USING (id = ANY ((SELECT scope_patients())::uuid[]));
DROP POLICY only_claim ON patient;
CREATE POLICY only_claim ON patient AS RESTRICTIVE TO kuaipei_api USING ((SELECT scope_claim()) IS NULL OR id = ANY ((SELECT scope_patients())::uuid[]));

-- The patients of claims read through broken glass, or in a colleague's place.
CREATE FUNCTION scope_other_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() <> 'liaison' THEN RETURN NULL; END IF;
  RETURN (SELECT array_agg(DISTINCT patient_id) FROM claim WHERE claim_no = ANY (scope_glass()) OR claim_no = ANY (scope_delegated()));
END $$;
DROP POLICY broken_glass ON patient;
DROP POLICY stands_in ON patient;
CREATE POLICY for_now ON patient FOR SELECT TO kuaipei_api USING (hospital = (SELECT scope_hospital()) AND id = ANY ((SELECT scope_other_patients())::uuid[]));

-- SPEC §1.2: what finance itself wrote.
CREATE FUNCTION is_of_finance(which_claim text, which_version integer) RETURNS boolean LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RETURN EXISTS (SELECT FROM claim_event e WHERE e.claim_no = which_claim AND e.version = which_version AND e.actor ->> 'role' = 'finance');
END $$;
DROP POLICY finance ON claim_event_personal;
CREATE POLICY finance ON claim_event_personal FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'finance' AND insurer = (SELECT scope_insurer()) AND is_of_finance(claim_no, version));

-- The hospitals of a patient's claims: whom to ask there.
CREATE FUNCTION scope_hospitals() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() = 'patient' THEN RETURN (SELECT array_agg(DISTINCT hospital) FROM claim); END IF;
  RETURN NULL;
END $$;
DROP POLICY contact ON person;
CREATE POLICY contact ON person FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'patient' AND active AND roles && ARRAY['liaison', 'specialist'] AND hospital = ANY ((SELECT scope_hospitals())::text[]));
