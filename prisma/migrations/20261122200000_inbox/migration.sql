-- The inbox: which claims carry a flag, what a person has finished, and the lists that a person named.
ALTER TABLE "claim" ADD COLUMN "flagged" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE claim NO FORCE ROW LEVEL SECURITY;
UPDATE claim SET flagged = true WHERE jsonb_array_length(state -> 'flags') > 0;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;

CREATE INDEX "task_closed_by_closed_at_idx" ON "task"("closed_by", "closed_at");

CREATE TABLE "saved_view" (
    "person_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,

    CONSTRAINT "saved_view_pkey" PRIMARY KEY ("person_id","id")
);
ALTER TABLE saved_view ENABLE ROW LEVEL SECURITY;
ALTER TABLE saved_view FORCE ROW LEVEL SECURITY;
-- Not for a session from a patient's link: it is for one claim, whoever the patient is.
CREATE POLICY own ON saved_view TO kuaipei_api USING (person_id = (SELECT scope_person()) AND (SELECT scope_claim()) IS NULL);
GRANT SELECT, INSERT, UPDATE, DELETE ON saved_view TO kuaipei_api;
