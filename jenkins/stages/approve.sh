#!/usr/bin/env bash
# Approve: keeps a person's approval of the release in the registry.
#
#   RELEASE=7 APPROVED_BY=alice jenkins/stages/approve.sh
#
# Reads: REGISTRY_URL; MODEL_NAME (iris); RELEASE (reports/candidate.env, from Registry Check); APPROVED_BY, who said so;
# BUILD_TAG, where: both go into the registry's audit.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${APPROVED_BY:-} ]] || fail 'APPROVED_BY is not set: must be the person who approves'
find_candidate
registry approve "$RELEASE" --reason "approved by $APPROVED_BY in ${BUILD_TAG:-the pipeline}" 2>&1 |
  tee "$reports/approve.txt" || fail "release $RELEASE is not approved: $(last_line "$reports/approve.txt")"
