#!/usr/bin/env bash
# Test Image: starts the images of this tag beside what runs here, under a project of its own, checks them and removes all.
#
#   TAG=1.4.0 jenkins/stages/test-image.sh
#
# It takes free ports and its own volumes, and publishes nothing beyond this machine: containers, record and registry of a
# deploy stay untouched.
#
# Reads: TAG, REGISTRY; WAIT (180 seconds to become healthy).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

stages=$PWD/jenkins/stages
export COMPOSE_PROJECT_NAME=$COMPOSE_PROJECT_NAME-image-test
# an empty file instead of a host's: the images must start by their defaults
empty=$(mktemp)
export COMPOSE_ENV_FILES=$empty COMPOSE_PROFILES='' BIND_ADDRESS=127.0.0.1 GATEWAY_PORT=0 UI_PORT=0 PROMETHEUS_PORT=0
unset REGISTRY_URL MLFLOW_TRACKING_URI GATE GATE_FILE DATABASE_URL MODEL_NAME GATEWAY_URL UI_URL PROMETHEUS_URL ADMIN_TOKEN
own_reports=$(mktemp -d)
clean_up() {
  if [[ -n ${JOIN_NETWORK:-} ]]; then
    docker network disconnect "${COMPOSE_PROJECT_NAME}_default" "$HOSTNAME" >/dev/null 2>&1 || true
  fi
  docker compose down --volumes --remove-orphans --timeout 5 >/dev/null 2>&1 || true
  rm -rf "$empty" "$own_reports"
}
trap clean_up EXIT

say "starting the images of $TAG as $COMPOSE_PROJECT_NAME"
docker compose up --detach --no-build --wait --wait-timeout "${WAIT:-180}" >"$reports/test-image.log" 2>&1 ||
  fail "the images of $TAG do not become healthy: $(last_line "$reports/test-image.log")"
if [[ -n ${JOIN_NETWORK:-} ]]; then
  # in two networks at once the services' short names would mean either
  at() { echo "http://$COMPOSE_PROJECT_NAME-$1-1:$2"; }
  GATEWAY_URL=$(at gateway 5000) UI_URL=$(at ui 8501) PROMETHEUS_URL=$(at prometheus 9090)
  export GATEWAY_URL UI_URL PROMETHEUS_URL
fi
for check in health-check smoke-test; do
  REPORTS=$own_reports "$stages/$check.sh" || fail "the images of $TAG: $(tail -n 1 "$own_reports/failure.txt")"
done
say "the images of $TAG start, answer correctly and are measured"
