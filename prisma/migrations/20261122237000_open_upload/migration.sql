-- Uploads that are begun and not ended, so that one person cannot fill the store with what never ends.
CREATE TABLE "open_upload" (
    "id" UUID NOT NULL,
    "person_id" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,
    "bytes" BIGINT NOT NULL,
    "begun_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "open_upload_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "open_upload_person_id_idx" ON "open_upload"("person_id");
ALTER TABLE open_upload ADD CONSTRAINT open_upload_bytes_check CHECK (bytes BETWEEN 1 AND 9007199254740991);

ALTER TABLE open_upload ENABLE ROW LEVEL SECURITY;
ALTER TABLE open_upload FORCE ROW LEVEL SECURITY;
CREATE POLICY own ON open_upload TO kuaipei_api USING (person_id = (SELECT scope_person()) AND ((SELECT scope_claim()) IS NULL OR claim_no = (SELECT scope_claim())));
GRANT SELECT, INSERT, DELETE ON open_upload TO kuaipei_api;
