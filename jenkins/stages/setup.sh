#!/usr/bin/env bash
# Setup: installs the packages of the lock file and audits them for known vulnerabilities.
#
#   jenkins/stages/setup.sh
#
# Reads: AUDIT (required: fail when the registry's audit cannot be reached); AUDIT_LEVEL (high).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

say 'installing packages'
node scripts/setup.mjs --install-only
say 'asking for known weaknesses'
node scripts/audit.ts >"$reports/audit.txt" || fail "$(tail -n 1 "$reports/audit.txt")"
cat "$reports/audit.txt"
