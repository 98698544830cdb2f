#!/usr/bin/env bash
# Deploy: replaces the running containers by those of TAG, one service after the other.
#
#   TAG=1.4.0 jenkins/stages/deploy.sh
#
# Each model version gets a second container of the new tag; once that is ready, the old one drains and ends, so that both
# versions serve all the time. The gateway comes last: it finishes requests under way, and its port is closed until the
# new one listens, about two seconds. Behind the profile tls, requests wait meanwhile; otherwise they are refused.
# reports/previous.env holds the tag, registry and weights that ran before, and for which tag, for rollback.sh.
#
# Reads: TAG; REGISTRY (to pull images from, unless SKIP_PUSH=true); MODEL_V<n>_WEIGHT (empty: unchanged);
# COMPOSE_PROJECT_NAME (coppice); COMPOSE_PROFILES; HOST_DIR (/opt/coppice), whose .env is used if it exists;
# HOST_SETTINGS (/etc/coppice/settings.env), which stores TAG and REGISTRY for the next boot; WAIT (120 seconds).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

# The host's settings say where its registry and MLflow are, not the pipeline's.
if [[ ${COMPOSE_ENV_FILES:-} == "$host_dir/.env" ]]; then
  unset MLFLOW_TRACKING_URI REGISTRY_URL MODEL_NAME AWS_REGION AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY
fi
wait=${WAIT:-120}
running=$(docker compose ps --quiet gateway)
# Never --no-deps: Compose would see another configuration at the next plain `up` and recreate everything.
start() { docker compose up --detach --no-build --wait --wait-timeout "$wait" "$@" >>"$reports/deploy.log" 2>&1; }
gave_up() { tail -n 5 "$reports/deploy.log" >&2; fail "$1 of $TAG did not become healthy: $(last_words "$1")"; }

# The last log line of a service.
last_words() { docker compose logs --no-log-prefix --tail 1 "$1" 2>/dev/null | cut -c1-300; }

remember_previous() {
  local image=$1 weight
  image=$(docker inspect --format '{{.Config.Image}}' "$running")
  {
    echo "FOR=$TAG"
    echo "TAG=${image##*:}"
    echo "REGISTRY=${image%coppice-gateway:*}"
    for name in MODEL_V1_WEIGHT MODEL_V2_WEIGHT MODEL_V3_WEIGHT; do
      weight=$(setting_of "$running" "$name")
      [[ -z $weight ]] || echo "$name=$weight"
    done
  } >"$reports/previous.env"
  # weights that are not set stay unchanged
  while IFS='=' read -r name value; do
    [[ $name != MODEL_* || -n ${!name:-} ]] || export "$name=$value"
  done <"$reports/previous.env"
}

# The old container serves until the new one is ready.
switch_version() {
  local old
  old=$(docker compose ps --quiet "$1")
  say "$1"
  if [[ -z $old ]]; then start "$1" || gave_up "$1"; return; fi
  if ! start --no-recreate --scale "$1=2" "$1"; then
    local new
    new=$(docker compose ps --all --quiet "$1" | grep -vF "$old" || true)
    [[ -z $new ]] || { last_words "$1" >>"$reports/deploy.log"; docker rm --force "$new" >/dev/null; }
    fail "$1 of $TAG did not become healthy; the previous one still runs: $(tail -n 1 "$reports/deploy.log")"
  fi
  docker stop --time 30 "$old" >/dev/null
  docker rm "$old" >/dev/null
}

# `up` would check all other containers between the old gateway's end and the new one's start.
switch_gateway() {
  docker compose create --no-build gateway >>"$reports/deploy.log" 2>&1 || fail "the gateway of $TAG could not be created"
  docker start "$(docker compose ps --all --quiet gateway)" >/dev/null
  start gateway || gave_up gateway
}

# The other services. A proxy with the same content stays, and holds requests meanwhile.
others() {
  local service
  for service in $(docker compose config --services); do
    if [[ $service != proxy ]] || ! same_proxy; then echo "$service"; fi
  done
}

same_proxy() {
  local old new
  old=$(docker compose ps --quiet proxy)
  new=$(docker compose config --images | grep '/coppice-proxy:\|^coppice-proxy:')
  [[ -n $old && $(layers "$(docker inspect --format '{{.Image}}' "$old")") == "$(layers "$new")" ]]
}

layers() { docker image inspect --format '{{json .RootFS.Layers}}' "$1"; }

# So that the host starts this tag when it reboots.
note_on_host() {
  local file
  for file in "$host_settings" "$host_dir/.env"; do
    if [[ -w $file ]]; then
      sed -i -e "s|^TAG=.*|TAG=$TAG|" -e "s|^REGISTRY=.*|REGISTRY=$REGISTRY|" "$file"
      say "wrote TAG=$TAG to $file"
    fi
  done
}

if [[ -n $running ]]; then
  remember_previous "$running"
  say "from $(sed -n 's/^TAG=//p' "$reports/previous.env") to $TAG"
else
  rm -f "$reports/previous.env"
  say "$TAG, the first deploy here"
fi
if [[ -n $REGISTRY && ${SKIP_PUSH:-false} != true ]]; then
  say "pulling from $REGISTRY"
  docker compose pull --quiet --ignore-pull-failures=false || fail "the images of $TAG could not be pulled from $REGISTRY"
fi

if [[ -n $running ]]; then
  say 'trainer'
  docker compose up --detach --no-build trainer >>"$reports/deploy.log" 2>&1 || fail "the trainer of $TAG could not be started"
  status=$(docker wait "$(docker compose ps --all --quiet trainer)")
  [[ $status == 0 ]] || fail "the trainer of $TAG exited with $status: $(last_words trainer)"
  for version in $(docker compose config --services | grep '^model-' | sort); do switch_version "$version"; done
  say gateway
  switch_gateway
fi
say 'everything else'
mapfile -t rest < <(others)
start --remove-orphans "${rest[@]}" || gave_up ui
note_on_host
say "$TAG is deployed"
