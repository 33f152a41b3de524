-- For whose sake a claim is void: found by an index, not in the state of every void claim.
ALTER TABLE "claim" ADD COLUMN "survivor" TEXT;
ALTER TABLE claim NO FORCE ROW LEVEL SECURITY;
UPDATE claim SET survivor = state ->> 'survivor' WHERE state ->> 'survivor' IS NOT NULL;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;
CREATE INDEX "claim_survivor_idx" ON "claim"("survivor");
