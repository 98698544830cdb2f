# shellcheck shell=bash
# Settings, messages and addresses that the stage scripts share. Sourced, not run.

[[ ${1:-} != --help && ${1:-} != -h ]] || { sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"; exit 0; }

stage=$(basename "$0" .sh)
# A build on Jenkins' own node inherits these; a stage gets a login under the names that it reads.
unset JENKINS_ADMIN_PASSWORD DELIVERY_ACCESS_KEY_ID DELIVERY_SECRET_ACCESS_KEY GIT_USER GIT_PASSWORD STORE_ACCESS_KEY_ID STORE_SECRET_ACCESS_KEY MLFLOW_USER MLFLOW_PASSWORD
[[ $stage == push ]] || unset REGISTRY_USER REGISTRY_PASSWORD
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
PATH=$PWD/node_modules/.bin:$PATH
reports=${REPORTS:-reports}
mkdir -p "$reports"

say() { printf '%s %s: %s\n' "$(date -u +%T)" "$stage" "$*"; }

# Ends the stage; the pipeline reads the cause of a failure from reports/failure.txt.
fail() {
  printf '%s: %s\n' "$stage" "$*" | tee -a "$reports/failure.txt" >&2
  exit 1
}

# a host has the release's archive, which is not a repository: there TAG must be set
COMMIT=${COMMIT:-$(git rev-parse HEAD 2>/dev/null || true)}
TAG=${TAG:-${COMMIT:0:12}}
REGISTRY=${REGISTRY:-}
SOURCE_URL=${SOURCE_URL:-$(git config --get remote.origin.url 2>/dev/null | sed -E 's#^git@([^:]+):#https://\1/#; s#//[^/@]*@#//#; s#\.git$##' || true)}
# the commit's time, so that the same commit gives the same image
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git show -s --format=%ct HEAD 2>/dev/null || date +%s)}
COMPOSE_PROJECT_NAME=${COMPOSE_PROJECT_NAME:-coppice}
export COMMIT TAG REGISTRY SOURCE_URL SOURCE_DATE_EPOCH COMPOSE_PROJECT_NAME
# shellcheck disable=SC2034 # ecr-login.sh and deploy-kubernetes.sh read it
ecr='^([0-9]{12})\.dkr\.ecr(-fips)?\.([a-z0-9-]+)\.amazonaws\.com(\.cn)?$'
# all that a host runs: notebook and pipeline work on a checkout, where their images are built
# shellcheck disable=SC2034 # build.sh and push.sh read it
profiles_of_a_host=tls,alerts,grafana,retrain,mlflow

[[ -n $TAG ]] || fail 'TAG is not set, and this is not a Git repository to read it from'
[[ $TAG =~ ^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$ ]] || fail "TAG=$TAG is not allowed: must consist of at most 128 letters, digits, underscores, dots and hyphens"
[[ -z $REGISTRY || $REGISTRY =~ ^[A-Za-z0-9._:/-]+/$ ]] || fail "REGISTRY=$REGISTRY is not allowed: must be a prefix that ends in a slash"
# an empty weight means "unchanged"; to Compose an empty variable means something else
for name in ${!MODEL_V*}; do
  if [[ $name =~ ^MODEL_V[0-9]+_WEIGHT$ ]]; then
    if [[ -z ${!name} ]]; then unset "$name"
    elif [[ ! ${!name} =~ ^[0-9]+$ ]]; then fail "$name=${!name} is not allowed: must be a whole number of 0 or more"
    fi
  fi
done

# so do empty ones of these, which would hide those of a host
for name in MLFLOW_TRACKING_URI DVC_REMOTE REGISTRY_URL RELEASE MODEL_NAME AWS_REGION AWS_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY; do
  [[ -n ${!name:-} ]] || unset "$name"
done

# A host created by terraform/ has its settings and secrets here; a deploy reads them and writes the tag.
host_dir=${HOST_DIR:-/opt/coppice}
# shellcheck disable=SC2034 # deploy.sh reads it
host_settings=${HOST_SETTINGS:-/etc/coppice/settings.env}
if [[ -z ${COMPOSE_ENV_FILES:-} && -r $host_dir/.env ]]; then export COMPOSE_ENV_FILES=$host_dir/.env; fi

# With DVC its pipeline says which release it made, and of which model.
made_by_dvc() { # release or model
  if [[ -n ${DVC_REMOTE:-} && -r pipeline/release.json ]]; then
    node -p 'JSON.parse(require("node:fs").readFileSync("pipeline/release.json", "utf8"))[process.argv[1]]' "$1"
  fi
}
if [[ -z ${MODEL_NAME:-} && -n $(made_by_dvc model) ]]; then
  MODEL_NAME=$(made_by_dvc model)
  export MODEL_NAME
fi

# The releases of MODEL_NAME in REGISTRY_URL.
registry() { npm run --silent registry -- "$@"; }
list_releases() {
  registry list >"$reports/releases.txt" 2>&1 || fail "the registry cannot be read: $(last_line "$reports/releases.txt")"
}
# Numbers, from that list; empty where there is none. Below the releases stand offers, which name an alias too.
newest_release() { awk '/^release +alias / { below = 1 } below && $1 ~ /^[0-9]+$/ { print $1; exit }' "$reports/releases.txt"; }
release_at() { # alias
  awk -v alias="$1" '/^release +alias / { from = index($0, "alias"); width = index($0, "approval") - from }
    from && $1 ~ /^[0-9]+$/ {
      count = split(substr($0, from, width), names, /[ ,]+/)
      for (i = 1; i <= count; i++) if (names[i] == alias && !seen++) print $1
    }' "$reports/releases.txt"
}

# DVC on DVC_REMOTE: the name of a remote that the repository knows, or an address. It becomes the default one, here alone.
dvc_remote() {
  local remote=(default --local "${DVC_REMOTE:-}")
  [[ -n ${DVC_REMOTE:-} ]] || fail 'DVC_REMOTE is not set'
  if [[ $DVC_REMOTE == */* ]]; then remote=(add --local --force --default delivery "$DVC_REMOTE"); fi
  npm run --silent pipeline -- remote "${remote[@]}" >"$reports/dvc.txt" 2>&1 ||
    fail "DVC cannot use $DVC_REMOTE: $(last_line "$reports/dvc.txt")"
  if [[ $DVC_REMOTE == */* ]]; then DVC_REMOTE=delivery; fi
}

# RELEASE, unless it is set: the one that Registry Check found.
find_candidate() {
  [[ -n ${REGISTRY_URL:-} ]] || fail 'REGISTRY_URL is not set'
  if [[ -z ${RELEASE:-} && -r $reports/candidate.env ]]; then RELEASE=$(sed -n 's/^RELEASE=//p' "$reports/candidate.env"); fi
  [[ ${RELEASE:-} =~ ^[0-9]+$ ]] || fail 'RELEASE is not set: jenkins/stages/registry-check.sh finds it'
}

# RELEASE becomes the challenger, unless another one does at the same time.
make_challenger() { # reason
  local challenger
  list_releases
  challenger=$(release_at challenger)
  [[ $challenger != "$RELEASE" ]] || return 0
  registry alias challenger "$RELEASE" --expected "${challenger:-none}" --reason "$1" >"$reports/challenger.txt" 2>&1 ||
    fail "release $RELEASE is not the challenger: $(last_line "$reports/challenger.txt")"
}

# The lines of a gate that failed, as one; empty where none did.
failing_lines() { # file
  sed -n 's/^  FAIL *//p' "$1" | tr -s ' ' | paste -sd ';' | sed 's/;/; /g'
}

# The last line of a file that says anything, without the name of the command that says it.
last_line() { grep -v '^[[:space:]]*$' "$1" | tail -n 1 | cut -c1-300 | sed 's/^registry: //'; }

# A host has no packages: there the checks run in the gateway's image, in the network of the services.
[[ -d node_modules ]] || in_image=1

# Address of a service's port, from this host, or from its network with JOIN_NETWORK and in the image.
address() { # service, port in its container
  local published host
  if [[ -n ${JOIN_NETWORK:-}${in_image:-} ]]; then echo "http://$1:$2"; return; fi
  published=$(docker compose port "$1" "$2") || fail "$1 does not run"
  # Compose writes an IPv6 address with or without its brackets
  host=${published%:*} host=${host#[} host=${host%]}
  case $host in
    0.0.0.0) host=127.0.0.1 ;;
    ::) host='[::1]' ;;
    *:*) host="[$host]" ;;
  esac
  echo "http://$host:${published##*:}"
}

# A setting of a running container's environment; empty when it is not set.
setting_of() { # container, name
  docker inspect --format '{{range .Config.Env}}{{println .}}{{end}}' "$1" | sed -n "s/^$2=//p"
}

services_network() {
  local network
  network=$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$(docker compose ps --quiet gateway)" | sed -n '/_default$/p' | head -n 1)
  [[ -n $network ]] || fail 'the gateway does not run'
  echo "$network"
}

# Runs a program of jenkins/checks on the pinned Node.
run_check() { # its path
  if [[ -z ${in_image:-} ]]; then node "$1"; return; fi
  local image network
  image=$(docker inspect --format '{{.Config.Image}}' "$(docker compose ps --quiet gateway)")
  network=$(services_network)
  docker run --rm --network "$network" --volume "$PWD/jenkins/checks:/app/jenkins/checks:ro" --entrypoint node \
    --env GATEWAY_URL --env UI_URL --env PROMETHEUS_URL --env API_KEY --env WAIT "$image" "$1"
}

# With JOIN_NETWORK=1, in a container: its loopback is not the host's, so it joins the network of the services.
join_network() {
  local network
  network=$(services_network)
  docker network connect "$network" "$HOSTNAME" 2>/dev/null || docker network inspect "$network" | grep -q "$HOSTNAME" || fail "this container cannot join $network"
}

# The gateway's own admin token, unless one is set.
find_admin_token() {
  # shellcheck disable=SC2016 # the container's shell expands it
  ADMIN_TOKEN=${ADMIN_TOKEN:-$(docker compose exec -T gateway node -e '
    const { ADMIN_TOKEN, ADMIN_TOKEN_FILE, DATA_DIR = "/data" } = process.env;
    console.log(ADMIN_TOKEN || require("node:fs").readFileSync(ADMIN_TOKEN_FILE || `${DATA_DIR}/admin-token`, "utf8").trim());
  ')} || fail "the gateway's admin token cannot be read"
  export ADMIN_TOKEN
}

# Addresses and key for the checks, unless they are set.
find_addresses() {
  [[ -z ${JOIN_NETWORK:-} ]] || join_network
  GATEWAY_URL=${GATEWAY_URL:-$(address gateway 5000)}
  UI_URL=${UI_URL:-$(address ui 8501)}
  PROMETHEUS_URL=${PROMETHEUS_URL:-$(address prometheus 9090)}
  API_KEY=${API_KEY:-$(setting_of "$(docker compose ps --quiet gateway)" API_KEYS | cut -d, -f1)}
  export GATEWAY_URL UI_URL PROMETHEUS_URL API_KEY
}
