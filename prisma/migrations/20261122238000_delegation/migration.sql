-- Who does whose work while they are away. Rows are only ended, never changed or removed: they say on whose word somebody acted for another.
CREATE TABLE "delegation" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "owner" TEXT NOT NULL,
    "delegate" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "house" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "until" TIMESTAMPTZ(3) NOT NULL,
    "made_by" TEXT NOT NULL,
    "act_id" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "delegation_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "delegation_made_by_act_id_key" ON "delegation"("made_by", "act_id");
CREATE INDEX "delegation_delegate_idx" ON "delegation"("delegate");
CREATE INDEX "delegation_owner_idx" ON "delegation"("owner");
CREATE INDEX "delegation_house_idx" ON "delegation"("house");
-- 60 days, and the rest of the day on which it was made.
ALTER TABLE delegation
  ADD CONSTRAINT delegation_two_persons CHECK (owner <> delegate),
  ADD CONSTRAINT delegation_until CHECK (until > at AND until <= at + interval '61 days'),
  ADD CONSTRAINT delegation_role CHECK (role IN ('liaison', 'specialist', 'manager', 'medical-affairs', 'reviewer', 'senior-reviewer', 'approver', 'finance')),
  ADD CONSTRAINT delegation_ended CHECK ((ended_at IS NULL) = (ended_by IS NULL));

-- ---------------------------------------------------------------------------------------------------------------------
-- The house of the scope: the hospital or the insurer, as the role has it.
CREATE FUNCTION scope_house() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN coalesce(scope_hospital(), scope_insurer());

-- For whom the person of the scope stands in now, in this role. Time ends it, and so does an account that was shut or has lost the role: no job has to run.
CREATE FUNCTION scope_owners() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_claim() IS NULL AND scope_house() IS NOT NULL THEN (
    SELECT array_agg(DISTINCT d.owner) FROM delegation d
    WHERE d.delegate = scope_person() AND d.role = scope_role() AND d.house = scope_house() AND d.ended_at IS NULL AND d.until > now()
      AND EXISTS (SELECT FROM person p WHERE p.person_id = d.owner AND p.active AND d.role = ANY (p.roles) AND d.house IN (p.hospital, p.insurer))) END;

-- Only liaisons see less than their house, so only for them another's work reaches further: to the owners in their own departments, as 'owner department'.
CREATE FUNCTION scope_owned() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_role() = 'liaison' THEN (
    SELECT array_agg(DISTINCT p.person_id || ' ' || department) FROM person p, unnest(p.departments) department
    WHERE p.person_id = ANY ((SELECT scope_owners())::text[]) AND p.active AND 'liaison' = ANY (p.roles) AND p.hospital = scope_hospital()) END;

CREATE POLICY stands_in ON task FOR SELECT TO kuaipei_api USING (hospital = (SELECT scope_hospital())
  AND assignee || ' ' || department = ANY ((SELECT scope_owned())::text[]) AND (status = 'open' OR closed_by = (SELECT scope_person())));

-- The claims of those tasks: what the owner still owes there, and what was done for them. Policies ask it as a list of rows, which is hashed (there may be many),
-- and in a subquery of its own: planning would evaluate it otherwise, and it reads a table whose policies read claim.
CREATE FUNCTION scope_delegated() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_role() = 'liaison' THEN (
    SELECT array_agg(DISTINCT claim_no) FROM task WHERE assignee = ANY ((SELECT scope_owners())::text[])
      AND assignee || ' ' || department = ANY ((SELECT scope_owned())::text[]) AND (status = 'open' OR closed_by = scope_person())) END;
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['claim', 'claim_event', 'claim_event_personal', 'deadline', 'payee', 'payment'] LOOP
    EXECUTE format('CREATE POLICY stands_in ON %I FOR SELECT TO kuaipei_api USING (hospital = (SELECT scope_hospital()) AND claim_no IN (SELECT unnest((SELECT scope_delegated()))))', tbl);
  END LOOP;
  -- What people themselves write to a claim: acts that wait, files.
  FOREACH tbl IN ARRAY ARRAY['act', 'document'] LOOP
    EXECUTE format('CREATE POLICY stands_in ON %I TO kuaipei_api USING (hospital = (SELECT scope_hospital()) AND claim_no IN (SELECT unnest((SELECT scope_delegated()))))', tbl);
  END LOOP;
END $$;
CREATE POLICY stands_in ON patient FOR SELECT TO kuaipei_api USING (hospital = (SELECT scope_hospital())
  AND id IN (SELECT patient_id FROM claim WHERE claim_no IN (SELECT unnest((SELECT scope_delegated())))));

-- ---------------------------------------------------------------------------------------------------------------------
-- Whether the scope leads those of this role: managers their hospital, senior reviewers their insurer.
CREATE FUNCTION scope_leads(role text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN (scope_role() = 'manager' AND role IN ('liaison', 'specialist', 'manager', 'medical-affairs'))
    OR (scope_role() = 'senior-reviewer' AND role IN ('reviewer', 'senior-reviewer', 'approver', 'finance'));

ALTER TABLE delegation ENABLE ROW LEVEL SECURITY;
ALTER TABLE delegation FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON delegation TO kuaipei_worker USING (true) WITH CHECK (true);
CREATE POLICY own ON delegation FOR SELECT TO kuaipei_api USING ((SELECT scope_person()) IN (owner, delegate) AND (SELECT scope_claim()) IS NULL);
-- Colleagues of the role and whoever leads them know who is there; medical affairs see the same page as the manager.
CREATE POLICY house ON delegation FOR SELECT TO kuaipei_api USING (house = (SELECT scope_house()) AND (SELECT scope_claim()) IS NULL
  AND (role = (SELECT scope_role()) OR scope_leads(role) OR (SELECT scope_role()) = 'medical-affairs' AND role IN ('liaison', 'specialist', 'manager', 'medical-affairs')));
CREATE POLICY auditor ON delegation FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'auditor');
-- SPEC §1.2: within the house, between two who hold the role; one's own work, or that of those whom one leads.
CREATE POLICY hand_over ON delegation FOR INSERT TO kuaipei_api WITH CHECK (
  house = (SELECT scope_house()) AND made_by = (SELECT scope_person()) AND (SELECT scope_claim()) IS NULL AND ended_at IS NULL
  AND (owner = (SELECT scope_person()) AND role = (SELECT scope_role()) OR scope_leads(role))
  AND EXISTS (SELECT FROM person p WHERE p.person_id = delegation.owner    AND p.active AND delegation.role = ANY (p.roles) AND delegation.house IN (p.hospital, p.insurer))
  AND EXISTS (SELECT FROM person p WHERE p.person_id = delegation.delegate AND p.active AND delegation.role = ANY (p.roles) AND delegation.house IN (p.hospital, p.insurer)));
CREATE POLICY ending ON delegation FOR UPDATE TO kuaipei_api
  USING (ended_at IS NULL AND (SELECT scope_claim()) IS NULL AND ((SELECT scope_person()) IN (owner, delegate) OR house = (SELECT scope_house()) AND scope_leads(role)))
  WITH CHECK (ended_by = (SELECT scope_person()));
GRANT SELECT, INSERT, UPDATE (ended_at, ended_by) ON delegation TO kuaipei_api;
GRANT SELECT, UPDATE (ended_at, ended_by) ON delegation TO kuaipei_worker;

-- ---------------------------------------------------------------------------------------------------------------------
-- Whoever has no open account any more holds no task: each of their claims is told so, by the outbox, in the transaction that shut the account
-- or, for what reached them afterwards (an act that had waited, a seat given by name), in the one that gave them the task.
CREATE FUNCTION tell_holder_left(person_id text, of_claim text) RETURNS void LANGUAGE sql
  BEGIN ATOMIC
    INSERT INTO outbox (kind, key, claim_no, payload, hospital, department, insurer)
    SELECT DISTINCT 'deliver', concat_ws(':', 'holder-left', t.claim_no, $1, txid_current()), t.claim_no,
      jsonb_build_object('by', 'directory', 'command', 'holder-left', 'input', jsonb_build_object('personId', $1)), t.hospital, t.department, t.insurer
    FROM task t WHERE t.assignee = $1 AND t.status = 'open' AND ($2 IS NULL OR t.claim_no = $2)
    ON CONFLICT (key) DO NOTHING;
  END;

-- Of the worker, by its triggers.
REVOKE EXECUTE ON FUNCTION tell_holder_left(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION tell_holder_left(text, text) TO kuaipei_worker;

CREATE FUNCTION account_shut() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Two accounts of one person, shut at once: the second sees the first.
  PERFORM pg_advisory_xact_lock(hashtext('person'), hashtext(NEW.person_id));
  IF EXISTS (SELECT FROM person p WHERE p.person_id = NEW.person_id AND p.active) THEN RETURN NULL; END IF;
  UPDATE delegation SET ended_at = greatest(now(), at), ended_by = 'system:directory' WHERE NEW.person_id IN (owner, delegate) AND ended_at IS NULL AND until > now();
  PERFORM tell_holder_left(NEW.person_id, NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER account_shut AFTER UPDATE OF active ON person FOR EACH ROW WHEN (OLD.active AND NOT NEW.active) EXECUTE FUNCTION account_shut();

CREATE FUNCTION task_given() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  -- Shared: an account that is being shut waits for this, or this for it; none slips through between.
  PERFORM FROM person p WHERE p.person_id = NEW.assignee FOR SHARE;
  IF FOUND AND NOT EXISTS (SELECT FROM person p WHERE p.person_id = NEW.assignee AND p.active) THEN PERFORM tell_holder_left(NEW.assignee, NEW.claim_no); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER task_opened_for AFTER INSERT ON task FOR EACH ROW WHEN (NEW.status = 'open' AND NEW.assignee IS NOT NULL) EXECUTE FUNCTION task_given();
CREATE TRIGGER task_given_to AFTER UPDATE OF assignee ON task FOR EACH ROW WHEN (NEW.status = 'open' AND NEW.assignee IS NOT NULL AND NEW.assignee IS DISTINCT FROM OLD.assignee) EXECUTE FUNCTION task_given();
