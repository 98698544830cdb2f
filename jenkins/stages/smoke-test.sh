#!/usr/bin/env bash
# Smoke Test: predicts through gateway and page; each version must answer correctly and be recorded, and metrics scraped.
#
#   jenkins/stages/smoke-test.sh
#
# Reads: GATEWAY_URL, UI_URL, PROMETHEUS_URL (default: Compose's published ports); API_KEY (default: the gateway's first).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

find_addresses
run_check jenkins/checks/smoke-test.ts 2>&1 | tee "$reports/smoke-test.txt" || fail "$(tail -n 1 "$reports/smoke-test.txt")"
