# The library's own folder, .dcim, may be of anybody's making: a link in it would lead what is written out of it.
#
# guard() lets no link pass, and nothing else that is neither file nor folder; what is there is opened only after it,
# and what is new is made where nothing is (set -C) or moved there whole (mv -T).  Who swaps names while a script runs
# is beyond a shell: where others can write at that time, only the programs (O_NOFOLLOW) are proof against them.

# guard FOLDER -- end unless the .dcim of the library, that folder, and what is in it are files and folders.  place-file
# has links of its own in its temporary folder and looks at what it opens; the config file is only read, and trust()
# looks at whose it is.
guard() {
	strange=$(cd -- "$1" &&
		find .dcim -path '.dcim/tmp/*' -prune -o ! -type f ! -type d ! \( -path .dcim/config -type l \) \
			-print -quit 2>/dev/null)
	[ -z "$strange" ] || die 2 "$library/$strange is a symbolic link or not a regular file, so dcim-utils did not make it: nothing was written; remove it first"
}

# is_file PATH -- whether it is one, and no link to one.
is_file() {
	[ -f "$1" ] && [ ! -h "$1" ]
}

# in_turn COMMAND... -- run one that makes or ends the files of a run while no other run does in this library.
in_turn() {
	if (: >>"${db%/*}/lock") 2>/dev/null; then
		{ calmly flock -w 60 7 2>/dev/null; "$@"; } 7>>"${db%/*}/lock"
	else
		"$@"
	fi
}
