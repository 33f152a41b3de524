-- Files are named by people after people: the name of a file is sealed (docs/decisions/0017-keys.md), and stays so.
CREATE TRIGGER name_stays_sealed BEFORE UPDATE OF file_name ON document FOR EACH ROW
  WHEN (is_sealed(OLD.file_name) AND NEW.file_name <> '' AND NOT is_sealed(NEW.file_name))
  EXECUTE FUNCTION stays_sealed();
