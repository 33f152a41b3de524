#!/usr/bin/env bash
# Sends what nobody would think of at every route of the running local stack (npm start): no 5xx, no answer other than /openapi.json declares.
# Needs Python 3.10 or later; Schemathesis comes from PyPI into a folder of its own. FUZZ_SECONDS bounds each persona's run.
set -euo pipefail
cd "$(dirname "$0")/../.."

api=${API_URL:-http://127.0.0.1:${KUAIPEI_PORT_API:-${KUAIPEI_PORT_BASE:-8080}}}
venv=${XDG_CACHE_HOME:-$HOME/.cache}/kuaipei/schemathesis
version=4.32.5
if [[ "$("$venv/bin/schemathesis" --version 2>/dev/null)" != *"$version" ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi

settings=$(mktemp)
trap 'rm -f "$settings"' EXIT
verdict=0
for persona in specialist-a-h001 reviewer-a-i001; do
  printf '\n=== %s\n' "$persona"
  token=$(npm run --silent token -- "$persona")
  # A claim that is there: with invented numbers every act would end at 404.
  claim=$(curl -fsS -H "Authorization: Bearer $token" "$api/v1/claims?limit=1" | sed -n 's/.*"claimNo":"\([^"]*\)".*/\1/p')
  printf '[parameters]\n"path.claimNo" = "%s"\n' "${claim:-KP-2026-000001}" > "$settings"
  # Left to the tests of journeys and uploads: a stream that never ends, and uploads, whose bytes Schemathesis cannot make.
  timeout "$((${FUZZ_SECONDS:-75} + 15))" "$venv/bin/schemathesis" --config-file "$settings" run "$api/openapi.json" --url "$api" --max-time "${FUZZ_SECONDS:-75}" \
    --header "Authorization: Bearer $token" --exclude-path /v1/events --exclude-path /v1/uploads --exclude-path '/v1/uploads/{id}' \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
    --phases examples,coverage,fuzzing --workers 2 --request-timeout 20 --max-examples 30 --continue-on-failure --generation-database none || verdict=$?
done
exit "$verdict"
