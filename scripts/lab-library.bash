#!/usr/bin/env bash
# What the scripts share that need a network: hosts in network namespaces, FRR, BIRD and this daemon on them, and figures. Sourced, not run.
#
# Everything that is started lives in namespaces of its own, and ends with them: when the script ends, when it is interrupted,
# and, by a process that waits for its end, also when it is killed.

bench=${0##*/}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# As they are packaged, unless BENCH_PROGRAMS names a directory that has them.
programs=${BENCH_PROGRAMS:-$root/.build-release/package}
program=$programs/anycast-ospfd
tool=$programs/anycastctl
readonly root programs program tool
# How long anything is awaited, in seconds, and the time between two looks.
patience=60
pause=0.1
work=""

say() { printf '%s\n' "$*" >&2; }
die() {
  say "$bench: $*"
  exit 1
}

usage_error() {
  say "$bench: $* (--help tells)"
  exit 2
}

# VALUE OPTION: what follows an option must be a whole number above 0.
count_argument() {
  [[ ${1-} =~ ^[1-9][0-9]{0,8}$ ]] || usage_error "$2 needs a whole number above 0"
  printf '%s' "$1"
}

# PACKAGE...: for a script that makes hosts and runs the programs on them.
begin_lab() {
  begin_hosts "$@"
  build_programs
}

# PACKAGE...: for a script that makes hosts and has no use for the programs.
begin_hosts() {
  [ "$(id -u)" = 0 ] || die "needs root"
  begin_work "$@"
}

# PACKAGE...: for a script that runs the programs and makes no hosts.
begin() {
  begin_work "$@"
  build_programs
}

build_programs() { [ -n "${BENCH_PROGRAMS:-}" ] || "$root/scripts/package/build" >&2 || die "the build failed"; }

# PACKAGE...: makes a directory that goes when the script ends.
begin_work() {
  "$root/scripts/install-missing" "$@" >&2
  prefix="aospf-$$-"
  work=$(mktemp -d "${TMPDIR:-/tmp}/aospf-bench.XXXXXX")
  # FRR's daemons change to a user of their own before they read their files.
  chmod 755 "$work"
  trap end_lab EXIT
  trap 'exit 130' INT TERM HUP
  watch_over_lab
}

# Removes the lab when this process has been killed and cannot do it.
watch_over_lab() {
  (
    trap '' INT TERM HUP
    trap - EXIT
    tail --pid=$$ -f /dev/null
    [ ! -d "$work" ] || remove_everything
  ) >/dev/null 2>&1 </dev/null &
  disown
}

# What runs beside the script ends first, because it could start something new.
end_lab() {
  trap '' INT TERM HUP
  jobs -p | xargs -r kill 2>/dev/null || true
  wait
  remove_everything
}

# Keeps the files where KEEP_LAB is set, and says where they are.
remove_everything() {
  end_hosts
  if [ -n "${KEEP_LAB:-}" ]; then say "$bench: the logs are in $work/lab"; else rm -rf "$work"; fi
}

# -- hosts --------------------------------------------------------------------

on() {
  local host=$1
  shift
  ip netns exec "$prefix$host" "$@"
}

# HOST COMMAND...: begins a program. Its process ID is in $started, and is the program's own.
started=""
begin_on() {
  local host=$1
  shift
  ip netns exec "$prefix$host" "$@" </dev/null &
  started=$!
  disown
}

# NAME...
add_hosts() {
  local host
  for host in "$@"; do
    mkdir -p "$work/lab/$host"
    ip netns add "$prefix$host"
    # Link-local addresses are there at once.
    on "$host" sysctl -q -w net.ipv6.conf.default.accept_dad=0
    ip -n "$prefix$host" link set lo up
  done
}

# HOST DEVICE HOST DEVICE
connect() {
  ip -n "$prefix$1" link add "$2" type veth peer name "$4" netns "$prefix$3"
  ip -n "$prefix$1" link set "$2" up
  ip -n "$prefix$3" link set "$4" up
}

lab_processes() {
  local name
  ip netns list 2>/dev/null | cut -d ' ' -f 1 | grep "^$prefix" | while read -r name; do ip netns pids "$name" 2>/dev/null; done || true
}

# Removes the hosts, with all that runs on them and their files.
remove_lab() {
  end_hosts
  rm -rf "$work/lab"
}

end_hosts() {
  local name signal round
  for signal in TERM KILL; do
    lab_processes | xargs -r kill "-$signal" 2>/dev/null || true
    for ((round = 0; round < 20; round++)); do
      [ -n "$(lab_processes)" ] || break 2
      sleep 0.1
    done
  done
  for name in $(ip netns list 2>/dev/null | cut -d ' ' -f 1 | grep "^$prefix"); do ip netns delete "$name" || true; done
}

# WHAT COMMAND...: until the command succeeds. What runs beside a script that has been killed ends here, where its lab is gone.
await() {
  local what=$1 end=$((SECONDS + patience))
  shift
  until "$@"; do
    [ -d "$work" ] || exit 1
    if [ "$SECONDS" -ge "$end" ]; then
      tail -n 20 "$work"/lab/*/*.log >&2 || true
      die "$what: not within $patience s"
    fi
    sleep "$pause"
  done
}

# -- software -----------------------------------------------------------------

# Where the programs of FRR are that start_frr_daemons starts.
frr_programs=/usr/lib/frr

# HOST DAEMON...: zebra and these daemons of FRR, each with lab/HOST/DAEMON.conf.
start_frr() { start_frr_daemons "$1" zebra "${@:2}"; }

# What FRR's daemons keep from one run to the next they keep below fixed paths, which are of this host alone.
# shellcheck disable=SC2016 # the inner shell expands it
readonly with_own_state='directory=$1; shift; for path in /var/lib/frr /run/frr; do
  [ ! -d "$path" ] || mount --bind "$directory" "$path"; done; exec "$@"'

# HOST DAEMON...: these daemons of FRR and no other.
start_frr_daemons() {
  local host=$1 directory=$work/lab/$1 daemon
  shift
  mkdir -p "$directory/state"
  [ -e "$directory/zebra.conf" ] || : >"$directory/zebra.conf"
  chown -R frr:frr "$directory"
  for daemon in "$@"; do
    on "$host" unshare --mount sh -c "$with_own_state" sh "$directory/state" "$frr_programs/$daemon" -d -u frr -g frr \
      -A 127.0.0.1 -P 0 -f "$directory/$daemon.conf" -i "$directory/$daemon.pid" \
      -z "$directory/zserv.api" --vty_socket "$directory" --log "file:$directory/$daemon.log" 2>>"$directory/start.log" ||
      die "$daemon does not start: $(cat "$directory/start.log")"
  done
}

# HOST COMMAND: what vtysh prints.
ask_frr() { vtysh --vty_socket "$work/lab/$1" -c "$2" 2>/dev/null; }

# Where the programs of BIRD are that start_bird starts.
bird=/usr/sbin/bird
birdc=/usr/sbin/birdc

# HOST ARGUMENT...: BIRD with lab/HOST/bird.conf. Its process ID is in lab/HOST/bird.pid.
start_bird() {
  local directory=$work/lab/$1
  on "$1" "$bird" -c "$directory/bird.conf" -s "$directory/bird.ctl" -P "$directory/bird.pid" "${@:2}" >>"$directory/start.log" 2>&1 ||
    die "bird does not start: $(cat "$directory/start.log")"
}

# HOST COMMAND...: what birdc prints.
ask_bird() { "$birdc" -s "$work/lab/$1/bird.ctl" "${@:2}" 2>/dev/null; }

# HOST FILE...: this daemon with these configurations of lab/HOST. Its process ID is in lab/HOST/anycast-ospfd.pid.
start_daemon() {
  local host=$1 directory=$work/lab/$1 file arguments=()
  shift
  for file in "$@"; do arguments+=(--config "$directory/$file"); done
  begin_on "$host" "${node_program:-$program}" run "${arguments[@]}" --socket "$directory/control.sock" \
    --state-directory "$directory/anycast-state" \
    >>"$directory/anycast-ospfd.log" 2>&1
  echo "$started" >"$directory/anycast-ospfd.pid"
}

# HOST ARGUMENT...: anycastctl for the daemon of a host.
control() {
  local host=$1
  shift
  "$tool" "$@" --socket "$work/lab/$host/control.sock" 2>/dev/null
}

frr_version() { dpkg-query -W -f '${Version}' frr | cut -d - -f 1; }
bird_version() { dpkg-query -W -f '${Version}' bird2 | cut -d - -f 1; }

# -- figures ------------------------------------------------------------------

# FIGURE UNIT SOFTWARE VALUE [SIZE]: remembers what was measured, where scripts/bench asks for it. SIZE is how much of something it was
# measured with, for figures that are measured at several sizes.
sample() {
  [ -z "${BENCH_SAMPLES:-}" ] || printf '%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" "${5:-}" >>"$BENCH_SAMPLES"
}

# All of them read one number from each line.
median() { sort -g | awk '{ value[NR] = $1 } END { if (NR) print value[int((NR + 1) / 2)] }'; }
range() { sort -g | awk 'NR == 1 { least = $1 } { most = $1 } END { if (NR) print least " to " most }'; }

# DIVIDEND DIVISOR
ratio() { awk -v a="$1" -v b="$2" 'BEGIN { if (b > 0) printf "%.2f", a / b; else printf "-" }'; }
