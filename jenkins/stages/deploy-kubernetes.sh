#!/usr/bin/env bash
# Deploy Kubernetes: installs or upgrades the chart with the images of TAG, and waits until all of it is ready; an upgrade
# that fails is rolled back at once, a first installation that fails is removed.
#
#   REGISTRY=ghcr.io/you/ TAG=1.4.0 VALUES=production.yaml jenkins/stages/deploy-kubernetes.sh
#
# Images are named by the digests that push.sh wrote, else by those that ECR has for the tag, else by the tag.
# reports/previous-kubernetes.env holds the revision that ran before, and for which tag, for rollback-kubernetes.sh; or that this
# deploy has not begun.
#
# Reads: TAG, REGISTRY; CLUSTER (an EKS cluster, in CLUSTER_REGION or AWS_REGION; else the current context of kubectl); NAMESPACE (coppice),
# which exists already; HELM_RELEASE (coppice); VALUES (files, with commas between them; empty: the values of the running
# revision stay); CHART (kubernetes, the checkout's; or oci://registry/coppice, whose version is TAG); WAIT (600 seconds).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"
# shellcheck source=jenkins/stages/lib-kubernetes.sh
source "$(dirname "$0")/lib-kubernetes.sh"

printf 'FOR=%s\nBEGUN=no\n' "$TAG" >"$reports/previous-kubernetes.env"
for name in ${!MODEL_V*}; do
  [[ ! $name =~ ^MODEL_V[0-9]+_WEIGHT$ ]] || fail "$name is set: in a cluster weights stand in the values (slots) or are set by npm run weights"
done
chart=${CHART:-kubernetes}
arguments=(--namespace "$namespace" --set-string "image.tag=$TAG")
[[ -z $REGISTRY ]] || arguments+=(--set-string "image.registry=${REGISTRY%/}")
[[ $chart != oci://* ]] || arguments+=(--version "$TAG")
values=()
if [[ -n ${VALUES:-} ]]; then IFS=, read -ra values <<<"$VALUES"; fi
for file in "${values[@]}"; do [[ -r $file ]] || fail "$file of VALUES cannot be read"; done

# Digests of this tag's images that the chart has, a line "service digest" each.
digests() {
  local service digest repository=${REGISTRY#*/}coppice-
  if [[ -s $reports/digests.txt ]] && grep -qF "${REGISTRY}coppice-gateway:$TAG " "$reports/digests.txt"; then
    sed -n "s#^${REGISTRY}coppice-\(gateway\|model\|trainer\|ui\|mlflow\):$TAG \(sha256:[0-9a-f]*\)\$#\1 \2#p" "$reports/digests.txt"
  elif [[ ${REGISTRY%%/*} =~ $ecr ]]; then
    for service in gateway model trainer ui mlflow; do
      digest=$(aws ecr describe-images --region "${BASH_REMATCH[3]}" --repository-name "$repository$service" \
        --image-ids "imageTag=$TAG" --query 'imageDetails[0].imageDigest' --output text 2>/dev/null) || continue
      echo "$service $digest"
    done
  fi
}

# Those of the running revision; its digests would hide the tag.
kept_values() {
  helm get values "$release" --namespace "$namespace" --revision "$before" --output json | node -e '
    const values = JSON.parse(require("node:fs").readFileSync(0, "utf8")) ?? {};
    if (values.image) delete values.image.digests;
    console.log(JSON.stringify(values));
  '
}

use_cluster
refuse_unfinished
before=$(revision_where deployed)
if ((${#values[@]} == 0)) && [[ -n $before ]]; then
  values=("$reports/values.json")
  kept_values >"${values[0]}"
fi
for file in "${values[@]}"; do arguments+=(--values "$file"); done
found=$(digests)
while read -r service digest; do
  [[ -z $service ]] || arguments+=(--set-string "image.digests.$service=$digest")
done <<<"$found"
say "${before:+from revision $before }to $TAG in $namespace of $(kubectl config current-context), $(grep -c . <<<"$found" || true) images by digest"
printf 'FOR=%s\nREVISION=%s\n' "$TAG" "$before" >"$reports/previous-kubernetes.env"
helm upgrade --install "$release" "$chart" "${arguments[@]}" --description "$TAG" \
  --wait --rollback-on-failure --timeout "${WAIT:-600}s" --history-max 20 >"$reports/deploy.log" 2>&1 || {
  tail -n 5 "$reports/deploy.log" >&2
  runs='nothing runs'
  [[ -z $(revision_where deployed) ]] || runs="revision $before runs again"
  fail "$TAG is not deployed, $runs: $(sed -n '/^Error/,$p' "$reports/deploy.log" | tr -s ' \n' ' ' | cut -c1-400)"
}
say "$TAG is deployed as revision $(revision_where deployed)"
