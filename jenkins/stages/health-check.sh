#!/usr/bin/env bash
# Health Check: every container runs TAG and is healthy, the gateway is ready with every version, page and Prometheus answer.
#
#   TAG=1.4.0 jenkins/stages/health-check.sh
#
# Reads: WAIT (60 seconds for all of this); GATEWAY_URL, UI_URL, PROMETHEUS_URL (default: Compose's published ports).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

find_addresses
# of one without a health check its state is all that there is to know
containers() { docker compose ps --format '{{.Service}} {{.Image}} {{if .Health}}{{.Health}}{{else}}{{.State}}{{end}}' | grep 'coppice-' || true; }
# a proxy with the same content keeps its container, and so its older tag
others=$(containers | grep -v ":$TAG " | grep -v '^proxy ' || true)
[[ -z $others ]] || fail "not running $TAG: $others"
run_check jenkins/checks/health-check.ts 2>&1 | tee "$reports/health-check.txt" || fail "$(tail -n 1 "$reports/health-check.txt")"
sick=$(containers | grep -vE ' (healthy|running)$' || true)
[[ -z $sick ]] || fail "not healthy: $sick"
say "$(containers | wc -l) containers of $TAG are healthy"
