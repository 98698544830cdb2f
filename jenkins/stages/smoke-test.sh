#!/usr/bin/env bash
# Smoke Test: real predictions through the gateway and the page, each version right and recorded, metrics scraped.
#
#   jenkins/stages/smoke-test.sh
#
# Reads: GATEWAY_URL, UI_URL, PROMETHEUS_URL (default: as Compose published them); API_KEY (default: the gateway's first).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

find_addresses
node jenkins/checks/smoke-test.ts 2>&1 | tee "$reports/smoke-test.txt" || fail "$(tail -n 1 "$reports/smoke-test.txt")"
