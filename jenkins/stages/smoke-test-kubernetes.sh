#!/usr/bin/env bash
# Smoke Test Kubernetes: predicts through gateway and page in the cluster, each version must answer correctly and be recorded;
# then runs the chart's own test.
#
#   jenkins/stages/smoke-test-kubernetes.sh
#
# The gateway and the page are reached by kubectl port-forward, unless GATEWAY_URL (and UI_URL) name their addresses.
# Reads: CLUSTER, NAMESPACE, HELM_RELEASE as deploy-kubernetes.sh; API_KEY, where the gateway wants one; PROMETHEUS_URL, to check
# what Prometheus scrapes; WAIT (120 seconds, for the gateway to be ready and for the chart's test).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=jenkins/stages/lib-kubernetes.sh
source "$(dirname "$0")/lib-kubernetes.sh"

use_cluster
fullname=$release-coppice
[[ $release != *coppice* ]] || fullname=$release
forwards=()
trap 'kill "${forwards[@]}" 2>/dev/null || true; [[ -z ${CLUSTER:-} ]] || rm -f "$KUBECONFIG"' EXIT

# Its address on a free port of this machine, as forwarded_to.
forward() { # service, port
  local log=$reports/forward-$1.txt end=$((SECONDS + 30)) port=
  kubectl --namespace "$namespace" port-forward --address 127.0.0.1 "service/$1" ":$2" >"$log" 2>&1 &
  forwards+=("$!")
  while port=$(sed -n 's/^Forwarding from 127\.0\.0\.1:\([0-9]*\) .*/\1/p' "$log" | head -n 1); [[ -z $port ]]; do
    if ((SECONDS > end)) || ! kill -0 "${forwards[-1]}" 2>/dev/null; then fail "$1 cannot be reached: $(last_line "$log")"; fi
    sleep 0.2
  done
  forwarded_to=http://127.0.0.1:$port
}

if [[ -z ${GATEWAY_URL:-} ]]; then
  forward "$fullname-gateway" 5000
  GATEWAY_URL=$forwarded_to
  if [[ -z ${UI_URL:-} ]] && kubectl --namespace "$namespace" get "service/$fullname-page" >/dev/null 2>&1; then
    forward "$fullname-page" 8501
    UI_URL=$forwarded_to
  fi
fi
export GATEWAY_URL UI_URL=${UI_URL:-} PROMETHEUS_URL=${PROMETHEUS_URL:-} API_KEY=${API_KEY:-} WAIT=${WAIT:-120}
for check in health-check smoke-test; do
  node "jenkins/checks/$check.ts" 2>&1 | tee "$reports/$check.txt" || fail "$(tail -n 1 "$reports/$check.txt")"
done
helm test "$release" --namespace "$namespace" --timeout "${WAIT}s" >"$reports/helm-test.txt" 2>&1 || {
  # the last word is the pod's, if it ran at all
  kubectl --namespace "$namespace" logs "pod/$fullname-check-split" --tail 20 >>"$reports/helm-test.txt" 2>/dev/null || true
  tail -n 20 "$reports/helm-test.txt" >&2
  fail "the chart's test fails: $(last_line "$reports/helm-test.txt")"
}
say "the chart's test passes"
