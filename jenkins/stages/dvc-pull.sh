#!/usr/bin/env bash
# DVC Pull: fetches the data of this commit, and what was trained from it, from the remote.
#
#   DVC_REMOTE=s3://bucket/dvc jenkins/stages/dvc-pull.sh
#
# Reads: DVC_REMOTE; for S3 the AWS settings.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${DVC_REMOTE:-} ]] || fail 'DVC_REMOTE is not set'
say "pulling from $DVC_REMOTE"
npm run --silent pipeline -- pull 2>&1 | tee "$reports/dvc-pull.txt" || fail "$(last_line "$reports/dvc-pull.txt")"
