#!/usr/bin/env bash
# Rollback: restores the tag, registry and weights that ran before the last deploy, and waits until they are healthy.
#
#   TAG=1.4.0 jenkins/stages/rollback.sh
#
# TAG is the one to take back: a deploy that never began has changed nothing, and what an earlier one left is no way back.
#
# In: reports/previous.env, written by deploy.sh. Adds the restored tag to reports/failure.txt.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -s $reports/previous.env ]] || fail 'no earlier deploy to roll back to'
bad=$TAG
deployed=$(sed -n 's/^FOR=//p' "$reports/previous.env")
[[ $deployed == "$bad" ]] || fail "the last deploy here was of ${deployed:-an unknown tag}, not of $bad: nothing is rolled back"
previous=$(mktemp)
trap 'rm -f "$previous"' EXIT
cp "$reports/previous.env" "$previous"
set -o allexport
# shellcheck source=/dev/null
source "$previous"
set +o allexport
say "from $bad back to $TAG"
stages=$(dirname "${BASH_SOURCE[0]}")
"$stages/deploy.sh"
"$stages/health-check.sh"
cp "$previous" "$reports/previous.env"
echo "rollback: $TAG is running again" | tee -a "$reports/failure.txt"
