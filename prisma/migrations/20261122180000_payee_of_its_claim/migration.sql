-- A payee is known within its claim: the id comes from the act that named it, and a client may use one id twice.
ALTER TABLE "payment" DROP CONSTRAINT "payment_claim_no_payee_id_fkey";
DROP INDEX "payee_claim_no_id_key";
ALTER TABLE "payee" DROP CONSTRAINT "payee_pkey", ADD CONSTRAINT "payee_pkey" PRIMARY KEY ("claim_no", "id");
ALTER TABLE "payment" ADD CONSTRAINT "payment_claim_no_payee_id_fkey" FOREIGN KEY ("claim_no", "payee_id") REFERENCES "payee"("claim_no", "id") ON DELETE RESTRICT ON UPDATE RESTRICT;

-- Finds an act's key on another claim.
CREATE INDEX "claim_event_act_id_idx" ON "claim_event"("act_id");
