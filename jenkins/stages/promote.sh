#!/usr/bin/env bash
# Promote: the release becomes the challenger, then the champion with all of the traffic, through the gateway that runs here.
#
#   RELEASE=7 jenkins/stages/promote.sh
#
# It needs an approval. The gateway refuses while a rollout runs, and a release that v1 cannot serve changes nothing. Where no
# gateway runs yet, there is nothing to promote: the stage says so and passes.
#
# Reads: REGISTRY_URL, the registry of the gateway; MODEL_NAME (iris); RELEASE (reports/candidate.env, from Registry Check);
# PROMOTE_REASON (default: the tag); GATEWAY_URL (default: Compose's published port); ADMIN_TOKEN (default: the gateway's).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

find_candidate
if [[ -z ${GATEWAY_URL:-} && -z $(docker compose ps --quiet gateway) ]]; then
  say "no gateway runs here yet: release $RELEASE is not promoted"
  exit 0
fi
list_releases
champion=$(release_at champion)
if [[ $champion == "$RELEASE" ]]; then
  say "release $RELEASE is the champion already"
  exit 0
fi
if [[ -z ${GATEWAY_URL:-} && -n ${JOIN_NETWORK:-} ]]; then join_network; fi
export GATEWAY_URL=${GATEWAY_URL:-$(address gateway 5000)}
find_admin_token
reason=${PROMOTE_REASON:-"deploy of $TAG"}
make_challenger "$reason"
registry promote "$RELEASE" --reason "$reason" 2>&1 | tee "$reports/promote.txt" ||
  fail "$(last_line "$reports/promote.txt")"
