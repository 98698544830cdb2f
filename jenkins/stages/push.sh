#!/usr/bin/env bash
# Push: pushes the images of this tag to the registry.
#
#   REGISTRY=ghcr.io/you/ jenkins/stages/push.sh
#
# Reads: REGISTRY, TAG, COMPOSE_PROFILES as for Build; REGISTRY_USER and REGISTRY_PASSWORD if it needs a login.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n $REGISTRY ]] || fail 'REGISTRY is not set'
export COMPOSE_PROFILES=${COMPOSE_PROFILES-$profiles_of_a_host}
if [[ -n ${REGISTRY_USER:-} && -n ${REGISTRY_PASSWORD:-} ]]; then
  docker login --username "$REGISTRY_USER" --password-stdin "${REGISTRY%%/*}" <<<"$REGISTRY_PASSWORD"
fi
say "pushing ${REGISTRY}coppice-*:$TAG"
docker compose push --quiet || fail "the images could not be pushed to $REGISTRY"
