#!/usr/bin/env bash
# Installs or upgrades the cluster's add-ons: the charts of charts.txt with the values beside them. Run it as often as you
# like: `helm upgrade --install` changes only what differs.
#   terraform/cluster/add-ons/install.sh          # reads `terraform output -json add_ons`
# ISTIO=on adds Istio. Values that the stack gives may also be set in the environment.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

if [[ -z ${CLUSTER_NAME:-} ]]; then
  outputs=$(terraform -chdir="$here/.." output -json add_ons)
  value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$outputs"; }
  CLUSTER_NAME=$(value CLUSTER_NAME) REGION=$(value REGION) VPC_ID=$(value VPC_ID) NAMESPACE=$(value NAMESPACE)
  LOAD_BALANCER_ROLE_ARN=$(value LOAD_BALANCER_ROLE_ARN) AUTOSCALER_ROLE_ARN=$(value AUTOSCALER_ROLE_ARN)
fi
for name in CLUSTER_NAME REGION VPC_ID NAMESPACE LOAD_BALANCER_ROLE_ARN AUTOSCALER_ROLE_ARN; do
  [[ -n ${!name:-} ]] || { echo "$name is missing: apply the stack first, or set it" >&2; exit 2; }
done

role='serviceAccount.annotations.eks\.amazonaws\.com/role-arn'
while read -r release namespace version chart repository; do
  [[ $release == '#' || -z $release ]] && continue
  [[ $release == istio* && ${ISTIO:-off} != on ]] && continue
  settings=()
  case $release in
    aws-load-balancer-controller)
      settings=(--set "clusterName=$CLUSTER_NAME" --set "region=$REGION" --set "vpcId=$VPC_ID" --set "$role=$LOAD_BALANCER_ROLE_ARN") ;;
    cluster-autoscaler)
      settings=(--set "autoDiscovery.clusterName=$CLUSTER_NAME" --set "awsRegion=$REGION" --set "rbac.$role=$AUTOSCALER_ROLE_ARN") ;;
  esac
  echo "add-ons: $release $version"
  helm upgrade --install "$release" "$chart" --repo "$repository" --version "$version" \
    --namespace "$namespace" --create-namespace --values "$here/values/$release.yaml" "${settings[@]}" --wait --timeout 10m
done <"$here/charts.txt"

kubectl create namespace "$NAMESPACE" --dry-run=client --output yaml | kubectl apply --filename -
kubectl apply --namespace "$NAMESPACE" --filename "$here/delivery-role.yaml"
