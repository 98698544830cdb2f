#!/usr/bin/env bash
# Registry Check: finds the release to promote and judges it by each line of the gate. A line that fails is the failure.
#
#   REGISTRY_URL=s3://bucket/models jenkins/stages/registry-check.sh
#
# Out: reports/gate.txt, the lines with what was found; reports/candidate.env with RELEASE, unless that is the champion.
# Reads: REGISTRY_URL; MODEL_NAME (iris); RELEASE (the one that the DVC pipeline made, else the newest); GATE_FILE, where it
# can be read, else gate.txt of this checkout, else with DVC_REMOTE that of its pipeline. Without a gate the person who
# approves decides alone.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

[[ -n ${REGISTRY_URL:-} ]] || fail 'REGISTRY_URL is not set'
rm -f "$reports/candidate.env"
if [[ -z ${RELEASE:-} ]]; then
  RELEASE=$(made_by_dvc release)
  if [[ -z $RELEASE ]]; then
    list_releases
    RELEASE=$(newest_release)
  fi
fi
[[ -n $RELEASE ]] || fail "no release of ${MODEL_NAME:-iris} in $REGISTRY_URL"
[[ $RELEASE =~ ^[0-9]+$ ]] || fail "RELEASE=$RELEASE is not allowed: must be the number of a release"
registry show "$RELEASE" >"$reports/release.txt" 2>&1 || fail "$(last_line "$reports/release.txt")"
grep -E '^[^ ]|^  (accuracy|data|commit) ' "$reports/release.txt" | tee "$reports/gate.txt"
gate=${GATE_FILE:-}
if [[ ! -r $gate && -r gate.txt ]]; then gate=gate.txt; fi
if [[ -z $gate && -n ${DVC_REMOTE:-} && -r pipeline/gate.txt ]]; then gate=pipeline/gate.txt; fi
if [[ -n $gate ]]; then
  # the champion may be another one since the training
  npm run --silent evaluate -- "$RELEASE" >"$reports/evaluate.txt" 2>&1 || say "not evaluated: $(last_line "$reports/evaluate.txt")"
  if ! registry gate "$RELEASE" --gate "$gate" >"$reports/lines.txt" 2>&1; then
    tee -a "$reports/gate.txt" <"$reports/lines.txt"
    failing=$(failing_lines "$reports/lines.txt")
    fail "release $RELEASE does not pass the gate: ${failing:-$(last_line "$reports/lines.txt")}"
  fi
  tee -a "$reports/gate.txt" <"$reports/lines.txt"
else
  echo 'No gate: neither GATE_FILE nor gate.txt. Only the approval counts.' | tee -a "$reports/gate.txt"
fi
if [[ $(head -n 1 "$reports/release.txt") == *'· champion'* ]]; then
  say "release $RELEASE is the champion: there is nothing to approve or promote"
else
  echo "RELEASE=$RELEASE" >"$reports/candidate.env"
fi
