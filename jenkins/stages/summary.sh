#!/usr/bin/env bash
# Summary: prints what the stages found as Markdown: the cause of a failure, figures, the gate's lines, what the host said.
#
#   jenkins/stages/summary.sh >>"$GITHUB_STEP_SUMMARY"
#
# Reads: reports/.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

section() { # heading, file
  if [[ -s $reports/$2 ]]; then printf '### %s\n\n~~~\n%s\n~~~\n\n' "$1" "$(tail -n 40 "$reports/$2")"; fi
}

printf '## %s\n\n' "$TAG"
section 'What failed' failure.txt
section 'Figures' metrics.txt
section 'Release and gate' gate.txt
for stage in deploy health-check smoke-test rollback; do section "$stage on the host" "remote-$stage.txt"; done
