# What is to be imported: where it lies, whether it is still there, how much it is.

# describe SOURCE... -- set `sources` to their names, for a person.
describe() {
	sources=$1${2:+, $2}${3:+, $3}
	[ $# -le 3 ] || sources="$sources and $(($# - 3)) more"
}

# root_of SOURCE -- set `root` to the folder that it is, or that holds it.
root_of() {
	for_find "$1"
	root=$path
	[ -d "$root" ] || case $root in
	*/*) root=${root%/*}/ ;;
	*) root=. ;;
	esac
}

# identity FOLDER -- print a word that is another one when the folder has gone, or its disk.  FAT and what stands on FUSE
# may give a folder another number at each look; the mount it lies in stays the same.
identity() {
	for_find "$1"
	word=$(find -L "$path" -maxdepth 0 -printf '%F %D:%i\n' 2>/dev/null)
	case $word in
	msdos\ * | vfat\ * | exfat\ * | fuse*) mount=$(findmnt -no ID -T "$1" 2>/dev/null) && word=${word%:*}:${mount:-${word#*:}} ;;
	esac
	word=${word##* }
	echo "${word:-gone}"
}

# note_roots SOURCE... -- set `roots` to the library and the folders of the sources, quoted, each behind its identity
# and once in a row; `watch` to the option by which a program ends quietly when one goes, `from` to that by which
# place-file knows them; `folder` to the current one if any of them starts there.
note_roots() {
	quote "$library"
	roots="$(calmly identity "$library") $quoted" watch=" --while=$quoted" from='' last='' lost='' folder=''
	for source; do
		case $source in /*) ;; *) folder=$(pwd -P) ;; esac
		root_of "$source"
		[ "$root" != "$last" ] || continue
		last=$root
		quote "$root"
		roots="$roots $(calmly identity "$root") $quoted" watch="$watch --while=$quoted" from="$from --from=$quoted"
	done
}

# gone_root [IDENTITY FOLDER]... -- print the first folder that is not what it was; returns 1 where there is none.
gone_root() {
	while [ $# -gt 0 ]; do
		case $1 in
		gone) break ;;
		"$(identity "$2")") shift 2 ;;
		*) break ;;
		esac
	done
	[ $# -gt 0 ] && printf '%s' "${2%/}"
}

# check_roots -- set `gone` to the folder of a card that was pulled out, or to the library, and then `lost`; its log is
# the one that was opened.  Nothing else is to be said of it then.
check_roots() {
	[ -z "$gone" ] && gone=$(calmly eval "gone_root $roots") || return 0
	status=3
	[ "$gone" != "${library%/}" ] || lost=yes log=${log:+/proc/self/fd/8}
	true >"$tmp/unread"
}

# physical SOURCE -- set `real` to its path without links; `last` and `last_real` remember the last folder.
physical() {
	root_of "$1"
	if [ "$root" != "$last" ]; then
		last=$root
		last_real=$(readlink -f -- "$root" && echo .) && last_real=${last_real%??} || last_real=$root
		last_real=${last_real%/}
	fi
	real=$last_real
	[ "$root" = "$path" ] || real=$real/${path##*/}
}

# within PATH FOLDER... -- whether one of the folders holds it.
within() {
	inside=$1
	shift
	for outer; do
		case $inside in "$outer"/*) return 0 ;; esac
	done
	return 1
}

# among PATH FOLDER... -- whether it is one of them.
among() {
	inside=$1
	shift
	for outer; do
		[ "$inside" != "$outer" ] || return 0
	done
	return 1
}

# reached FOLDER... -- whether find gets from one of them to the source that physical() was asked about: a link it does
# not follow, and what is passed over for its name it does not enter.
reached() {
	[ -d "$source" ] || [ ! -h "$source" ] || return
	for outer; do
		within "$real" "$outer" || continue
		[ "$last_real" != "$free" ] || return 0
		below=$last_real chain=''
		while [ "$below" != "$outer" ]; do
			quote "$below" && chain="$chain $quoted"
			below=${below%/*}
		done
		[ -z "$chain" ] || [ -z "$(eval "find $chain -maxdepth 0 \\( $nowhere \\) -print")" ] || continue
		free=$last_real
		return 0
	done
	return 1
}

# apart SOURCE... -- set `operands` to those that are met from no other one, quoted: no file is to be met twice.
apart() {
	folders='' last='' operands='' free=-
	for source; do
		[ -d "$source" ] || continue
		physical "$source"
		quote "$real" && folders="$folders $quoted"
	done
	seen=''
	for source; do
		physical "$source"
		! eval "reached $folders" || continue
		if [ -d "$source" ]; then
			! eval "among \"\$real\" $seen" || continue
			quote "$real" && seen="$seen $quoted"
		fi
		quote "$source" && operands="$operands $quoted"
	done
}

# begin_at SOURCE... -- set `starts` to where find begins, quoted.
begin_at() {
	starts=''
	for source; do
		for_find "$source"
		quote "$path" && starts="$starts $quoted"
	done
}

# beside and back -- what lies in a folder for what belongs to another one's pictures is sorted beside those: its path,
# A/CLIP/B, is A/B/CLIP/ meanwhile, which is no file's.
beside() { LC_ALL=C stage sed sed -zE 's@/(@NEIGHBOURS@)/([^/]*)$@/\2/\1/@'; }
back() { LC_ALL=C stage sed sed -zE 's@/([^/]*)/([^/]*)/$@/\2/\1@'; }

# list SOURCE... -- the files, NUL-terminated, to $tmp/list in order; their sizes to $tmp/sizes, what could not be
# looked into to $tmp/unread, what is passed over for its name to $tmp/never, what source-remove had put aside when it was
# killed to $tmp/aside, and what an undo had not finished to $tmp/unfinished.
list() {
	begin_at "$@"
	eval "LC_ALL=C stage find find -H $starts \\( -samefile \"\$library/.\" $excludes \\) -prune \
		-o -type f $hidden -fprint0 \"\$tmp/aside\" \
		-o -type f -name '.dcim-tmp-undo-*' -fprint0 \"\$tmp/unfinished\" \
		-o \\( $nowhere \\) -prune -fprintf \"\$tmp/never\" '%d %p\\n' \
		-o -type f -print0 -fprintf \"\$tmp/sizes\" '%s\\n'" 2>"$tmp/unread" |
		beside | LC_ALL=C stage sort sort -zu | back >"$tmp/list"
}

# back_again SOURCE -- one that lies aside since a run was killed gets its name back; a dry run leaves it there.
back_again() {
	[ ! -e "$1" ] && [ -z "$dry_run" ] || return 0
	case $1 in
	*/*) set -- "${1%/*}/.${1##*/}.dcim-"???????? ;;
	*) set -- ".$1.dcim-"???????? ;;
	esac
	[ ! -f "$1" ] || printf '%s\0' "$@" | source-remove -q -0 --give-back >/dev/null
}

# look SOURCE... -- list what there is, once what lies aside has its names back; a dry run leaves it there.  What cannot
# have them back, of a card that is write-protected or where the name was taken, is a source as it lies.
look() {
	await list "$@"
	[ -n "$signal" ] || grep -qs ' find$' "$tmp/stages" || die 3 "$tmp cannot be written: is ${TMPDIR:-/tmp} full?"
	[ ! -s "$tmp/never" ] || sed -n 's/^0 //p' "$tmp/never" | while IFS= read -r source; do
		say "$source is skipped: folders of this name hold trash or a program's own files; to import from it all the same, name $source/."
	done
	[ ! -s "$tmp/unfinished" ] || [ -n "$dry_run" ] || await drop_unfinished
	[ -s "$tmp/aside" ] || return 0
	if [ -z "$dry_run" ]; then
		await give_back
		await list "$@"
		await still_aside >"$tmp/aside"
		[ ! -s "$tmp/aside" ] || say "files that a killed import had set aside could not get their names back, and are imported from where they are"
	fi
	cat "$tmp/aside" >>"$tmp/list"
}

give_back() {
	stage "source-remove --give-back" source-remove -q --give-back <"$tmp/aside" >"$tmp/returned" 2>/dev/null
}

# drop_unfinished -- the library has it whole.  What cannot go, of a card that is write-protected, is no source either.
drop_unfinished() {
	source-remove -q --give-back <"$tmp/unfinished" >/dev/null 2>&1 || :
}

# still_aside -- of what could not be given back, all but what another import has in hand.
still_aside() {
	sed '/"code":"EBUSY"/d' "$tmp/returned" | stage record-paths record-paths --errors
}

human() { # BYTES
	echo "$1" | awk '{
		split("bytes kB MB GB TB PB", unit)
		for (n = 1; $1 >= 1000 && n < 6; n++)
			$1 = $1 / 1000
		printf((n == 1 || $1 >= 100 ? "%.0f" : "%.1f") " %s\n", $1, unit[n])
	}'
}

# room -- say so where the library has not the room for what $tmp/list names.  What earlier runs have imported is
# looked up only then; what the library has under other names is not known before it is read.
room() {
	[ -e "$tmp/sizes" ] || return 0
	bytes=$(sum <"$tmp/sizes")
	free=$(free_bytes "$library/.")
	spare=$((free - bytes))
	[ "$spare" -lt 0 ] || return 0
	bytes=$(hashdb-lookup -q --by=source $skipped --known-to=/dev/null "$db" <"$tmp/list" 2>/dev/null |
		sed -n 's/.*"size":\([0-9]*\).*/\1/p' | sum)
	[ "$bytes" -le "$free" ] ||
		say "about $(human "$bytes") are to be imported, but $library has only $(human "$free") free: not all will fit"
}

mark_missing() {
	patient
	stage hashdb-list hashdb-list $common -0 --relative --gone "$db" |
		stage "file-hash --verify" file-hash $common -0 -C "$library" --verify |
		if [ -n "$dry_run" ]; then
			stage cat cat
		else
			stage "hashdb-merge --mark-deleted" hashdb-merge $common -C "$library" --mark-deleted "--log=$log" "$db"
		fi >"$tmp/marked"
}

# leave_deleted -- note in the database that what has gone from the library is not wanted again: a run of its own, so
# that a database that is made from the logs knows it.  A dry run only counts it, and has hashdb-lookup answer as it
# would then.
leave_deleted() {
	[ -n "$dry_run" ] || in_turn begin_run "$library" ''
	await mark_missing
	check_roots
	[ -n "$dry_run" ] || { complete_log && in_turn calmly end_run; }
	n=$(calmly grep -ac '"verify":"@VERIFY_MISSING@"' "$tmp/marked" 2>/dev/null)
	[ "${n:-0}" -eq 0 ] || say "files deleted from $library, and not brought back from now on: $n"
}
