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

# A server-sent stream never ends: the tests of journeys read it instead.
verdict=0
for persona in specialist-a-h001 reviewer-a-i001; do
  printf '\n=== %s\n' "$persona"
  timeout "$((${FUZZ_SECONDS:-75} + 15))" "$venv/bin/schemathesis" run "$api/openapi.json" --url "$api" --max-time "${FUZZ_SECONDS:-75}" \
    --header "Authorization: Bearer $(npm run --silent token -- "$persona")" --exclude-path /v1/events \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,response_schema_conformance \
    --phases examples,coverage,fuzzing --workers 2 --request-timeout 20 --max-examples 30 --continue-on-failure --generation-database none || verdict=$?
done
exit "$verdict"
