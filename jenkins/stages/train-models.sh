#!/usr/bin/env bash
# Train Models: trains the versions that are not up to date and packs the models with their cards.
#
#   jenkins/stages/train-models.sh [ARGUMENTS OF npm run train…]
#
# With DVC_REMOTE the DVC pipeline trains as well, before: its stages that are up to date do nothing.
#
# Out: artifacts/<version>/, reports/models.tar.gz. Each version is a release in REGISTRY_URL (artifacts/registry).
# Reads: REGISTRY_URL; DVC_REMOTE; MLFLOW_TRACKING_URI, where the releases are sent.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

npm run --silent train -- "$@"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  -C artifacts --exclude=./registry -c . | gzip --no-name >"$reports/models.tar.gz"
say "models.tar.gz holds $(tar -tzf "$reports/models.tar.gz" | grep -c 'model.onnx$') models"
