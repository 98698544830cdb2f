#!/usr/bin/env bash
# Build: builds an image per service with labels, and lists its npm packages, if any (SBOM, CycloneDX).
#
#   jenkins/stages/build.sh
#
# Out: images ${REGISTRY}coppice-<service>:$TAG, reports/images.txt with their sizes, reports/sbom/<service>.json.
# Reads: TAG; REGISTRY; COMPOSE_PROFILES (tls,alerts,grafana), the optional services to build as well.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

export COMPOSE_PROFILES=${COMPOSE_PROFILES-tls,alerts,grafana}
say "building ${REGISTRY}coppice-*:$TAG from $COMMIT"
docker compose build || fail 'an image could not be built'

mkdir -p "$reports/sbom"
for part in trainer:trainer model:models gateway:gateway ui:ui; do
  npm sbom --sbom-format cyclonedx --omit dev --omit optional --workspace "@coppice/${part#*:}" >"$reports/sbom/${part%:*}.json"
done
docker images --filter "reference=${REGISTRY}coppice-*:$TAG" --format '{{.Repository}}:{{.Tag}} {{.Size}}' | sort | tee "$reports/images.txt"
