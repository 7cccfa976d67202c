# lying -- what lying.bats and control.bats share: a folder shown as a file system that lies (tests/tools/lying.c).
setup_more() {
	need jq
	TOOLS=${TOOLS:-$ROOT/build/tools}
	liars=() shown=()
}

teardown() {
	truth
}

# lie FOLDER MOUNTPOINT SWITCH... -- show the one at the other.
lie() {
	[ -w /dev/fuse ] || skip "no /dev/fuse"
	[ -x "$TOOLS/lying" ] || skip "no tools beside the programs"
	mkdir -p "$1" "$2"
	ASAN_OPTIONS="${ASAN_OPTIONS-}:detect_leaks=0" "$TOOLS/lying" "$@" >lying.out 2>&1 3>&- &
	liars+=($!) shown+=("$2")
	until grep -qF " $T/$2 fuse " /proc/mounts; do kill -0 "${liars[-1]}" 2>/dev/null || skip "no FUSE can be mounted: $(cat lying.out)"; done
}

# truth -- nothing is shown any more but what is there.
truth() {
	local i
	for i in "${!liars[@]}"; do
		kill "${liars[$i]}" 2>/dev/null || :
		wait_until ended "${liars[$i]}" || kill -KILL "${liars[$i]}"
		wait "${liars[$i]}" || :
		! grep -qF " $T/${shown[$i]} fuse " /proc/mounts || umount -l "${shown[$i]}"
	done
	liars=() shown=()
}

ended() { ! kill -0 "$1" 2>/dev/null; }
