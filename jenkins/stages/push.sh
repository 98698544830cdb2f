#!/usr/bin/env bash
# Push: pushes the images of this tag to the registry, and the chart, if Pack Chart left one.
#
#   REGISTRY=ghcr.io/you/ jenkins/stages/push.sh
#
# Out: reports/digests.txt, a line "image digest" for each image; deploy-kubernetes.sh installs exactly these.
# A registry whose tags never change (ECR's are immutable) keeps what it has: the same content again is no error.
#
# Reads: REGISTRY, TAG, COMPOSE_PROFILES as for Build; REGISTRY_USER and REGISTRY_PASSWORD if it needs a login;
# PLAIN_HTTP=true for a registry without TLS.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n $REGISTRY ]] || fail 'REGISTRY is not set'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export COMPOSE_PROFILES=${COMPOSE_PROFILES-$profiles_of_a_host}
host=${REGISTRY%%/*} chart=$reports/coppice-$TAG.tgz plain=()
[[ ${PLAIN_HTTP:-false} != true ]] || plain=(--plain-http)
if [[ -n ${REGISTRY_USER:-} && -n ${REGISTRY_PASSWORD:-} ]]; then
  docker login --username "$REGISTRY_USER" --password-stdin "$host" <<<"$REGISTRY_PASSWORD"
  [[ ! -f $chart ]] || helm registry login "${plain[@]}" --username "$REGISTRY_USER" --password-stdin "$host" <<<"$REGISTRY_PASSWORD"
fi

taken() { grep -qiE 'immutable|already exists' "$reports/push.txt"; }

push_image() { # image with its tag
  local mine
  docker push --quiet "$1" >"$reports/push.txt" 2>&1 && return
  taken || fail "$1 could not be pushed: $(last_line "$reports/push.txt")"
  mine=$(docker image inspect --format '{{.Id}}' "$1")
  docker pull --quiet "$1" >/dev/null || fail "$1 is in the registry already and cannot be compared"
  [[ $(docker image inspect --format '{{.Id}}' "$1") == "$mine" ]] || {
    docker tag "$mine" "$1"
    fail "$1 is in the registry already with another content, and its tags never change: set another TAG"
  }
  say "$1 is there already, with the same content"
}

digest_of() { # image with its tag
  docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' "$1" | sed -n "s|^${1%:*}@||p" | head -n 1
}

push_chart() {
  helm push "${plain[@]}" "$chart" "oci://${REGISTRY%/}" >"$reports/push.txt" 2>&1 && { say "pushed the chart oci://${REGISTRY}coppice:$TAG"; return; }
  taken || fail "the chart could not be pushed: $(last_line "$reports/push.txt")"
  # two packages of the same files differ by their times
  mkdir "$folder/mine" "$folder/theirs"
  helm pull "${plain[@]}" "oci://${REGISTRY}coppice" --version "$TAG" --destination "$folder" >"$reports/push.txt" 2>&1 ||
    fail "the chart $TAG is in the registry already and cannot be compared: $(last_line "$reports/push.txt")"
  tar -xzf "$chart" -C "$folder/mine"
  tar -xzf "$folder/coppice-$TAG.tgz" -C "$folder/theirs"
  diff -r "$folder/mine" "$folder/theirs" >/dev/null ||
    fail "the chart $TAG is in the registry already with another content, and its tags never change: set another TAG"
  say "the chart $TAG is there already, with the same content"
}

say "pushing ${REGISTRY}coppice-*:$TAG"
images=$(docker compose config --images | grep -F "${REGISTRY}coppice-" | grep ":$TAG\$" | sort -u || true)
[[ -n $images ]] || fail "Compose names no image ${REGISTRY}coppice-*:$TAG"
: >"$reports/digests.txt"
for image in $images; do
  push_image "$image"
  digest=$(digest_of "$image")
  [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "$image has no digest after the push"
  echo "$image $digest" | tee -a "$reports/digests.txt"
done
if [[ -f $chart ]]; then push_chart; fi
rm -f "$reports/push.txt"
