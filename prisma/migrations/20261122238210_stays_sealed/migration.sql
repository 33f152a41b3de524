-- What is sealed stays sealed: no UPDATE puts a value in clear in its place, by which somebody who reaches the database could exchange it.
-- Emptied it may be. Payees and personal parts are changed by functions alone, which take sealed texts only (20261122235000_sealed).
CREATE FUNCTION stays_sealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a sealed value of % is not replaced by one in clear', TG_TABLE_NAME USING ERRCODE = 'check_violation';
END $$;
CREATE TRIGGER stays_sealed BEFORE UPDATE OF identity_number, phone ON patient FOR EACH ROW
  WHEN ((is_sealed(OLD.identity_number) AND NEW.identity_number <> '' AND NOT is_sealed(NEW.identity_number)) OR (is_sealed(OLD.phone) AND NEW.phone <> '' AND NOT is_sealed(NEW.phone)))
  EXECUTE FUNCTION stays_sealed();
-- Without its key a content would be taken for one in clear, from before contents were sealed.
CREATE TRIGGER stays_sealed BEFORE UPDATE OF object_key ON document FOR EACH ROW
  WHEN (OLD.object_key IS NOT NULL AND NEW.object_key IS NULL AND NEW.status <> 'erased')
  EXECUTE FUNCTION stays_sealed();
