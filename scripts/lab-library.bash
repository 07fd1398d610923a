#!/usr/bin/env bash
# What the scripts share that need a network: the program that makes it (Tests/Lab), what is asked on its hosts, and figures. Sourced, not run.
#
# Everything that is started lives in namespaces of its own, and ends with them: when the script ends, when it is interrupted, and also
# when it is killed.

bench=${0##*/}
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# As they are packaged, unless BENCH_PROGRAMS names a directory that has them.
programs=${BENCH_PROGRAMS:-$root/.build-release/package}
tool=$programs/anycastctl
readonly root programs tool
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

# PACKAGE...: makes a network without hosts, and a directory that goes when the script ends.
begin_work() {
  "$root/scripts/install-missing" "$@" >&2
  lab_program=$programs/lab
  # Packages have none, and that of the debug build is made in a minute, where it is not there already.
  if [ -z "${BENCH_PROGRAMS:-}" ] || [ ! -x "$lab_program" ]; then
    swift build --package-path "$root" --product lab >&2 || die "the build failed"
    lab_program=$root/.build/debug/lab
  fi
  trap end_lab EXIT
  trap 'exit 130' INT TERM HUP
  start_lab
}

# Where hosts are, and their files and those of the script: a network of its own for this shell.
start_lab() {
  local options=(--owner $$ --programs "$programs")
  [ -z "${KEEP_LAB:-}" ] || options+=(--keep)
  coproc LAB { exec "$lab_program" "${options[@]}"; }
  # No job to be waited for: it ends last.
  disown "$LAB_PID"
  # Its own descriptors are closed in subshells.
  exec {to_lab}>&"${LAB[1]}" {from_lab}<&"${LAB[0]}"
  read -r _ prefix work <&"$from_lab" || die "the lab does not start"
}

# What runs beside the script ends first, because it could start something new. Keeps the files where KEEP_LAB is set, and says where
# they are.
to_lab=""
end_lab() {
  trap '' INT TERM HUP PIPE
  jobs -p | xargs -r kill 2>/dev/null || true
  wait
  # Its output ends when everything is removed.
  if [ -n "$to_lab" ] && echo end >&"$to_lab"; then read -r _ <&"$from_lab" || true; fi
  [ -z "${KEEP_LAB:-}" ] || say "$bench: the logs are in $work/lab"
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

# COMMAND...: has the lab do something (`lab --help`), and puts the processes that it has started into $started.
lab() {
  local word
  echo "$*" >&"$to_lab"
  read -r word started <&"$from_lab" || die "lab $*: no answer"
  [ "$word" = ok ] || die "lab $*: $started"
}

# The same with each line of the input.
lay() {
  local line
  while read -r line; do lab "$line"; done
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

# -- asking -------------------------------------------------------------------

# HOST COMMAND: what vtysh prints.
ask_frr() { vtysh --vty_socket "$work/lab/$1" -c "$2" 2>/dev/null; }

birdc=/usr/sbin/birdc
# HOST COMMAND...: what birdc prints.
ask_bird() { "$birdc" -s "$work/lab/$1/bird.ctl" "${@:2}" 2>/dev/null; }

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
