#!/usr/bin/env bash
# Test: lint, types, unit, integration and browser tests.
#
#   jenkins/stages/test.sh [FILTER…]      all tests, or those whose path contains a filter
#
# Out: reports/junit/vitest.xml, reports/coverage/.
# Reads: COMPOSE_TEST (1: run the test of the whole Compose stack as well).

set -euo pipefail
# shellcheck source=jenkins/stages/lib.sh
source "$(dirname "$0")/lib.sh"

# the tests have places of their own
unset MODEL_NAME REGISTRY_URL DVC_REMOTE MLFLOW_TRACKING_URI AWS_REGION AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY

say 'lint'
npm run --silent lint || fail 'lint found problems'
say 'types'
npm run --silent check || fail 'the type check found errors'
say 'tests'
node scripts/setup.mjs --browser --postgres
vitest run --project unit --project unit-pure --project e2e \
  --reporter=default --reporter=junit --outputFile.junit="$reports/junit/vitest.xml" \
  --coverage --coverage.reporter=cobertura --coverage.reporter=text-summary --coverage.reportsDirectory="$reports/coverage" \
  "$@" || fail 'a test failed: see its report'
if [[ -n ${COMPOSE_TEST:-} ]]; then
  vitest run --project compose --reporter=default --reporter=junit --outputFile.junit="$reports/junit/compose.xml" ||
    fail 'the Compose test failed: see its report'
fi
