#!/usr/bin/env bash
# ECR Login: logs Docker and Helm in at ECR for 12 hours; does nothing where REGISTRY is another registry.
#
#   REGISTRY=123456789012.dkr.ecr.eu-central-1.amazonaws.com/ jenkins/stages/ecr-login.sh
#
# Reads: REGISTRY, and the credentials of the AWS CLI, which get a password for this registry's region alone.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

host=${REGISTRY%%/*}
if [[ ! $host =~ $ecr ]]; then say "${host:-no registry} is not ECR: nothing to do"; exit; fi
region=${BASH_REMATCH[3]}
# that of a store of releases elsewhere
unset AWS_ENDPOINT_URL
password=$(aws ecr get-login-password --region "$region") || fail "AWS gives no password for ECR in $region"
docker login --username AWS --password-stdin "$host" <<<"$password" >/dev/null || fail "Docker cannot log in at $host"
if command -v helm >/dev/null; then
  helm registry login --username AWS --password-stdin "$host" <<<"$password" >/dev/null 2>&1 || fail "Helm cannot log in at $host"
fi
say "logged in at $host for 12 hours"
