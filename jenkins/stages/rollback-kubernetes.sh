#!/usr/bin/env bash
# Rollback Kubernetes: restores the revision of the chart that ran before the last deploy, and waits until it is ready.
#
#   TAG=1.4.0 jenkins/stages/rollback-kubernetes.sh
#
# TAG is the one to take back. A deploy that failed has been rolled back by Helm already: then nothing is left to do. One that
# was killed halfway is taken back to what ran before it. After one that has not begun nothing is rolled back, though an earlier
# deploy of TAG may run, or somebody else's may be under way: that takes a second call.
#
# In: reports/previous-kubernetes.env, written by deploy-kubernetes.sh; without it the newest revision before that one which was
# deployed. Adds the restored revision to reports/failure.txt. Reads: as deploy-kubernetes.sh.

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=jenkins/stages/lib-kubernetes.sh
source "$(dirname "$0")/lib-kubernetes.sh"

use_cluster
note() { echo "rollback-kubernetes: $*" | tee -a "$reports/failure.txt"; }
all=$(revisions)
running=$(awk '$2 == "deployed" { found = $0 } END { print found }' <<<"$all")
last=$(tail -n 1 <<<"$all")
previous() { # name: of what deploy-kubernetes.sh wrote for this tag
  [[ ! -s $reports/previous-kubernetes.env || $(sed -n 's/^FOR=//p' "$reports/previous-kubernetes.env") != "$TAG" ]] ||
    sed -n "s/^$1=//p" "$reports/previous-kubernetes.env"
}
if [[ $(previous BEGUN) == no ]]; then
  rm "$reports/previous-kubernetes.env"
  note "the deploy of $TAG has not begun: nothing is rolled back"
  exit
fi
if [[ $last == *' pending-'* ]]; then
  [[ -n $running ]] || fail "$TAG was not finished and nothing ran before it: helm uninstall $release --namespace $namespace removes it"
  to=${running%% *}
else
  [[ -n $running ]] || fail "no revision of $release is deployed in $namespace: there is nothing to roll back"
  if [[ $(cut -d' ' -f3 <<<"$running") != "$TAG" ]]; then
    note "$TAG does not run: revision ${running%% *} does (${running#* deployed })"
    exit
  fi
  to=
  if [[ -n $(previous FOR) ]]; then
    to=$(previous REVISION)
  else
    to=$(awk -v running="${running%% *}" '$1 < running && $2 == "superseded" { found = $1 } END { print found }' <<<"$all")
  fi
  [[ -n $to ]] || fail "no revision ran before $TAG: $TAG stays; helm uninstall $release --namespace $namespace removes it"
fi
say "from $TAG back to revision $to"
helm rollback "$release" "$to" --namespace "$namespace" --wait --timeout "${WAIT:-600}s" >"$reports/rollback.log" 2>&1 ||
  fail "revision $to is not restored: $(last_line "$reports/rollback.log")"
note "revision $to is running again, as revision $(revision_where deployed)"
