# shellcheck shell=bash
# What the stages for a cluster share: the cluster, and the revisions of the installed chart. Sourced after lib.sh, not run.

# shellcheck disable=SC2034 # the stages read it
namespace=${NAMESPACE:-coppice} release=${HELM_RELEASE:-coppice}
for name in "$namespace" "$release"; do
  [[ $name =~ ^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$ ]] || fail "$name is not allowed: NAMESPACE and HELM_RELEASE consist of lower-case letters, digits and hyphens"
done

# that of a store of releases elsewhere, not of EKS and ECR
unset AWS_ENDPOINT_URL

# kubectl and helm speak to CLUSTER from here on, without a change of the user's own kubeconfig.
use_cluster() {
  local program region=${CLUSTER_REGION:-${AWS_REGION:-}}
  for program in kubectl helm; do command -v "$program" >/dev/null || fail "$program is missing"; done
  [[ $(helm version --template '{{.Version}}') =~ ^v([4-9]|[1-9][0-9]) ]] || fail "helm is $(helm version --template '{{.Version}}'): 4 or newer is needed"
  if [[ -n ${CLUSTER:-} ]]; then
    [[ -n $region ]] || fail 'neither CLUSTER_REGION nor AWS_REGION is set: one of them is the region of CLUSTER'
    KUBECONFIG=$(mktemp)
    export KUBECONFIG
    trap 'rm -f "$KUBECONFIG"' EXIT
    aws eks update-kubeconfig --region "$region" --name "$CLUSTER" --kubeconfig "$KUBECONFIG" >/dev/null || fail "the cluster $CLUSTER in $region cannot be reached"
  fi
  # shellcheck disable=SC2154 # lib.sh sets it
  kubectl --namespace "$namespace" get secrets --output name >/dev/null 2>"$reports/kubectl.txt" || fail "the cluster refuses: $(last_line "$reports/kubectl.txt")"
}

# The revisions of the chart, the oldest first: "number status description" each.
revisions() {
  local all
  all=$(helm history "$release" --namespace "$namespace" --max 50 --output json 2>/dev/null) || return 0
  node -e 'for (const { revision, status, description } of JSON.parse(process.argv[1])) console.log(revision, status, description)' "$all"
}

# The newest revision with this status; empty where there is none.
revision_where() { # status
  revisions | awk -v status="$1" '$2 == status { found = $1 } END { print found }'
}

# Helm refuses to work on what another Helm has begun, also when that one was killed.
refuse_unfinished() {
  local last
  last=$(revisions | tail -n 1)
  [[ $last != *' pending-'* ]] || fail "revision ${last%% *} is ${last#* } and not finished: wait, or take it back with jenkins/stages/rollback-kubernetes.sh"
}
