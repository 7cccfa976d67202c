# helper -- what every .bats file loads: the programs first in PATH, a fresh temporary directory as the working directory.
ROOT=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BIN=${BIN:-$ROOT/build/bin}
PATH=$BIN:$PATH
export LC_ALL=C.UTF-8 TZ=UTC XDG_CONFIG_HOME=/dev/null # whose tests these are is of no account
unset DCIM_LIBRARY

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

jqr() { jq -r "$@"; }
