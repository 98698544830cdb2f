#!/usr/bin/env bash
# Verify Environment: the programs and settings that the later stages need are there, before anything is trained.
#
#   jenkins/stages/verify-environment.sh [SETTING…]      these settings must not be empty
#
# Reads: MLFLOW_TRACKING_URI, DVC_REMOTE, REGISTRY_URL; NEED_DOCKER (true), false where nothing is built or
# deployed; NEED_GB (5), free on the disk of this checkout.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

missing=()
need() { if ! "${@:2}" >/dev/null 2>&1; then missing+=("$1"); fi; }
# A setting's value must match, unless it is empty.
must_be() { # name, pattern, in words
  if [[ -n ${!1:-} && ! ${!1} =~ $2 ]]; then missing+=("$1=${!1} is not allowed: must be $3"); fi
}

for name in "$@"; do need "$name is not set" test -n "${!name:-}"; done
need 'git is missing' command -v git
need "Node is missing: jenkins/stages/setup.sh installs it" command -v node
if [[ ${NEED_DOCKER:-true} == true ]]; then
  need 'the Docker engine does not answer' docker info
  need 'Docker Compose is missing' docker compose version
fi
must_be MLFLOW_TRACKING_URI '^https?://[^@[:space:]]+$' 'an http or https address without a login'
must_be DVC_REMOTE '^[^[:space:]]+$' 'a place such as s3://bucket/prefix, without spaces'
must_be REGISTRY_URL '^(s3://[^/[:space:]]+|/)' 's3://bucket/prefix or an absolute folder'
if [[ -n ${DVC_REMOTE:-} ]]; then need 'Python is missing, which DVC needs' command -v python3; fi
free_gb=$(($(df -Pk . | awk 'NR == 2 { print $4 }') / 1024 / 1024))
if ((free_gb < ${NEED_GB:-5})); then missing+=("$free_gb GB are free, ${NEED_GB:-5} are needed"); fi

((${#missing[@]} == 0)) || { printf -v all '%s; ' "${missing[@]}"; fail "${all%; }"; }
say "programs and settings are there, $free_gb GB are free"
