#!/usr/bin/env bash
# Scan: looks for known vulnerabilities in each image of this tag; one of HIGH or CRITICAL that has a fix fails.
#
#   TAG=1.4.0 jenkins/stages/scan.sh
#
# Images that wrap another project's program (prometheus, alertmanager, grafana, mlflow, proxy) are reported and fail nothing: their
# fixes come with that project's next release. What is accepted for a reason stands in .trivyignore.
#
# In: reports/images.txt, from Build. Out: reports/scan.txt.
# Reads: TAG, REGISTRY; SCAN_LEVEL (HIGH,CRITICAL). Needs trivy (https://trivy.dev).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

command -v trivy >/dev/null || fail 'trivy is missing: https://trivy.dev has it'
[[ -s $reports/images.txt ]] || fail 'there is no image to scan: jenkins/stages/build.sh comes first'
: >"$reports/scan.txt"
vulnerable=()
while read -r image _; do
  say "scanning $image"
  service=${image##*coppice-} service=${service%%:*}
  if trivy image --quiet --scanners vuln --ignore-unfixed --severity "${SCAN_LEVEL:-HIGH,CRITICAL}" --exit-code 3 "$image" \
    </dev/null >"$reports/scanned.txt" 2>&1; then continue; else status=$?; fi
  tee -a "$reports/scan.txt" <"$reports/scanned.txt"
  ((status == 3)) || fail "$image cannot be scanned: $(last_line "$reports/scanned.txt")"
  case $service in
    prometheus | alertmanager | grafana | mlflow | proxy) say "$service has vulnerabilities with a fix: its project must release it" ;;
    *) vulnerable+=("$service") ;;
  esac
done <"$reports/images.txt"
rm -f "$reports/scanned.txt"
((${#vulnerable[@]} == 0)) || fail "vulnerabilities of ${SCAN_LEVEL:-HIGH,CRITICAL} that have a fix in: ${vulnerable[*]}; see scan.txt"
say 'no vulnerability that has a fix in what is built here'
