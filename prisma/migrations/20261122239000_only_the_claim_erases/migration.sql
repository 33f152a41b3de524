-- What the API's role must not bring about, whatever scope it is given: an event of a claim that is there already, and by it an erasure; a fact,
-- a notice or an erasure in the outbox; a document without its key. These are the worker's, the eraser's and the claim's own process's.

-- Did this transaction itself open the claim? The first report is the one thing that the API records (src/api/claim/report.ts).
CREATE FUNCTION is_opened_here(which_claim text) RETURNS boolean LANGUAGE sql STABLE
  RETURN EXISTS (SELECT FROM claim c WHERE c.claim_no = which_claim AND c.xmin = pg_current_xact_id()::xid);

CREATE POLICY only_first ON claim_event          AS RESTRICTIVE FOR INSERT TO kuaipei_api WITH CHECK (is_opened_here(claim_no) AND type <> 'data-erased');
CREATE POLICY only_first ON claim_event_personal AS RESTRICTIVE FOR INSERT TO kuaipei_api WITH CHECK (is_opened_here(claim_no));

CREATE POLICY only_first ON outbox AS RESTRICTIVE FOR INSERT TO kuaipei_api
  WITH CHECK (kind IN ('start-claim', 'notice') AND is_opened_here(claim_no) OR kind = 'break-glass' AND claim_no IS NULL);
-- Of what is there the API notes what became of it, and of starts alone.
CREATE POLICY only_starter ON outbox AS RESTRICTIVE FOR UPDATE TO kuaipei_api
  USING ((SELECT scope_role()) = 'starter') WITH CHECK (kind = 'start-claim');

-- It adds documents; the worker and the eraser say what becomes of them.
REVOKE UPDATE ON document FROM kuaipei_api;

-- ---------------------------------------------------------------------------------------------------------------------
-- A delegation begins when it is made: from a day to come it would reach further than 60 days from today. Clocks of two machines may differ.
CREATE POLICY from_now ON delegation AS RESTRICTIVE FOR INSERT TO kuaipei_api WITH CHECK (at <= now() + interval '5 minutes');

CREATE OR REPLACE FUNCTION scope_owners() RETURNS text[] LANGUAGE sql STABLE PARALLEL SAFE
  RETURN CASE WHEN scope_claim() IS NULL AND scope_house() IS NOT NULL THEN (
    SELECT array_agg(DISTINCT d.owner) FROM delegation d
    WHERE d.delegate = scope_person() AND d.role = scope_role() AND d.house = scope_house() AND d.ended_at IS NULL AND d.at <= now() AND d.until > now()
      AND EXISTS (SELECT FROM person p WHERE p.person_id = d.owner AND p.active AND d.role = ANY (p.roles) AND d.house IN (p.hospital, p.insurer))) END;
