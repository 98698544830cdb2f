#!/usr/bin/env bash
# Checkout: removes an earlier build's reports and names what this build builds.
#
#   jenkins/stages/checkout.sh
#
# Out: reports/build.env with COMMIT, TAG, SOURCE_URL and SOURCE_DATE_EPOCH.
# Reads: TAG (the short commit), REGISTRY, REPORTS (reports).

set -euo pipefail
[[ ${1:-} == --help || ${1:-} == -h ]] || rm -rf "$(dirname "$0")/../../${REPORTS:-reports}"
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

printf '%s\n' "COMMIT=$COMMIT" "TAG=$TAG" "SOURCE_URL=$SOURCE_URL" "SOURCE_DATE_EPOCH=$SOURCE_DATE_EPOCH" >"$reports/build.env"
say "commit $COMMIT as ${REGISTRY}coppice-*:$TAG"
