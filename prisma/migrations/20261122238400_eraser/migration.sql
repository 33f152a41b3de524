-- Erasure by rule (issue 5 part 4; src/domain/retention): a role that removes what a recorded event says is erased, and nothing else.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'kuaipei_eraser') THEN
    BEGIN
      CREATE ROLE kuaipei_eraser LOGIN;
    EXCEPTION
      WHEN duplicate_object OR unique_violation THEN NULL; -- made meanwhile, for another database of this cluster
      WHEN insufficient_privilege THEN
        RAISE EXCEPTION 'Role kuaipei_eraser is missing and % may not create it. Let an administrator run: CREATE ROLE kuaipei_eraser LOGIN;', current_user;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'kuaipei_eraser' AND (rolsuper OR rolbypassrls)) THEN
    RAISE EXCEPTION 'Role kuaipei_eraser passes by row-level security. Let an administrator run: ALTER ROLE kuaipei_eraser NOSUPERUSER NOBYPASSRLS;';
  END IF;
END $$;
GRANT USAGE ON SCHEMA public TO kuaipei_eraser;

-- The row stays: id, hash, length, times. Its name, its key and its content are gone.
ALTER TABLE document DROP CONSTRAINT document_status_check;
ALTER TABLE document ADD CONSTRAINT document_status_check CHECK (status IN ('uploading', 'stored', 'attached', 'refused', 'erased'));

-- Of the log it sees the events that rule an erasure, and which events name payees. It changes none.
CREATE POLICY eraser ON claim_event FOR SELECT TO kuaipei_eraser USING (type IN ('data-erased', 'payee-set'));
GRANT SELECT (claim_no, version, type, data) ON claim_event TO kuaipei_eraser;

-- What was ruled, as the caller sees the log. `what`: file | person.
CREATE FUNCTION is_erased(which_claim text, which text) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN EXISTS (SELECT FROM claim_event e WHERE e.claim_no = which_claim AND e.type = 'data-erased' AND e.data ->> 'what' = which);

-- Words beside events: a payee's account belongs to the person, everything else to the file.
CREATE POLICY eraser ON claim_event_personal TO kuaipei_eraser USING (
  CASE WHEN EXISTS (SELECT FROM claim_event e WHERE e.claim_no = claim_event_personal.claim_no AND e.version = claim_event_personal.version AND e.type = 'payee-set')
    THEN is_erased(claim_no, 'person') ELSE is_erased(claim_no, 'file') END);
GRANT SELECT (claim_no, version), DELETE ON claim_event_personal TO kuaipei_eraser;

CREATE POLICY eraser ON document TO kuaipei_eraser USING (is_erased(claim_no, 'file'));
GRANT SELECT (id, claim_no, storage_key, status), UPDATE (file_name, flags, refusal, object_key, status) ON document TO kuaipei_eraser;
CREATE POLICY eraser ON notice TO kuaipei_eraser USING (is_erased(claim_no, 'file'));
GRANT SELECT (claim_no), DELETE ON notice TO kuaipei_eraser;
CREATE POLICY eraser ON patient_link TO kuaipei_eraser USING (is_erased(claim_no, 'file'));
GRANT SELECT (claim_no), DELETE ON patient_link TO kuaipei_eraser;

CREATE POLICY eraser ON payee TO kuaipei_eraser USING (is_erased(claim_no, 'person'));
GRANT SELECT (claim_no, id), UPDATE (holder, bank, account) ON payee TO kuaipei_eraser;

-- Which claims a patient has, and the hash of the record number by which a second report is found.
CREATE POLICY eraser_sees ON claim FOR SELECT TO kuaipei_eraser USING (true);
CREATE POLICY eraser ON claim FOR UPDATE TO kuaipei_eraser USING (is_erased(claim_no, 'person'));
GRANT SELECT (claim_no, patient_id, natural_key), UPDATE (natural_key) ON claim TO kuaipei_eraser;

-- A patient is forgotten with the last of their claims.
CREATE POLICY eraser ON patient TO kuaipei_eraser USING (
  EXISTS (SELECT FROM claim c WHERE c.patient_id = patient.id)
  AND NOT EXISTS (SELECT FROM claim c WHERE c.patient_id = patient.id AND NOT is_erased(c.claim_no, 'person')));
GRANT SELECT (id), UPDATE (name, record_no, identity_number, identity_index, phone, birth_date, sex, deceased_at, person_id) ON patient TO kuaipei_eraser;
