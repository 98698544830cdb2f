#!/usr/bin/env bash
# Challenger: the release that Registry Check found, and a gate passed, becomes the challenger, which v2 serves. It needs no
# approval: with GATE=on a release gets no live traffic before a person gave one.
#
#   RELEASE=7 jenkins/stages/challenger.sh
#
# In: reports/gate.txt, from Registry Check. Reads: REGISTRY_URL; MODEL_NAME (iris); RELEASE (reports/candidate.env, from Registry Check).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

if [[ -z ${RELEASE:-} && ! -e $reports/candidate.env && -s $reports/gate.txt && $(head -n 1 "$reports/gate.txt") == *'· champion'* ]]; then
  say 'the newest release is the champion: the challenger stays'
  exit 0
fi
find_candidate
grep -qs "^.* $RELEASE, by " "$reports/gate.txt" ||
  fail "no gate judged release $RELEASE: give the repository a gate.txt, or name one by GATE_FILE, for jenkins/stages/registry-check.sh"
make_challenger "made the challenger by the pipeline"
say "release $RELEASE is the challenger"
