#!/bin/sh
# The namespace and the search attributes that operations filter by. May run again and again.
set -eu

temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 90d --description 'claims from surgical accidents'

# A new namespace is known everywhere after some seconds; what is there already is no error.
attempt=0
until temporal operator search-attribute create -n "$TEMPORAL_NAMESPACE" \
  --name ClaimStage --type Keyword --name ClaimTier --type Keyword --name HospitalCode --type Keyword --name DepartmentCode --type Keyword \
  --name WaitingFor --type Keyword --name NextDeadline --type Datetime --name Breached --type Bool --name Stuck --type Bool; do
  attempt=$((attempt + 1))
  [ "$attempt" -lt 20 ] || exit 1
  sleep 3
done
