#!/bin/sh
# Run once by the postgres image, when its volume is new: one login role per process, and one database per program.
# The owner of Kuaipei's tables migrates and does nothing else; the API and the worker own nothing, so row-level security holds them.
set -eu

psql --no-psqlrc --quiet -v ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
  -v owner="$OWNER_DATABASE_PASSWORD" -v api="$API_DATABASE_PASSWORD" -v worker="$WORKER_DATABASE_PASSWORD" -v eraser="$ERASER_DATABASE_PASSWORD" \
  -v temporal="$TEMPORAL_DATABASE_PASSWORD" -v identity="$IDENTITY_DATABASE_PASSWORD" <<'SQL'
CREATE ROLE kuaipei        LOGIN PASSWORD :'owner';
CREATE ROLE kuaipei_api    LOGIN PASSWORD :'api';
CREATE ROLE kuaipei_worker LOGIN PASSWORD :'worker';
-- Reads figures, nothing personal. Nobody signs in with it until you give it a password.
CREATE ROLE kuaipei_reports LOGIN;
CREATE ROLE kuaipei_eraser LOGIN PASSWORD :'eraser';
-- Takes base backups: sees every byte, changes nothing. Nobody signs in with it until you give it a password.
CREATE ROLE kuaipei_backup LOGIN REPLICATION;
CREATE ROLE temporal       LOGIN PASSWORD :'temporal';
CREATE ROLE identity       LOGIN PASSWORD :'identity';

CREATE DATABASE kuaipei             OWNER kuaipei;
CREATE DATABASE temporal            OWNER temporal;
CREATE DATABASE temporal_visibility OWNER temporal;
CREATE DATABASE identity            OWNER identity;

-- By default every role may connect to every database.
REVOKE CONNECT ON DATABASE kuaipei, temporal, temporal_visibility, identity FROM PUBLIC;
GRANT CONNECT ON DATABASE kuaipei TO kuaipei_api, kuaipei_worker, kuaipei_reports, kuaipei_eraser, kuaipei_backup;
SQL

# The image lets nobody replicate from outside its container. Run by hand, PGDATA is not known: add the line yourself.
if [ -n "${PGDATA:-}" ]; then echo 'host replication kuaipei_backup all scram-sha-256' >> "$PGDATA/pg_hba.conf"; fi
