# example.sh: what the examples' run scripts share: a router on a copy of a configuration, receivers,
# and checks.  To be sourced, with the example's folder in $here and the build folder as $1.

say () { printf '%s\n' "$*"; }
fail () { printf 'example: %s\n' "$*" >&2; exit 1; }

[ $# -eq 1 ] || fail "usage: $0 BUILD_FOLDER (after: ./bootstrap build)"
for program in router/signalboxd router/ctl/signalboxctl; do
  [ -x "$1/$program" ] || fail "there is no $program in $1; build it with: ./bootstrap build"
done
build=$(CDPATH='' cd -- "$1" && pwd)

# Everything is in one folder, which is removed at the end.
state=$(mktemp -d "${TMPDIR:-/tmp}/signalbox-example-XXXXXX")
config=$state/config
cp -R "$here/config" "$config"
chmod -R u+w "$config"
mkdir -m 0700 "$state/secrets"
export SIGNALBOX_SOCKET="$state/socket"
unset SIGNALBOX_URL
processes=''

ctl () { "$build/router/ctl/signalboxctl" "$@"; }

# shellcheck disable=SC2317,SC2329  # A trap calls it.
stop_all () {
  code=$?
  trap '' INT TERM HUP EXIT
  # The last started first.
  for process in $processes; do
    kill -TERM "$process" 2>/dev/null || true
    wait "$process" 2>/dev/null || true
  done
  rm -rf "$state"
  exit "$code"
}
trap stop_all EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# secret NAME TEXT
secret () {
  (umask 077 && printf '%s\n' "$2" >"$state/secrets/$1")
}

# receiver NAME OPTION...: an HTTP receiver on a free port, which takes the place of NAME.invalid in the
# configuration's files.  What it gets is $state/NAME.jsonl, a line each.
receiver () {
  receiver_name=$1
  shift
  # Not ctl, which would be a shell around it that ends without it.
  "$build/router/ctl/signalboxctl" listen 0 --quiet --port-file "$state/$receiver_name.port" \
    --log "$state/$receiver_name.jsonl" "$@" >"$state/$receiver_name.log" 2>&1 &
  processes="$! $processes"
  until [ -s "$state/$receiver_name.port" ]; do
    kill -0 "${processes%% *}" 2>/dev/null || fail "the receiver $receiver_name does not start"
    sleep 0.05
  done
  port=$(cat "$state/$receiver_name.port")
  find "$config" -name '*.json' -exec sed -i "s|$receiver_name[.]invalid|127.0.0.1:$port|" {} +
}

start_router () {
  "$build/router/signalboxd" --config "$config" --state "$state" --socket "$SIGNALBOX_SOCKET" \
    --listen 127.0.0.1:0 >"$state/router.log" 2>&1 &
  processes="$! $processes"
  ctl wait running --timeout 30s >/dev/null || { cat "$state/router.log" >&2; fail "the router does not start"; }
}

# until WHAT COMMAND...: waits for at most 30 s until the command succeeds.
until_true () {
  waited_for=$1
  shift
  deadline=$(($(date +%s) + 30))
  until "$@"; do
    [ "$(date +%s)" -lt "$deadline" ] || { tail -n 5 "$state/router.log" >&2; fail "$waited_for did not happen within 30 s"; }
    sleep 0.1
  done
}

# lines FILE: how many it has; 0 when there is none.
lines () {
  if [ -f "$1" ]; then wc -l <"$1" | tr -d ' '; else echo 0; fi
}

# expect WHAT EXPECTED SEEN
expect () {
  [ "$2" = "$3" ] || fail "$1: expected $2, saw $3"
  say "  $1: $3"
}
