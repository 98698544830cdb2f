#!/usr/bin/env bash
# DVC Push: keeps the data of this commit, and what was trained from it, in the remote.
#
#   DVC_REMOTE=s3://bucket/dvc jenkins/stages/dvc-push.sh
#
# Reads: DVC_REMOTE; for S3 the AWS settings.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${DVC_REMOTE:-} ]] || fail 'DVC_REMOTE is not set'
say "pushing to $DVC_REMOTE"
npm run --silent pipeline -- push 2>&1 | tee "$reports/dvc-push.txt" || fail "$(last_line "$reports/dvc-push.txt")"
