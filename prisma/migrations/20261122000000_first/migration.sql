-- Part 1, written by the schema engine from schema.prisma (npm run db:migration).

-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateTable
CREATE TABLE "insurer" (
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,

    CONSTRAINT "insurer_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "hospital" (
    "code" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "hospital_pkey" PRIMARY KEY ("code")
);

-- CreateTable
CREATE TABLE "person" (
    "sub" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "roles" TEXT[],
    "hospital" TEXT,
    "departments" TEXT[],
    "insurer" TEXT,
    "active" BOOLEAN NOT NULL DEFAULT true,

    CONSTRAINT "person_pkey" PRIMARY KEY ("sub")
);

-- CreateTable
CREATE TABLE "patient" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,
    "record_no" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "identity_number" TEXT,
    "phone" TEXT,
    "birth_date" DATE,
    "sex" TEXT,
    "deceased_at" TIMESTAMPTZ(3),
    "person_id" TEXT,

    CONSTRAINT "patient_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "claim" (
    "claim_no" TEXT NOT NULL,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,
    "patient_id" UUID NOT NULL,
    "patient_person_id" TEXT,
    "stage" TEXT NOT NULL,
    "tier" TEXT,
    "outcome_type" TEXT NOT NULL,
    "closed_as" TEXT,
    "waiting_for" TEXT[],
    "next_deadline" TIMESTAMPTZ(3),
    "provisional" BOOLEAN NOT NULL DEFAULT false,
    "breached" BOOLEAN NOT NULL DEFAULT false,
    "stuck" BOOLEAN NOT NULL DEFAULT false,
    "stuck_cause" TEXT,
    "version" INTEGER NOT NULL,
    "state" JSONB NOT NULL,
    "reported_at" TIMESTAMPTZ(3) NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "surgery_at" TIMESTAMPTZ(3) NOT NULL,
    "closed_at" TIMESTAMPTZ(3),
    "asked_fen" BIGINT,
    "approved_fen" BIGINT,
    "paid_fen" BIGINT NOT NULL DEFAULT 0,
    "natural_key" TEXT NOT NULL,
    "mediators" TEXT[],
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "claim_pkey" PRIMARY KEY ("claim_no")
);

-- CreateTable
CREATE TABLE "claim_event" (
    "claim_no" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "said_at" TIMESTAMPTZ(3),
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "act_id" TEXT NOT NULL,
    "act_hash" TEXT NOT NULL,
    "actor" JSONB NOT NULL,
    "data" JSONB NOT NULL,
    "personal_hash" TEXT,
    "prev_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "claim_event_pkey" PRIMARY KEY ("claim_no","version")
);

-- CreateTable
CREATE TABLE "claim_event_personal" (
    "claim_no" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "salt" TEXT NOT NULL,
    "content" JSONB NOT NULL,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "claim_event_personal_pkey" PRIMARY KEY ("claim_no","version")
);

-- CreateTable
CREATE TABLE "task" (
    "id" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "roles" TEXT[],
    "assignee" TEXT,
    "opened_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "provisional" BOOLEAN NOT NULL DEFAULT false,
    "status" TEXT NOT NULL DEFAULT 'open',
    "outcome" TEXT,
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "breached" BOOLEAN NOT NULL DEFAULT false,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "task_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "deadline" (
    "claim_no" TEXT NOT NULL,
    "clock" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "due_at" TIMESTAMPTZ(3),
    "provisional" BOOLEAN NOT NULL DEFAULT false,
    "paused" BOOLEAN NOT NULL DEFAULT false,
    "stopped_at" TIMESTAMPTZ(3),
    "calendar_version" TEXT NOT NULL,
    "ledger" JSONB NOT NULL,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "deadline_pkey" PRIMARY KEY ("claim_no","clock")
);

-- CreateTable
CREATE TABLE "act" (
    "claim_no" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "command" TEXT NOT NULL,
    "body_hash" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "status" TEXT NOT NULL,
    "result" JSONB,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "act_pkey" PRIMARY KEY ("claim_no","id")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "kind" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "available_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,
    "done_at" TIMESTAMPTZ(3),
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "notice" (
    "key" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "template" TEXT NOT NULL,
    "to_role" TEXT NOT NULL,
    "to_person" TEXT,
    "params" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "notice_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "document" (
    "id" UUID NOT NULL,
    "claim_no" TEXT NOT NULL,
    "kind" TEXT,
    "file_name" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "media_type" TEXT NOT NULL,
    "sha256" TEXT NOT NULL,
    "storage_key" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "refusal" JSONB,
    "flags" TEXT[],
    "uploaded_by" TEXT NOT NULL,
    "uploaded_at" TIMESTAMPTZ(3) NOT NULL,
    "attached_at" TIMESTAMPTZ(3),
    "supersedes" UUID,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "document_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payee" (
    "id" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "holder" TEXT NOT NULL,
    "bank" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "payee_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "payment" (
    "key" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "payee_id" TEXT NOT NULL,
    "benefit" TEXT NOT NULL,
    "amount_fen" BIGINT NOT NULL,
    "status" TEXT NOT NULL,
    "made_by" TEXT NOT NULL,
    "checked_by" TEXT,
    "bank_reference" TEXT,
    "confirmed_at" TIMESTAMPTZ(3),
    "raised" JSONB,
    "hospital" TEXT NOT NULL,
    "department" TEXT NOT NULL,
    "insurer" TEXT NOT NULL,

    CONSTRAINT "payment_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "bank_event" (
    "event_id" TEXT NOT NULL,
    "payment_key" TEXT NOT NULL,
    "body" JSONB NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "applied" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "bank_event_pkey" PRIMARY KEY ("event_id")
);

-- CreateTable
CREATE TABLE "calendar_year" (
    "year" INTEGER NOT NULL,
    "version" TEXT NOT NULL,
    "days" JSONB NOT NULL,
    "source" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "calendar_year_pkey" PRIMARY KEY ("year")
);

-- CreateTable
CREATE TABLE "read_log" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "person_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "claim_no" TEXT,
    "what" TEXT NOT NULL,
    "hospital" TEXT,
    "department" TEXT,
    "insurer" TEXT,

    CONSTRAINT "read_log_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "difference" (
    "id" BIGSERIAL NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "claim_no" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "detail" JSONB NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "difference_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "straight_through_month" (
    "insurer" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,

    CONSTRAINT "straight_through_month_pkey" PRIMARY KEY ("insurer","month")
);

-- CreateTable
CREATE TABLE "claim_number" (
    "year" INTEGER NOT NULL,
    "last" INTEGER NOT NULL,

    CONSTRAINT "claim_number_pkey" PRIMARY KEY ("year")
);

-- CreateIndex
CREATE INDEX "person_person_id_idx" ON "person"("person_id");

-- CreateIndex
CREATE INDEX "person_hospital_idx" ON "person"("hospital");

-- CreateIndex
CREATE INDEX "person_insurer_idx" ON "person"("insurer");

-- CreateIndex
CREATE INDEX "patient_person_id_idx" ON "patient"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "patient_hospital_department_record_no_key" ON "patient"("hospital", "department", "record_no");

-- CreateIndex
CREATE UNIQUE INDEX "patient_tenant_key" ON "patient"("id", "hospital", "department", "insurer");

-- CreateIndex
CREATE INDEX "claim_hospital_reported_at_claim_no_idx" ON "claim"("hospital", "reported_at", "claim_no");

-- CreateIndex
CREATE INDEX "claim_insurer_reported_at_claim_no_idx" ON "claim"("insurer", "reported_at", "claim_no");

-- CreateIndex
CREATE INDEX "claim_hospital_department_stage_idx" ON "claim"("hospital", "department", "stage");

-- CreateIndex
CREATE INDEX "claim_insurer_stage_idx" ON "claim"("insurer", "stage");

-- CreateIndex
CREATE INDEX "claim_next_deadline_idx" ON "claim"("next_deadline");

-- CreateIndex
CREATE INDEX "claim_patient_id_idx" ON "claim"("patient_id");

-- CreateIndex
CREATE INDEX "claim_patient_person_id_idx" ON "claim"("patient_person_id");

-- CreateIndex
CREATE UNIQUE INDEX "claim_tenant_key" ON "claim"("claim_no", "hospital", "department", "insurer");

-- CreateIndex
CREATE INDEX "task_claim_no_idx" ON "task"("claim_no");

-- CreateIndex
CREATE INDEX "task_assignee_status_due_at_idx" ON "task"("assignee", "status", "due_at");

-- CreateIndex
CREATE INDEX "task_hospital_status_due_at_idx" ON "task"("hospital", "status", "due_at");

-- CreateIndex
CREATE INDEX "task_insurer_status_due_at_idx" ON "task"("insurer", "status", "due_at");

-- CreateIndex
CREATE INDEX "deadline_due_at_idx" ON "deadline"("due_at");

-- CreateIndex
CREATE INDEX "act_at_idx" ON "act"("at");

-- CreateIndex
CREATE UNIQUE INDEX "act_person_id_id_key" ON "act"("person_id", "id");

-- CreateIndex
CREATE UNIQUE INDEX "outbox_key_key" ON "outbox"("key");

-- CreateIndex
CREATE INDEX "outbox_claim_no_idx" ON "outbox"("claim_no");

-- CreateIndex
CREATE INDEX "notice_claim_no_idx" ON "notice"("claim_no");

-- CreateIndex
CREATE INDEX "notice_to_person_created_at_idx" ON "notice"("to_person", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "document_storage_key_key" ON "document"("storage_key");

-- CreateIndex
CREATE INDEX "document_claim_no_idx" ON "document"("claim_no");

-- CreateIndex
CREATE INDEX "document_sha256_idx" ON "document"("sha256");

-- CreateIndex
CREATE UNIQUE INDEX "payee_claim_no_id_key" ON "payee"("claim_no", "id");

-- CreateIndex
CREATE UNIQUE INDEX "payment_claim_no_benefit_payee_id_sequence_key" ON "payment"("claim_no", "benefit", "payee_id", "sequence");

-- CreateIndex
CREATE INDEX "bank_event_payment_key_idx" ON "bank_event"("payment_key");

-- CreateIndex
CREATE INDEX "read_log_claim_no_at_idx" ON "read_log"("claim_no", "at");

-- CreateIndex
CREATE INDEX "read_log_person_id_at_idx" ON "read_log"("person_id", "at");

-- CreateIndex
CREATE INDEX "difference_claim_no_idx" ON "difference"("claim_no");

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_hospital_fkey" FOREIGN KEY ("hospital") REFERENCES "hospital"("code") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_insurer_fkey" FOREIGN KEY ("insurer") REFERENCES "insurer"("code") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "claim" ADD CONSTRAINT "claim_patient_id_hospital_department_insurer_fkey" FOREIGN KEY ("patient_id", "hospital", "department", "insurer") REFERENCES "patient"("id", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "claim_event" ADD CONSTRAINT "claim_event_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "claim_event_personal" ADD CONSTRAINT "claim_event_personal_claim_no_version_fkey" FOREIGN KEY ("claim_no", "version") REFERENCES "claim_event"("claim_no", "version") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "claim_event_personal" ADD CONSTRAINT "claim_event_personal_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "task" ADD CONSTRAINT "task_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "deadline" ADD CONSTRAINT "deadline_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "act" ADD CONSTRAINT "act_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "outbox" ADD CONSTRAINT "outbox_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "notice" ADD CONSTRAINT "notice_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "document" ADD CONSTRAINT "document_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "document" ADD CONSTRAINT "document_supersedes_fkey" FOREIGN KEY ("supersedes") REFERENCES "document"("id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payee" ADD CONSTRAINT "payee_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_claim_no_hospital_department_insurer_fkey" FOREIGN KEY ("claim_no", "hospital", "department", "insurer") REFERENCES "claim"("claim_no", "hospital", "department", "insurer") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- AddForeignKey
ALTER TABLE "payment" ADD CONSTRAINT "payment_claim_no_payee_id_fkey" FOREIGN KEY ("claim_no", "payee_id") REFERENCES "payee"("claim_no", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;


-- Part 2, written by hand: what the Prisma schema cannot say.

-- ---------------------------------------------------------------------------------------------------------------------
-- Roles. They belong to the whole cluster, so they may be there already. Neither owns a table nor passes by row-level
-- security. Passwords are set by whoever deploys.
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY['kuaipei_api', 'kuaipei_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I LOGIN', wanted);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL; -- another database of this cluster was migrated at the same time
        WHEN insufficient_privilege THEN
          RAISE EXCEPTION 'Role % is missing and % may not create it. Let an administrator run: CREATE ROLE % LOGIN;', wanted, current_user, wanted;
      END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = wanted AND (rolsuper OR rolbypassrls)) THEN
      RAISE EXCEPTION 'Role % passes by row-level security. Let an administrator run: ALTER ROLE % NOSUPERUSER NOBYPASSRLS;', wanted, wanted;
    END IF;
  END LOOP;
END $$;

GRANT USAGE ON SCHEMA public TO kuaipei_api, kuaipei_worker;

-- ---------------------------------------------------------------------------------------------------------------------
-- What is true of a row whoever writes it.
ALTER TABLE task     ADD CONSTRAINT task_status_check     CHECK (status IN ('open', 'done', 'cancelled'));
ALTER TABLE act      ADD CONSTRAINT act_status_check      CHECK (status IN ('queued', 'done', 'refused'));
ALTER TABLE document ADD CONSTRAINT document_status_check CHECK (status IN ('uploading', 'stored', 'attached', 'refused'));
ALTER TABLE document ADD CONSTRAINT document_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$');
-- Up to 2^53 - 1, so that a JavaScript number holds each exactly.
ALTER TABLE document ADD CONSTRAINT document_bytes_check  CHECK (bytes BETWEEN 0 AND 9007199254740991);
ALTER TABLE payment  ADD CONSTRAINT payment_amount_check  CHECK (amount_fen BETWEEN 1 AND 9007199254740991);
ALTER TABLE claim    ADD CONSTRAINT claim_amounts_check   CHECK (
  asked_fen BETWEEN 0 AND 9007199254740991 AND approved_fen BETWEEN 0 AND 9007199254740991 AND paid_fen BETWEEN 0 AND 9007199254740991);
-- SPEC §1.2: a payment is made and checked by two persons.
ALTER TABLE payment  ADD CONSTRAINT payment_two_persons   CHECK (made_by <> checked_by);

-- One claim per event; a void duplicate gives its place back to the surviving one.
CREATE UNIQUE INDEX claim_natural_key ON claim (hospital, natural_key) WHERE closed_as IS DISTINCT FROM 'void';
CREATE INDEX claim_stuck ON claim (claim_no) WHERE stuck;
CREATE INDEX outbox_pending ON outbox (kind, available_at) WHERE done_at IS NULL;

-- The log is append-only for everybody, its owner included (SPEC §3).
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only: % refused. Record a correcting row instead.', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON claim_event FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON read_log    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Wakes the loops that drain the outbox; the payload is the kind.
CREATE FUNCTION notify_outbox() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('outbox', NEW.kind);
  RETURN NULL;
END $$;
CREATE TRIGGER notify_outbox AFTER INSERT ON outbox FOR EACH ROW EXECUTE FUNCTION notify_outbox();

-- ---------------------------------------------------------------------------------------------------------------------
-- Scope: who acts, set per transaction by inScope() (src/platform/database/index.ts) and never anywhere else.
-- No setting means null everywhere, and null matches no row.
CREATE FUNCTION scope() RETURNS jsonb LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.scope', true), '')::jsonb;

CREATE FUNCTION scope_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN scope() ->> 'role';

CREATE FUNCTION scope_person() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN scope() ->> 'personId';

-- The hospital whose rows the role sees; null for roles that are not a hospital's (SPEC §1.2).
CREATE FUNCTION scope_hospital() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_role() IN ('liaison', 'specialist', 'manager', 'medical-affairs', 'his-feed') THEN scope() ->> 'hospital' END;

-- The departments it is narrowed to; null means the whole hospital. Only the liaison is of a department.
CREATE FUNCTION scope_departments() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_role() = 'liaison' THEN ARRAY(SELECT jsonb_array_elements_text(coalesce(scope() -> 'departments', '[]'))) END;

CREATE FUNCTION scope_insurer() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_role() IN ('reviewer', 'senior-reviewer', 'approver', 'finance') THEN scope() ->> 'insurer' END;

-- ---------------------------------------------------------------------------------------------------------------------
-- Policies. Several permissive policies of a table are joined by OR; a row is seen when one of them holds.
-- Each function stands in a scalar subquery, so that it runs once per statement and indexes stay usable.

-- Every table: enforced for its owner too, and open to the worker, which acts for all claims.
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['hospital', 'insurer', 'person', 'patient', 'claim', 'claim_event', 'claim_event_personal', 'task', 'deadline', 'act',
    'outbox', 'notice', 'document', 'payee', 'payment', 'bank_event', 'calendar_year', 'read_log', 'difference', 'straight_through_month', 'claim_number'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format('CREATE POLICY worker ON %I TO kuaipei_worker USING (true) WITH CHECK (true)', tbl);
  END LOOP;
END $$;

-- Rows of a tenant: the hospital (and department) or the insurer.
DO $$
DECLARE
  tbl text;
  by_insurer text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['patient', 'claim', 'claim_event', 'claim_event_personal', 'task', 'deadline', 'act', 'outbox', 'notice', 'document',
    'payee', 'payment'] LOOP
    EXECUTE format($p$CREATE POLICY hospital ON %I TO kuaipei_api USING (
      hospital = (SELECT scope_hospital())
      AND ((SELECT scope_departments()) IS NULL OR department = ANY ((SELECT scope_departments())::text[])))$p$, tbl);
    -- Finance sees payee and amounts, not the clinical file (SPEC §1.2).
    by_insurer := 'insurer = (SELECT scope_insurer())';
    IF tbl IN ('patient', 'document', 'claim_event_personal') THEN
      by_insurer := by_insurer || ' AND (SELECT scope_role()) <> ''finance''';
    END IF;
    EXECUTE format('CREATE POLICY insurer ON %I TO kuaipei_api USING (%s)', tbl, by_insurer);
    EXECUTE format('CREATE POLICY auditor ON %I FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = ''auditor'')', tbl);
  END LOOP;
END $$;

-- The claimant and the neutral seat of a panel: the claims that name them, and all that hangs on those.
CREATE POLICY claimant ON claim TO kuaipei_api
  USING ((SELECT scope_role()) = 'patient' AND patient_person_id = (SELECT scope_person()));
CREATE POLICY mediator ON claim TO kuaipei_api
  USING ((SELECT scope_role()) = 'mediator' AND mediators @> ARRAY[(SELECT scope_person())]);
DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['claim_event', 'claim_event_personal', 'task', 'deadline', 'act', 'outbox', 'notice', 'document', 'payee', 'payment'] LOOP
    -- claim's own policies apply inside the subquery: the rules above stand once. The claimant's is said again for the
    -- sake of its index: without it the claims of everybody would be read to find one's own.
    EXECUTE format($p$CREATE POLICY claimant ON %1$I TO kuaipei_api USING ((SELECT scope_role()) = 'patient'
      AND EXISTS (SELECT FROM claim WHERE claim.claim_no = %1$I.claim_no AND claim.patient_person_id = (SELECT scope_person())))$p$, tbl);
    EXECUTE format($p$CREATE POLICY mediator ON %1$I TO kuaipei_api USING ((SELECT scope_role()) = 'mediator'
      AND EXISTS (SELECT FROM claim WHERE claim.claim_no = %1$I.claim_no))$p$, tbl);
  END LOOP;
END $$;
CREATE POLICY self ON patient TO kuaipei_api
  USING ((SELECT scope_role()) = 'patient' AND person_id = (SELECT scope_person()));
CREATE POLICY claimant ON patient FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'patient'
  AND EXISTS (SELECT FROM claim WHERE claim.patient_id = patient.id AND claim.patient_person_id = (SELECT scope_person())));
CREATE POLICY mediator ON patient FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'mediator'
  AND EXISTS (SELECT FROM claim WHERE claim.patient_id = patient.id));

-- Operations: ids, stages, errors. Nothing personal or clinical: no policy on patient, payee, document, claim_event_personal.
CREATE POLICY ops ON claim      FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'ops');
CREATE POLICY ops ON task       FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'ops');
CREATE POLICY ops ON deadline   FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'ops');
CREATE POLICY ops ON outbox     FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'ops');
CREATE POLICY ops ON difference FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IN ('ops', 'auditor'));
-- Their own acts are remembered like everybody's.
CREATE POLICY ops ON act TO kuaipei_api USING ((SELECT scope_role()) = 'ops' AND person_id = (SELECT scope_person()));

-- Two services inside the API process. `starter` starts workflows of reported claims; `bank` takes the bank's callbacks.
CREATE POLICY starter ON outbox     TO kuaipei_api USING ((SELECT scope_role()) = 'starter' AND kind = 'start-claim');
CREATE POLICY bank    ON bank_event TO kuaipei_api USING ((SELECT scope_role()) = 'bank');
CREATE POLICY bank    ON payment    FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'bank');
CREATE POLICY readers ON bank_event FOR SELECT TO kuaipei_api
  USING ((SELECT scope_role()) = 'auditor'
    OR (SELECT scope_role()) = 'finance' AND EXISTS (SELECT FROM payment WHERE payment.key = bank_event.payment_key));

-- Reads are logged by the reader, in the reader's own name; the auditor reads them all.
CREATE POLICY reader  ON read_log TO kuaipei_api USING (person_id = (SELECT scope_person()) AND role = (SELECT scope_role()));
CREATE POLICY auditor ON read_log FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'auditor');

-- The directory: oneself; staff see the colleagues of their own house and the mediators, whom they may name to a panel.
CREATE POLICY directory ON person FOR SELECT TO kuaipei_api
  USING (person_id = (SELECT scope_person())
    OR hospital = (SELECT scope_hospital())
    OR insurer = (SELECT scope_insurer())
    OR 'mediator' = ANY (roles) AND ((SELECT scope_hospital()) IS NOT NULL OR (SELECT scope_insurer()) IS NOT NULL)
    OR (SELECT scope_role()) = 'auditor');

-- Not of any tenant: names of houses, the calendar, the last number given. Whoever has a scope.
CREATE POLICY everybody ON hospital      FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);
CREATE POLICY everybody ON insurer       FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);
CREATE POLICY everybody ON calendar_year FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);
CREATE POLICY everybody ON claim_number  TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);

-- ---------------------------------------------------------------------------------------------------------------------
-- Grants. The API takes in; the worker changes claims. Nobody may change or remove an event.
GRANT SELECT ON hospital, insurer, person, calendar_year, payment, difference TO kuaipei_api;
GRANT SELECT, INSERT ON claim, deadline, claim_event, claim_event_personal, notice, payee, read_log TO kuaipei_api;
GRANT SELECT, INSERT, UPDATE ON patient, task, act, outbox, document, bank_event, claim_number TO kuaipei_api;

GRANT SELECT, INSERT ON claim_event, claim_event_personal, read_log, payee, straight_through_month TO kuaipei_worker;
GRANT SELECT, INSERT, UPDATE ON hospital, insurer, person, patient, claim, task, deadline, outbox, notice, document, payment, bank_event, calendar_year,
  difference, claim_number TO kuaipei_worker;
GRANT SELECT, INSERT, UPDATE, DELETE ON act TO kuaipei_worker;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO kuaipei_api, kuaipei_worker;
