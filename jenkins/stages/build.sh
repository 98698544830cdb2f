#!/usr/bin/env bash
# Build: an image per service, each with labels and, where it holds npm packages, a list of them (SBOM, CycloneDX).
#
#   jenkins/stages/build.sh
#
# Out: images ${REGISTRY}coppice-<service>:$TAG, reports/images.txt with their sizes, reports/sbom/<service>.json.
# Set by: TAG, REGISTRY, COMPOSE_PROFILES (tls,alerts,grafana): optional services to build too.

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
