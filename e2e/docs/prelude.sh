# Read by Bash before the commands of a page: what they must not fail silently by.
# In: MARK begins the lines that separate the blocks in the output.
unset BASH_ENV
set -E
trap name_line ERR

# Of the page's own command, however deep in functions it failed.
name_line() { echo "$MARK failed ${BASH_LINENO[${#BASH_LINENO[@]} - 2]}" >&2; }

begin_block() {
  echo "$MARK block"
  echo "$MARK block" >&2
}

# An answer of 400 or more fails its command, unless the page says so in a comment: then any other answer does.
curl() {
  local head status=0 code
  head=$(mktemp)
  command curl --dump-header "$head" "$@" || status=$?
  code=$(awk '/^HTTP\// { code = $2 } END { print code }' "$head")
  rm "$head"
  if ((status != 0)); then
    echo "curl: status $status, HTTP ${code:-without an answer}" >&2
    return "$status"
  fi
  if [[ ${expected_code:-} == "" && ${code:-0} -lt 400 || $code == "${expected_code:-}" ]]; then return 0; fi
  echo "curl: answered $code, not ${expected_code:-below 400}" >&2
  return 22
}
