-- What the bank says about a payment that is not ours, or after the claim has ended, is raised at once (SPEC §1.9):
-- the service that takes its calls may write a difference, and nothing else of that table.
GRANT INSERT ON difference TO kuaipei_api;
CREATE POLICY bank ON difference FOR INSERT TO kuaipei_api
  WITH CHECK ((SELECT scope_role()) = 'bank' AND kind IN ('bank-unknown-payment', 'bank-after-the-end'));
