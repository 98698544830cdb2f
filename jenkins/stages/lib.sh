# shellcheck shell=bash
# Settings, messages and addresses that the stage scripts share. Sourced, not run.

[[ ${1:-} != --help && ${1:-} != -h ]] || { sed -n '2,/^$/ s/^# \{0,1\}//p' "$0"; exit 0; }

stage=$(basename "$0" .sh)
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

# A host created by terraform/ has its settings and secrets here; a deploy reads them and writes the tag.
host_dir=${HOST_DIR:-/opt/coppice}
# shellcheck disable=SC2034 # deploy.sh reads it
host_settings=${HOST_SETTINGS:-/etc/coppice/settings.env}
if [[ -z ${COMPOSE_ENV_FILES:-} && -r $host_dir/.env ]]; then export COMPOSE_ENV_FILES=$host_dir/.env; fi

# Address of a service's port, from this host, or from its network with JOIN_NETWORK.
address() { # service, port in its container
  local published host
  if [[ -n ${JOIN_NETWORK:-} ]]; then echo "http://$1:$2"; return; fi
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

# With JOIN_NETWORK=1, in a container: its loopback is not the host's, so it joins the network of the services.
join_network() {
  local network
  network=$(docker inspect --format '{{range $name, $_ := .NetworkSettings.Networks}}{{println $name}}{{end}}' "$(docker compose ps --quiet gateway)" | sed -n '/_default$/p' | head -n 1)
  [[ -n $network ]] || fail 'the gateway does not run'
  docker network connect "$network" "$HOSTNAME" 2>/dev/null || docker network inspect "$network" | grep -q "$HOSTNAME" || fail "this container cannot join $network"
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
