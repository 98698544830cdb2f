#!/usr/bin/env bash
# Rollout: raises the traffic of a version step by step, and waits until it has all of it, loses it, or a person is needed.
#
#   ROLLOUT=v2 jenkins/stages/rollout.sh
#
# The gateway leads the rollout: it goes on when this script is ended.
#
# Reads: ROLLOUT (the version); ROLLOUT_REASON (default: the tag); GATEWAY_URL (default: Compose's published port);
# ADMIN_TOKEN (default: the gateway's); WAIT (120 seconds that the gateway may be unreachable meanwhile).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${ROLLOUT:-} ]] || fail 'ROLLOUT is not set: it must be the version to roll out, such as v2'
find_addresses
find_admin_token
export ROLLOUT
export ROLLOUT_REASON=${ROLLOUT_REASON:-"deploy of $TAG"}
node jenkins/checks/rollout.ts 2>&1 | tee "$reports/rollout.txt" || fail "$(tail -n 1 "$reports/rollout.txt")"
