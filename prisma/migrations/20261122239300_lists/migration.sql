-- Indexes that fit the lists (bench/RESULTS.md, "lists"). Open tasks are one in thirty: an index of them alone is small, stays in memory, and is left alone by
-- what is done. It begins with the house, which every list names (src/api/claim/list.ts), and holds what a list's first look reads.
CREATE INDEX task_open_insurer  ON task (insurer, assignee, due_at)  WHERE status = 'open';
CREATE INDEX task_open_hospital ON task (hospital, assignee, due_at) WHERE status = 'open';
CREATE INDEX task_open_assignee ON task (assignee)                   WHERE status = 'open';

-- Beginnings of numbers, in the order of bytes (beginsWith in src/api/claim/list.ts); whole names. That they are not null says nothing:
-- it makes the indexes partial, which the schema engine leaves alone; it forgets the order of others.
CREATE INDEX claim_begins   ON claim   (claim_no text_pattern_ops)  WHERE claim_no IS NOT NULL;
CREATE INDEX patient_begins ON patient (record_no text_pattern_ops) WHERE record_no IS NOT NULL;
CREATE INDEX "patient_name_idx" ON "patient"("name");

-- The newest of all houses, for the auditor; the open ones of a house; those that have a panel.
CREATE INDEX "claim_reported_at_claim_no_idx" ON "claim"("reported_at", "claim_no");
CREATE INDEX claim_open_insurer  ON claim (insurer, stage)              WHERE stage <> 'closed';
CREATE INDEX claim_open_hospital ON claim (hospital, department, stage) WHERE stage <> 'closed';
-- What operations page through by number (src/platform/operations/stuck.ts).
CREATE INDEX claim_waits         ON claim (claim_no)                    WHERE stage <> 'closed' OR cardinality(waiting_for) > 0;
CREATE INDEX claim_panel         ON claim (claim_no)                    WHERE mediators <> '{}';

-- As before, but the claims of a patient or mediator are found by an index, not among all claims: a mediator's among those with a panel, and what hangs
-- on a person's claims by their numbers.
CREATE OR REPLACE FUNCTION scope_named() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() = 'patient' AND scope_claim() IS NOT NULL THEN RETURN ARRAY[scope_claim()]; END IF;
  IF scope_role() = 'patient' THEN RETURN (SELECT array_agg(claim_no) FROM claim WHERE patient_person_id = scope_person()); END IF;
  IF scope_role() = 'mediator' THEN RETURN (SELECT array_agg(claim_no) FROM claim WHERE mediators <> '{}'); END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION scope_patients() RETURNS uuid[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() IN ('patient', 'mediator') THEN RETURN (SELECT array_agg(DISTINCT patient_id) FROM claim WHERE claim_no = ANY (scope_named())); END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION scope_hospitals() RETURNS text[] LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  IF scope_role() = 'patient' THEN RETURN (SELECT array_agg(DISTINCT hospital) FROM claim WHERE claim_no = ANY (scope_named())); END IF;
  RETURN NULL;
END $$;
