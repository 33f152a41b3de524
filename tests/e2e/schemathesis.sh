#!/usr/bin/env bash
# Sends what nobody would think of at every route of the running local stack (npm start), as every kind of persona: tests/e2e/fuzz.ts.
# Needs Python 3.10 or later; Schemathesis comes from PyPI into a folder of its own.
set -euo pipefail
cd "$(dirname "$0")/../.."

venv=${XDG_CACHE_HOME:-$HOME/.cache}/kuaipei/schemathesis
version=4.32.5
if [[ "$("$venv/bin/schemathesis" --version 2>/dev/null)" != *"$version" ]]; then
  python3 -m venv "$venv"
  "$venv/bin/pip" install --quiet --disable-pip-version-check "schemathesis==$version"
fi
exec node --import tsx tests/e2e/fuzz.ts "$venv/bin/schemathesis"
