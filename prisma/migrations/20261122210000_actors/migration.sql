-- Who has acted on a claim, for the list of what one waits for: the log says so too, but would be read whole.
ALTER TABLE "claim" ADD COLUMN "actors" TEXT[];
ALTER TABLE claim NO FORCE ROW LEVEL SECURITY;
ALTER TABLE claim_event NO FORCE ROW LEVEL SECURITY;
UPDATE claim c SET actors = ARRAY(SELECT DISTINCT e.actor ->> 'personId' FROM claim_event e WHERE e.claim_no = c.claim_no AND e.actor ->> 'role' <> 'system');
ALTER TABLE claim_event FORCE ROW LEVEL SECURITY;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
