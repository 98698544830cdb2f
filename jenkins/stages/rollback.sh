#!/usr/bin/env bash
# Rollback: restores the tag, registry and weights that ran before the last deploy, and waits until they are healthy.
#
#   jenkins/stages/rollback.sh
#
# In: reports/previous.env, written by deploy.sh. Adds the restored tag to reports/failure.txt.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -s $reports/previous.env ]] || fail 'nothing ran here before: nothing to bring back'
bad=$TAG
previous=$(mktemp)
trap 'rm -f "$previous"' EXIT
cp "$reports/previous.env" "$previous"
set -o allexport
# shellcheck source=/dev/null
source "$previous"
set +o allexport
say "$TAG instead of $bad"
stages=$(dirname "${BASH_SOURCE[0]}")
"$stages/deploy.sh"
"$stages/health-check.sh"
cp "$previous" "$reports/previous.env"
echo "rollback: $TAG serves again" | tee -a "$reports/failure.txt"
