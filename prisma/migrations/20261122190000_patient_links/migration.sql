-- CreateTable
CREATE TABLE "patient_link" (
    "id" UUID NOT NULL,
    "claim_no" TEXT NOT NULL,
    "code_hash" TEXT NOT NULL,
    "act_id" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "patient_link_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "patient_link_code_hash_key" ON "patient_link"("code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "patient_link_created_by_act_id_key" ON "patient_link"("created_by", "act_id");

-- CreateIndex
CREATE INDEX "patient_link_claim_no_idx" ON "patient_link"("claim_no");

-- AddForeignKey
ALTER TABLE "patient_link" ADD CONSTRAINT "patient_link_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- ---------------------------------------------------------------------------------------------------------------------
-- The one claim that a session from a patient's link is for; null for everybody else.
CREATE FUNCTION scope_claim() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN scope() ->> 'onlyClaim';

ALTER TABLE patient_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE patient_link FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON patient_link TO kuaipei_worker USING (true) WITH CHECK (true);
CREATE POLICY hospital ON patient_link TO kuaipei_api USING (
  hospital = (SELECT scope_hospital())
  AND ((SELECT scope_departments()) IS NULL OR department = ANY ((SELECT scope_departments())::text[])));
-- The service that takes codes; and a session, which asks whether its link still stands.
CREATE POLICY link ON patient_link FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'link');
CREATE POLICY claimant ON patient_link FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'patient' AND claim_no = (SELECT scope_claim()));
GRANT SELECT, INSERT, UPDATE ON patient_link TO kuaipei_api;
GRANT SELECT ON patient_link TO kuaipei_worker;

-- SPEC §1.2 for a session from a link: its claim even where nobody follows it with an account, and never another claim of
-- the same person: what the other policies give is narrowed, for every role.
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['claim', 'claim_event', 'claim_event_personal', 'task', 'deadline', 'act', 'outbox', 'notice', 'document', 'payee', 'payment'] LOOP
    EXECUTE format($p$CREATE POLICY link ON %I TO kuaipei_api USING ((SELECT scope_role()) = 'patient' AND claim_no = (SELECT scope_claim()))$p$, tbl);
    EXECUTE format($p$CREATE POLICY only_claim ON %I AS RESTRICTIVE TO kuaipei_api USING ((SELECT scope_claim()) IS NULL OR claim_no = (SELECT scope_claim()))$p$, tbl);
  END LOOP;
END $$;
CREATE POLICY link ON patient FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'patient' AND (SELECT scope_claim()) IS NOT NULL
  AND EXISTS (SELECT FROM claim WHERE claim.patient_id = patient.id));
CREATE POLICY only_claim ON patient AS RESTRICTIVE TO kuaipei_api USING ((SELECT scope_claim()) IS NULL
  OR EXISTS (SELECT FROM claim WHERE claim.patient_id = patient.id));

-- The patient knows by name whom to ask at the hospital, and who of it holds a task.
CREATE POLICY contact ON person FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'patient' AND active AND roles && ARRAY['liaison', 'specialist']
  AND EXISTS (SELECT FROM claim WHERE claim.hospital = person.hospital));

-- Who read a claim is known to those who answer for it.
CREATE POLICY hospital ON read_log FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'manager' AND hospital = (SELECT scope_hospital()));
CREATE POLICY insurer  ON read_log FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'senior-reviewer' AND insurer = (SELECT scope_insurer()));

-- Finds the duplicates that gave way to a claim.
CREATE INDEX claim_void ON claim (hospital) WHERE closed_as = 'void';
