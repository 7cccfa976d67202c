# What a run has come to, for Prometheus: in $metrics, which has it whole or not at all.  The names begin with
# dcim_$measured.

# can_measure -- end at once where $metrics could not be written after hours of work.
can_measure() {
	[ -n "$metrics" ] || return 0
	case $metrics in /*) ;; *) metrics=$PWD/$metrics ;; esac
	[ ! -e "$metrics" ] || [ -f "$metrics" ] || die 2 "--metrics wants a file, and $metrics is none"
	for shown in 1 2; do # what is said there would be gone
		# shellcheck disable=SC3013 # every sh has -ef, and POSIX since 2024
		[ ! "$metrics" -ef /proc/self/fd/$shown ] || die 2 "--metrics wants a file of its own, and $metrics has what is said"
	done
	if [ -h "$metrics" ]; then # what it leads to is replaced, not the link
		metrics=$(readlink -f -- "$metrics" && echo .) || die 2 "--metrics wants a file, and $metrics leads to none"
		metrics=${metrics%??}
	fi
	[ ! -s "$metrics" ] || head -c 12 -- "$metrics" | grep -qa '^# HELP dcim_' ||
		die 2 "$metrics holds something else, and is not replaced"
	(: >"$metrics.$$" && rm "$metrics.$$") 2>/dev/null || die 2 "cannot write $metrics: is its folder there, and yours to write in?"
}

# measures -- what gauges prints, to $metrics.
measures() {
	[ -n "$metrics" ] || return 0
	{ (gauges >"$metrics.$$") && mv -fT "$metrics.$$" "$metrics"; } 2>"$tmp/why" && return
	rm -f "$metrics.$$"
	why=$(cat "$tmp/why") status=3
	say "cannot write $metrics: ${why##*: }"
}

gauge() { # NAME VALUE WHAT
	printf '# HELP dcim_%s_%s %s\n# TYPE dcim_%s_%s gauge\ndcim_%s_%s %s\n' \
		"$measured" "$1" "$3" "$measured" "$1" "$measured" "$1" "$2"
}
