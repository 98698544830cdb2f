#!/usr/bin/env bash
# Show Metrics: prints the figures of what was trained, and the newest release beside the champion.
#
#   jenkins/stages/show-metrics.sh
#
# Out: reports/metrics.txt.
# Reads: REGISTRY_URL, MODEL_NAME (iris) for the comparison; DVC_REMOTE: DVC's metrics, else those of the model cards.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

: >"$reports/metrics.txt"
show() { "$@" 2>&1 | tee -a "$reports/metrics.txt" || fail "$(last_line "$reports/metrics.txt")"; }

if [[ -n ${DVC_REMOTE:-} ]]; then
  show npm run --silent pipeline -- metrics show
else
  show node jenkins/checks/card-figures.ts artifacts
fi
if [[ -n ${REGISTRY_URL:-} ]]; then
  list_releases
  champion=$(release_at champion)
  newest=$(newest_release)
  if [[ -n $champion && -n $newest && $champion != "$newest" ]]; then show registry compare "$champion" "$newest"; fi
fi
