# Mirrors of a library: further libraries that an import fills from the same read.  place-file copies to them; their
# databases learn of it at the end of the run, from its log.  RUN.info says `mirror = FOLDER`, and `mirrored = FOLDER`
# once that is done: what a kill or a disk that went has left is done by the next import with that mirror.  Disks may
# take turns in one place: until then, `marked = FOLDER`, the right one has RUN.mirror beside the logs of its own.

# take_mirrors FOLDER... -- set `mirrors` to them, quoted, by their whole paths: their names in the records are not to
# depend on where the next import begins.
take_mirrors() {
	ours=$(readlink -f -- "$library/." && echo .) && ours=${ours%??}
	for mirror; do
		for_find "$mirror"
		is_library "$path" || die 2 "no library at $mirror (is the disk mounted?); photo-init $mirror makes one"
		mirror=$(readlink -f -- "$path/." && echo .) && mirror=${mirror%??}
		[ "$(printf '%s' "$mirror" | plain)" = "$mirror" ] ||
			die 2 "the name of a mirror cannot have a line break or another control character in it"
		if eval "entangled \"\$mirror\" \"\$ours\" $mirrors"; then
			die 2 "a mirror is a library of its own: $mirror is named twice, or lies in another one, or has one in it"
		fi
		at_mirror "$mirror" guard "$mirror" || exit
		! being_undone "$mirror" || die 3 "a run of $mirror is being undone"
		quote "$mirror" && mirrors="$mirrors $quoted"
	done
}

# entangled FOLDER OTHER... -- whether it is one of the others, or one lies in the other.
entangled() {
	one=$1
	shift
	for other; do
		# shellcheck disable=SC3013 # every sh has -ef, and POSIX since 2024
		[ ! "$one" -ef "$other" ] || return 0
		! within "$one" "$other" && ! within "$other" "$one" || return 0
	done
	return 1
}

# prepare_mirrors MIRROR... -- set `to_mirrors` to place-file's options for them, and `every` to hashdb-lookup's question
# whether all know a source, both quoted; record what they require; what they hold is no source.
prepare_mirrors() {
	to_mirrors='' every=''
	for mirror; do
		quote "--mirror=$mirror" && to_mirrors="$to_mirrors $quoted"
		quote "$mirror/.dcim/hash.db" && every="${every:---every} $quoted"
		quote "$mirror/." && excludes="$excludes -o -samefile $quoted"
		also=$(hashdb-list --required "$mirror/.dcim/hash.db" 2>/dev/null)
		algorithm=$also${also:+${algorithm:+,}}$algorithm
	done
}

# at_mirror MIRROR COMMAND... -- run one as if that were the library.
at_mirror() (
	take_for_library "$1"
	shift
	"$@"
)

take_for_library() {
	library=$1 db=$1/.dcim/hash.db
}

# import_filling MIRROR... -- import, while no run of theirs can be taken back: what is there already may be on its way
# out, and their databases learn of it only at the end.
import_filling() {
	if [ $# -eq 0 ]; then import; else filling "$@" 5<"$1/.dcim"; fi
}

filling() {
	at_mirror "$1" in_turn keep_undo_off "$1" || die 3 "a run of $1 is being undone"
	shift
	import_filling "$@"
}

keep_undo_off() { # MIRROR
	! being_undone "$1" || return
	flock -s 5 2>/dev/null || : # a file system without locks
}

# note_mirrors MIRROR... -- in what tells of the run.
note_mirrors() {
	for mirror; do
		info mirror "$mirror" || : # a disk that is full is told by those who copy
		! mark_mirror "$mirror/.dcim/runs/$run.mirror" || info marked "$mirror" || :
	done
}

mark_mirror() { # FILE
	(set -C && : >"$1" && sync "$1" "${1%/*}") 2>/dev/null
}

# is_there LOG ABOUT MIRROR -- whether that is the disk which the run has filled, as far as can be told; sets `mark`.
is_there() {
	mark=${1##*/}
	mark=$3/.dcim/runs/${mark%.ndjson}.mirror
	! grep -qxF "marked = $3" "$2" || is_file "$mark"
}

# recover_mirrors MIRROR... -- complete what runs that were killed have left there, and what they have left to record.
recover_mirrors() {
	for mirror; do
		at_mirror "$mirror" in_turn recover "$mirror"
	done
	for about in "$library"/.dcim/runs/*.info; do
		{ is_file "$about" && is_file "${about%.info}.ndjson" && grep -q '^mirror = ' "$about"; } || continue
		for mirror; do
			! is_there "${about%.info}.ndjson" "$about" "$mirror" ||
				record_mirrors "${about%.info}.ndjson" "$about" "$mirror"
		done
	done
}

# record_mirrors LOG ABOUT MIRROR... -- what a run's log says of each goes to its database, unless ABOUT, which tells of
# the run, says that this is done.  It is no failure of the run where it cannot be.
record_mirrors() {
	placed=$1 about=$2
	shift 2
	for mirror; do
		grep -qxF "mirror = $mirror" "$about" || continue
		! grep -qxF "mirrored = $mirror" "$about" || continue
		before=$status
		await at_mirror "$mirror" record_there
		[ -n "$signal" ] || status=$before # what failed then has been told
		if is_recorded; then
			printf 'mirrored = %s\n' "$mirror" >>"$about"
			! is_there "$placed" "$about" "$mirror" || rm -f "$mark"
		elif [ -z "$signal" ]; then
			say "the database of $mirror lacks what was copied there: the next import with that mirror records it"
			[ "$status" -ne 0 ] || status=1
		fi
	done
}

# record_there -- the same for one, which is the library meanwhile: a run of its own, with a log.
record_there() {
	record-mirror -q "--root=$library" <"$placed" >"$tmp/there"
	[ $? -le 1 ] || return # a file that failed is in the log, too
	in_turn begin_run "$library" "$(sed -n 's/^source = //p' "$about")"
	folder=$(sed -n 's/^folder = //p' "$about")
	[ -z "$folder" ] || info folder "$folder"
	stage "hashdb-merge there" hashdb-merge $common -q "--while=$library" "--log=$log" "$db" <"$tmp/there" >/dev/null
	recorded='' stop='' missed='' lost=''
	! is_recorded || recorded=yes
	in_turn calmly end_run
}

is_recorded() {
	grep -qx 'end [01] hashdb-merge there' "$tmp/stages"
}

# tell_mirrors RECORDS MIRROR... -- how each went.
tell_mirrors() {
	[ "$status" -ne 2 ] || return 0
	records=$1
	[ -e "$records" ] || records=/dev/null
	shift
	[ -e "$records" ] || records=/dev/null
	for mirror; do
		calmly record-mirror -q "--root=$mirror" <"$records" >"$tmp/there"
		parts=''
		part '"place":{"action":"\(@ACTION_COPIED@\|@ACTION_PLANNED@\)"' "${dry_run:+to be }copied"
		part '"place":{"action":"\(@ACTION_EXISTS@\|@ACTION_DUPLICATE@\)"' 'already there'
		part '"db":{"status":"@STATUS_KNOWN@","by":"@BY_SOURCE@",[^}]*"path' 'imported before'
		part '"error":{"tool":"place-file","op":"mirror"' 'not copied'
		printf '\nMirror '
		printf '%s: %s' "$mirror" "${parts:-nothing}" | plain
	done
}

# part PATTERN WORDS -- add to `parts` how many records have it.
part() {
	n=$(calmly grep -ac "$1" "$tmp/there")
	[ "$n" -eq 0 ] || parts="$parts${parts:+, }$n $2"
}
