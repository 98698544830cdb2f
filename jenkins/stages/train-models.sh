#!/usr/bin/env bash
# Train Models: trains the versions that are not up to date and packs the models with their cards.
#
#   jenkins/stages/train-models.sh [ARGUMENTS OF npm run train…]
#
# Out: artifacts/<version>/, reports/models.tar.gz.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

npm run --silent train -- "$@"
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  -C artifacts --exclude=./registry -c . | gzip --no-name >"$reports/models.tar.gz"
say "models.tar.gz holds $(tar -tzf "$reports/models.tar.gz" | grep -c 'model.onnx$') models"
