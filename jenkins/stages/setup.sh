#!/usr/bin/env bash
# Setup: installs the packages that the lock file names and asks the registry for known weaknesses in them.
#
#   jenkins/stages/setup.sh
#
# Set by: AUDIT=required makes it fail where the registry's audit cannot be asked; AUDIT_LEVEL (high).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

say 'installing packages'
node scripts/setup.mjs --install-only
say 'asking for known weaknesses'
node scripts/audit.ts >"$reports/audit.txt" || fail "$(tail -n 1 "$reports/audit.txt")"
cat "$reports/audit.txt"
