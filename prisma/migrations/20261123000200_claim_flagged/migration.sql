-- The claims that carry a flag, as long as something may be owed on them.
CREATE INDEX CONCURRENTLY claim_flagged ON claim (insurer, claim_no) WHERE flagged AND (stage <> 'closed' OR cardinality(waiting_for) > 0);
