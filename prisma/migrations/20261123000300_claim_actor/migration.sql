-- Their places are taken (task_pool_insurer, task_pool_hospital).
DROP INDEX task_open_insurer, task_open_hospital;

-- Who has acted on which claim, as long as something may be owed on it: what the inbox's "waiting for others" starts from. Kept by a trigger, so that a worker of
-- the release before keeps it too.
CREATE TABLE "claim_actor" (
    "person_id" TEXT NOT NULL,
    "claim_no" TEXT NOT NULL,

    CONSTRAINT "claim_actor_pkey" PRIMARY KEY ("person_id","claim_no")
);
CREATE INDEX "claim_actor_claim_no_idx" ON "claim_actor"("claim_no");
ALTER TABLE "claim_actor" ADD CONSTRAINT "claim_actor_claim_no_fkey" FOREIGN KEY ("claim_no") REFERENCES "claim"("claim_no") ON DELETE RESTRICT ON UPDATE RESTRICT;

CREATE FUNCTION keep_actors() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.stage <> 'closed' OR cardinality(NEW.waiting_for) > 0 THEN
    INSERT INTO claim_actor SELECT DISTINCT unnest(NEW.actors), NEW.claim_no ON CONFLICT DO NOTHING;
  ELSE
    DELETE FROM claim_actor WHERE claim_no = NEW.claim_no;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER keep_actors_first AFTER INSERT ON claim FOR EACH ROW EXECUTE FUNCTION keep_actors();
CREATE TRIGGER keep_actors AFTER UPDATE OF actors, stage, waiting_for ON claim FOR EACH ROW
  WHEN (OLD.actors IS DISTINCT FROM NEW.actors OR (OLD.stage <> 'closed' OR cardinality(OLD.waiting_for) > 0) <> (NEW.stage <> 'closed' OR cardinality(NEW.waiting_for) > 0))
  EXECUTE FUNCTION keep_actors();

ALTER TABLE claim NO FORCE ROW LEVEL SECURITY;
INSERT INTO claim_actor SELECT DISTINCT unnest(actors), claim_no FROM claim WHERE stage <> 'closed' OR cardinality(waiting_for) > 0;
ALTER TABLE claim FORCE ROW LEVEL SECURITY;

ALTER TABLE claim_actor ENABLE ROW LEVEL SECURITY;
ALTER TABLE claim_actor FORCE ROW LEVEL SECURITY;
CREATE POLICY worker ON claim_actor TO kuaipei_worker USING (true) WITH CHECK (true);
-- Whoever reports has acted. A session from a patient's link is for one claim.
CREATE POLICY own ON claim_actor TO kuaipei_api USING (person_id = (SELECT scope_person()) AND ((SELECT scope_claim()) IS NULL OR claim_no = (SELECT scope_claim())));
GRANT SELECT, INSERT ON claim_actor TO kuaipei_api;
GRANT SELECT, INSERT, DELETE ON claim_actor TO kuaipei_worker;
