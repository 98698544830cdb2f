#!/usr/bin/env bash
# DVC Pull: fetches the data of this commit, and what was trained from it, from the remote.
#
#   DVC_REMOTE=s3://bucket/dvc jenkins/stages/dvc-pull.sh
#
# Reads: DVC_REMOTE, the name of a remote that the repository knows, or its address; for S3 the AWS settings.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

dvc_remote
# what no build has pushed yet is trained here
say "pulling from $DVC_REMOTE"
npm run --silent pipeline -- pull --run-cache --allow-missing --remote "$DVC_REMOTE" 2>&1 | tee "$reports/dvc-pull.txt" ||
  fail "DVC pull: $(last_line "$reports/dvc-pull.txt")"
