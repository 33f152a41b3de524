-- Identity numbers, phones, payees' accounts and the personal parts of events are kept sealed (docs/decisions/0017-keys.md). Rows from
-- before stay readable; `npm run reseal` seals them.
ALTER TABLE "patient" ADD COLUMN "identity_index" TEXT;
CREATE INDEX "patient_identity_index_idx" ON "patient"("identity_index");

-- Payees and the personal parts of events are never changed by the application's roles. Sealing them anew is: one sealed text for what
-- stood there, in two functions of the tables' owner, who sees these rows in
-- functions that another role calls and not when they sign in themselves.
CREATE FUNCTION is_sealed(text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN $1 ~ '^v1\.[a-z0-9][a-z0-9-]{0,31}\.[A-Za-z0-9_-]+$';

DO $$
DECLARE tbl text;
BEGIN
  FOREACH tbl IN ARRAY ARRAY['payee', 'claim_event_personal'] LOOP
    EXECUTE format('CREATE POLICY reseal_read ON %I FOR SELECT TO CURRENT_USER USING (session_user <> current_user)', tbl);
    EXECUTE format('CREATE POLICY reseal ON %I FOR UPDATE TO CURRENT_USER USING (session_user <> current_user)', tbl);
  END LOOP;
END $$;

CREATE FUNCTION reseal_payee(which_claim text, which_id text, was_holder text, was_account text, new_holder text, new_account text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT (public.is_sealed(new_holder) AND public.is_sealed(new_account)) THEN RAISE EXCEPTION 'only a sealed text takes the place of another'; END IF;
  UPDATE public.payee SET holder = new_holder, account = new_account WHERE claim_no = which_claim AND id = which_id AND holder = was_holder AND account = was_account;
  RETURN FOUND;
END $$;

CREATE FUNCTION reseal_personal(which_claim text, which_version integer, was_salt text, was_content jsonb, new_salt text, new_content text) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public AS $$
BEGIN
  IF NOT (public.is_sealed(new_salt) AND public.is_sealed(new_content)) THEN RAISE EXCEPTION 'only a sealed text takes the place of another'; END IF;
  UPDATE public.claim_event_personal SET salt = new_salt, content = to_jsonb(new_content)
    WHERE claim_no = which_claim AND version = which_version AND salt = was_salt AND content = was_content;
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION reseal_payee, reseal_personal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reseal_payee, reseal_personal TO kuaipei_worker;
