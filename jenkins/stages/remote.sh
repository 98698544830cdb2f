#!/usr/bin/env bash
# Remote: runs one stage on the host that terraform/ made, by SSH or by Systems Manager, and ends with its status.
#
#   SSH_HOST=ec2-user@models.example.com TAG=1.4.0 jenkins/stages/remote.sh deploy
#   INSTANCE_ID=i-0123456789abcdef0 AWS_REGION=eu-central-1 TAG=1.4.0 jenkins/stages/remote.sh deploy
#
# Stages: deploy, health-check, smoke-test, rollback. The host keeps in /opt/coppice/reports what rollback needs.
#
# Reads: SSH_HOST with SSH_OPTIONS, or INSTANCE_ID with the AWS settings; TAG, REGISTRY and MODEL_V<n>_WEIGHT for the stage;
# REMOTE_DIR (/opt/coppice), the checkout there; WAIT_REMOTE (1200 seconds, by Systems Manager).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

case ${1:-} in
  deploy | health-check | smoke-test | rollback) ;;
  *) fail "the stage ${1:-} is not allowed: must be deploy, health-check, smoke-test or rollback" ;;
esac
settings=("TAG=$TAG" "REGISTRY=$REGISTRY")
for name in ${!MODEL_V*}; do
  if [[ $name =~ ^MODEL_V[0-9]+_WEIGHT$ ]]; then settings+=("$name=${!name}"); fi
done
printf -v command '%q ' sudo env "${settings[@]}" "${REMOTE_DIR:-/opt/coppice}/jenkins/stages/$1.sh"
output=$reports/remote-$1.txt

by_ssh() {
  local options=()
  read -ra options <<<"${SSH_OPTIONS:-}"
  ssh -o BatchMode=yes -o ConnectTimeout=15 "${options[@]}" -- "$SSH_HOST" "$command" 2>&1 | tee "$output"
}

by_systems_manager() {
  local id state end=$((SECONDS + ${WAIT_REMOTE:-1200}))
  id=$(aws ssm send-command --instance-ids "$INSTANCE_ID" --document-name AWS-RunShellScript --comment "coppice $1" \
    --parameters "$(node -p 'JSON.stringify({ commands: [process.argv[1]], executionTimeout: [process.argv[2]] })' "$command" "${WAIT_REMOTE:-1200}")" \
    --query Command.CommandId --output text)
  seen() { aws ssm get-command-invocation --command-id "$id" --instance-id "$INSTANCE_ID" --query "$1" --output text; }
  while state=$(seen Status 2>/dev/null || echo Pending); [[ $state == Pending || $state == InProgress || $state == Delayed ]]; do
    ((SECONDS < end)) || { echo "the host did not finish within ${WAIT_REMOTE:-1200} s" | tee "$output"; return 1; }
    sleep "${EVERY:-5}"
  done
  seen '[StandardOutputContent, StandardErrorContent]' | tee "$output"
  [[ $state == Success ]]
}

if [[ -n ${SSH_HOST:-} ]]; then run=by_ssh
elif [[ -n ${INSTANCE_ID:-} ]]; then run=by_systems_manager
else fail 'neither SSH_HOST nor INSTANCE_ID is set: one of them names the host'
fi
say "$1 of $TAG on ${SSH_HOST:-$INSTANCE_ID}"
"$run" "$1" || fail "$1 of $TAG failed on ${SSH_HOST:-$INSTANCE_ID}: $(last_line "$output")"
