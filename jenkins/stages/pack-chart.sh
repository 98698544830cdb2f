#!/usr/bin/env bash
# Pack Chart: the Helm chart as one file, whose version and images are those of TAG.
#
#   TAG=1.4.0 jenkins/stages/pack-chart.sh
#
# Out: reports/coppice-$TAG.tgz, which push.sh pushes beside the images.
# Reads: TAG, a version of three numbers; REGISTRY, where the chart's images are unless its values say otherwise.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ $TAG =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?$ ]] || fail "TAG=$TAG is not allowed: a chart's version must be of three numbers, such as 1.4.0"
command -v helm >/dev/null || fail 'helm is missing: https://helm.sh has it'
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# with the files that its links lead to
cp -RL kubernetes "$folder/coppice"
sed -i "/^image:/,/^[^ ]/ s|^  registry: ''|  registry: '${REGISTRY%/}'|" "$folder/coppice/values.yaml"
helm package "$folder/coppice" --version "$TAG" --app-version "$TAG" --destination "$reports" >"$reports/chart.txt" 2>&1 ||
  fail "the chart cannot be packed: $(last_line "$reports/chart.txt")"
say "packed $reports/coppice-$TAG.tgz"
