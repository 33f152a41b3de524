-- Each stored content is sealed under a key of its own (docs/decisions/0017-keys.md); here lies that key, itself sealed. Contents from before
-- have none and stay readable; `npm run reseal` seals them.
ALTER TABLE "document" ADD COLUMN "object_key" TEXT;
ALTER TABLE document ADD CONSTRAINT document_object_key_check CHECK (is_sealed(object_key));
