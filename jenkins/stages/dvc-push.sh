#!/usr/bin/env bash
# DVC Push: keeps the data of this commit, and what was trained from it, in the remote.
#
#   DVC_REMOTE=s3://bucket/dvc jenkins/stages/dvc-push.sh
#
# Reads: DVC_REMOTE, the name of a remote that the repository knows, or its address; for S3 the AWS settings.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

dvc_remote
say "pushing to $DVC_REMOTE"
npm run --silent pipeline -- push --run-cache --remote "$DVC_REMOTE" 2>&1 | tee "$reports/dvc-push.txt" ||
  fail "DVC push: $(last_line "$reports/dvc-push.txt")"
