#!/usr/bin/env bash
# Build: builds an image per service with labels, and lists its npm packages, if any (SBOM, CycloneDX).
#
#   jenkins/stages/build.sh
#
# Out: images ${REGISTRY}coppice-<service>:$TAG, reports/images.txt with their sizes, reports/sbom/<service>.json.
# Reads: TAG; REGISTRY; COMPOSE_PROFILES (tls,alerts,grafana,retrain,mlflow: all that a host runs), the optional
# services to build as well.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

export COMPOSE_PROFILES=${COMPOSE_PROFILES-$profiles_of_a_host}
say "building ${REGISTRY}coppice-*:$TAG from $COMMIT"
docker compose build || fail 'an image could not be built'

mkdir -p "$reports/sbom"
list_packages() { # service, its workspaces
  npm sbom --sbom-format cyclonedx --omit dev --omit optional "${@:2}" >"$reports/sbom/$1.json"
}
list_packages trainer --workspace @coppice/trainer --workspace @coppice/models
list_packages model --workspace @coppice/models
list_packages gateway --workspace @coppice/gateway
list_packages retrainer --workspace @coppice/trainer --workspace @coppice/retrainer
list_packages ui --workspace @coppice/ui
docker images --filter "reference=${REGISTRY}coppice-*:$TAG" --format '{{.Repository}}:{{.Tag}} {{.Size}}' | sort | tee "$reports/images.txt"
