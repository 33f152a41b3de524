-- Finance reads what finance wrote: why a payment goes back to its maker, on what a settlement by hand rests. Nothing that others wrote (SPEC §1.2).
CREATE POLICY finance ON claim_event_personal FOR SELECT TO kuaipei_api USING ((SELECT scope_role()) = 'finance' AND insurer = (SELECT scope_insurer())
  AND EXISTS (SELECT FROM claim_event e WHERE e.claim_no = claim_event_personal.claim_no AND e.version = claim_event_personal.version AND e.actor ->> 'role' = 'finance'));
