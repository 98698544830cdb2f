#!/usr/bin/env bash
# Challenger: the release that Registry Check found becomes the challenger, which v2 serves. It needs no approval: with
# GATE=on a release gets no live traffic before a person gave one.
#
#   RELEASE=7 jenkins/stages/challenger.sh
#
# Reads: REGISTRY_URL; MODEL_NAME (iris); RELEASE (reports/candidate.env, from Registry Check).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

if [[ -z ${RELEASE:-} && -s $reports/gate.txt && ! -e $reports/candidate.env ]]; then
  say 'the newest release is the champion: the challenger stays'
  exit 0
fi
find_candidate
make_challenger "made the challenger by the pipeline"
say "release $RELEASE is the challenger"
