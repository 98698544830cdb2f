#!/usr/bin/env bash
# Train Models: trains the versions that are not up to date and packs the models with their cards.
#
#   jenkins/stages/train-models.sh [ARGUMENTS OF npm run train…]
#
# With DVC_REMOTE the DVC pipeline trains instead, by pipeline/params.yaml: stages that are up to date do nothing.
# A release that its gate refuses is there, and fails this stage with the lines that refuse it, unless publish.enforce is false.
#
# Out: artifacts/<version>/, or pipeline/model/; reports/models.tar.gz. Each version is a release in REGISTRY_URL
# (artifacts/registry).
# Reads: REGISTRY_URL; DVC_REMOTE; MLFLOW_TRACKING_URI, where the releases are sent.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

models=artifacts
if [[ -n ${DVC_REMOTE:-} ]]; then
  (($# == 0)) || fail "$* is not allowed: pipeline/params.yaml has the options of the DVC pipeline"
  models=pipeline/model
  # what an earlier build made of the same choices comes from the remote, which DVC Pull made the default one
  if ! npm run --silent pipeline -- repro --pull 2>&1 | tee "$reports/train.txt"; then
    # DVC's last line says only that the stage publish failed
    failing=$(failing_lines "$reports/train.txt")
    [[ -z $failing ]] || fail "the release does not pass the gate: $failing"
    fail "the DVC pipeline failed: $(last_line "$reports/train.txt")"
  fi
  if [[ -n ${MLFLOW_TRACKING_URI:-} ]]; then
    npm run --silent mlflow -- sync || say 'MLflow lacks a release: npm run mlflow -- sync sends it later'
  fi
else
  npm run --silent train -- "$@" || fail 'the training failed'
fi
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$SOURCE_DATE_EPOCH" \
  -C "$models" --exclude=./registry -c . | gzip --no-name >"$reports/models.tar.gz"
say "models.tar.gz holds $(tar -tzf "$reports/models.tar.gz" | grep -c 'model.onnx$') models"
