-- The signed ledger over all claims (issue 5 part 5): one line an hour, the heads that it holds, and the public keys under which it was signed.
CREATE TABLE "anchor" (
    "seq" INTEGER NOT NULL,
    "prev_hash" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "claims" INTEGER NOT NULL,
    "changed" INTEGER NOT NULL,
    "root" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    "signature" TEXT NOT NULL,

    CONSTRAINT "anchor_pkey" PRIMARY KEY ("seq")
);

-- No foreign key to the claim: it stays to tell of a claim that somebody removed.
CREATE TABLE "anchor_head" (
    "claim_no" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "hash" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "path" TEXT[],

    CONSTRAINT "anchor_head_pkey" PRIMARY KEY ("claim_no","version")
);
CREATE INDEX "anchor_head_seq_claim_no_idx" ON "anchor_head"("seq", "claim_no");

CREATE TABLE "evidence_key" (
    "key_id" TEXT NOT NULL,
    "public_key" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "evidence_key_pkey" PRIMARY KEY ("key_id")
);

ALTER TABLE "anchor_head" ADD CONSTRAINT "anchor_head_seq_fkey" FOREIGN KEY ("seq") REFERENCES "anchor"("seq") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- A sequence without gaps: each line but the first follows one that is there.
CREATE FUNCTION anchor_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.seq <> coalesce((SELECT max(seq) FROM anchor), 0) + 1 THEN
    RAISE EXCEPTION 'anchor %: lines follow each other without a gap.', NEW.seq USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER follows BEFORE INSERT ON anchor FOR EACH ROW EXECUTE FUNCTION anchor_follows();

DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['anchor', 'anchor_head', 'evidence_key'] LOOP
    EXECUTE format('CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON %I FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', tbl);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tbl);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tbl);
    EXECUTE format('CREATE POLICY worker ON %I TO kuaipei_worker USING (true) WITH CHECK (true)', tbl);
  END LOOP;
END $$;

-- Lines and public keys are told to outsiders: nobody's secret. A head is seen by who sees its claim; claim's own policies apply in the subquery.
CREATE POLICY everybody ON anchor       FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);
CREATE POLICY everybody ON evidence_key FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) IS NOT NULL);
CREATE POLICY of_claim  ON anchor_head  FOR SELECT TO kuaipei_api USING (EXISTS (SELECT FROM claim WHERE claim.claim_no = anchor_head.claim_no));
CREATE POLICY auditor   ON anchor_head  FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'auditor');
GRANT SELECT ON anchor, anchor_head, evidence_key TO kuaipei_api;
GRANT SELECT, INSERT ON anchor, anchor_head, evidence_key TO kuaipei_worker;
