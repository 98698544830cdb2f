#!/usr/bin/env bash
# MLflow Reachable: the MLflow server answers, with the login if there is one.
#
#   MLFLOW_TRACKING_URI=http://mlflow.example.com:5001 jenkins/stages/mlflow-reachable.sh
#
# Reads: MLFLOW_TRACKING_URI; MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD if it needs a login; WAIT (30 seconds).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${MLFLOW_TRACKING_URI:-} ]] || fail 'MLFLOW_TRACKING_URI is not set'
node jenkins/checks/mlflow-reachable.ts 2>&1 | tee "$reports/mlflow.txt" || fail "$(tail -n 1 "$reports/mlflow.txt")"
