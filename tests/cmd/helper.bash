# helper -- what every .bats file loads: the programs first in PATH, a fresh temporary directory as the working directory.
ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BIN=${BIN:-$ROOT/build/bin}
PATH=$BIN:$PATH
export LC_ALL=C.UTF-8 TZ=UTC XDG_CONFIG_HOME=/dev/null # whose tests these are is of no account
unset DCIM_LIBRARY DCIM_COUNTS

setup() {
	T=$(mktemp -d "${BATS_TEST_TMPDIR:-${TMPDIR:-/tmp}}/t.XXXXXX")
	cd "$T" || return
	declare -F setup_more >/dev/null && setup_more
	return 0
}

# need CMD... -- skip where a tool is missing.
need() {
	local c
	for c; do command -v "$c" >/dev/null || skip "$c is not installed"; done
}

# plain -- skip in a build with sanitizers, which take more memory and time than users' builds.
plain() {
	[ -z "${DCIM_SAN-}" ] || skip "not with sanitizers"
}

# corpus -- skip without the corpus; sets CORPUS.
corpus() {
	CORPUS=${CORPUS:-$ROOT/../shared/corpus}
	[ -d "$CORPUS/jpeg" ] || skip "no corpus beside the checkout"
}

# Tests wait for events, not for time.  wait_until COMMAND... -- until it succeeds; two minutes later nothing comes.
wait_until() {
	local i
	for ((i = 0; i < 2400; i++)); do
		! "$@" || return 0
		sleep 0.05
	done
	return 1
}

# wait_for FILE TEXT -- until FILE holds TEXT.  wait_lines FILE N -- until FILE has N lines.
wait_for() { wait_until grep -qs -- "$2" "$1"; }
wait_lines() { wait_until has_lines "$1" "$2"; }
has_lines() { [ -e "$1" ] && [ "$(wc -l <"$1")" -ge "$2" ]; }

# wait_up PID -- until the program has its threads, and so takes its signals; wait_taken PID -- until it has taken them.
wait_up() { until [ "$(ls "/proc/$1/task" | wc -l)" -gt 3 ]; do :; done; }
wait_taken() { while grep -q '^ShdPnd:.*[1-9a-f]' "/proc/$1/status"; do :; done; }

# stopped_at CALL COMMAND... -- in the background, until its first such call has been made; its output is in out and err.
# go_on -- let it; sets $status.
stopped_at() {
	need strace
	rm -f trace
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" strace -f -o trace -e "trace=$1" -e "inject=$1:signal=STOP:when=1" \
		"${@:2}" <&0 >out 2>err 3>&- &
	traced_pid=$!
	until grep -qs 'stopped by SIGSTOP' trace; do kill -0 $traced_pid; done
}

go_on() {
	kill -CONT "$(sed -n 's/^\([0-9]*\) *--- stopped by SIGSTOP.*/\1/p' trace | head -n 1)"
	status=0
	wait $traced_pid || status=$?
}

jqr() { jq -r "$@"; }

# timed COMMAND... -- how long it takes, into `took`, in nanoseconds.
timed() {
	local began status=0
	began=$(date +%s%N)
	"$@" >/dev/null 2>&1 || status=$?
	took=$(($(date +%s%N) - began))
	return $status
}

# cut_short COMMAND... -- begin it and kill it, with all its processes, at any instant of as long as `took` says; `instant`
# says at which, in nanoseconds.
cut_short() {
	local pid
	instant=$((took * (RANDOM % 1000) / 1000))
	setsid "$@" >/dev/null 2>&1 3>&- &
	pid=$!
	sleep "$((instant / 1000000000)).$(printf %09d $((instant % 1000000000)))" # any instant is right
	kill -KILL -- "-$pid" 2>/dev/null || :
	wait "$pid" || :
}
