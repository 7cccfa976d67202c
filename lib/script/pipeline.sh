# The pipeline of an import: what each stage is called with, by what the options have set.

# unknown -- the sources that no earlier run has brought.  What is to be removed is read again, known or not.
unknown() {
	if [ -n "$move" ]; then
		stage cat cat
	else
		eval "reader 'hashdb-lookup --by=source' --by=source $skipped \"--known-to=\$tmp/known\" \"\$db\" $every"
	fi <"$tmp/list"
}

tags() {
	reader exif-read ${no_groups:+--no-groups} ${tz:+"--tz=$tz"} ${date_from:+"--date-from=$date_from"}
}

filters() { # NUMBER COMMAND...
	patient
	number=$1 command=$2 filter="--through $1"
	shift 2
	case $command in *grep\ *) filter="$filter grep" ;; esac
	if [ $# -gt 0 ]; then
		stage "$filter" sh -c "$command" | filters $((number + 1)) "$@"
	else
		stage "$filter" sh -c "$command"
	fi
}

place() { # OPTION...
	eval "set -- \"\$@\" $members $to_mirrors"
	reader place-file ${dry_run:+--dry-run $shown} ${dry_run:+${metrics:+"--metrics=$metrics"}} $media_only ${weak:+--weak-publish} \
		${portable:+--portable-names} "--to=$library" "--tz=${tz:-$(system_zone)}" \
		${template:+"--template=$template"} ${undated:+"--undated=$undated"} ${verify:+"--verify=$verify"} "$@"
	[ -z "$log" ] || rm -f "$left.reserve" # what is placed can be recorded, however full the disk is
}

plan() {
	patient
	unknown |
		if [ -n "$throughs" ]; then patient && tags | eval "filters 1 $throughs"; else tags; fi |
		reader file-hash ${algorithm:+"--algorithm=$algorithm"} |
		stage hashdb-lookup hashdb-lookup $common ${dry_run:+${leave_deleted:+--missing-is-deleted}} "$db" |
		eval "place $from"
}

preview() {
	plan >"$tmp/planned"
	[ ! -s "$tmp/known" ] || cat "$tmp/known" >>"$tmp/planned"
}

copy() {
	if [ -n "$move" ]; then
		plan | stage hashdb-merge hashdb-merge $common "--while=$library" "--log=$log" "$db" |
			stage source-remove source-remove $common "--while=$library" $shown ${metrics:+"--metrics=$metrics"} >"$left.moved"
	else
		plan | stage hashdb-merge hashdb-merge $common $shown ${metrics:+"--metrics=$metrics"} "--while=$library" "--log=$log" "$db" >/dev/null
	fi
}

# begin_import -- unless a run is being taken back: what is placed or known already may be on its way out.
begin_import() {
	! being_undone "$library" || return 1
	begin_run "$library" "$sources"
	[ -z "$folder" ] || info folder "$folder"
	eval "note_mirrors $mirrors"
}

import() {
	until in_turn begin_import; do
		say "waiting: a run of $library is being undone"
		flock "$undo_file" true
		[ -z "$signal" ] || finish
	done
	reserve "$spare"
	counting "$total" copy
	check_roots
	complete_log
	[ -z "$recorded" ] || eval "record_mirrors \"\$log\" \"\$left.open\" $mirrors"
	add_known
	all_reached "$all"
	judge "$all"
	in_turn calmly end_run
}

# all_reached FILE -- each file that was found has its record there: what a stage that could not even begin has left undone
# is no success.
all_reached() {
	[ "$status$signal" != 0 ] || [ -n "$throughs" ] || [ "$(calmly count "$1")" -ge "$found" ] || status=3
}

# gauges -- what $metrics is to say: how far the run came, as the program that counts has written it, and what became of
# the files.
gauges() {
	[ -z "${counted-}" ] || [ ! -f "$metrics" ] || sed '/dcim_import_/d' "$metrics"
	LC_ALL=C sed -n 's/.*"error":{.*/failed/p; t
		s/.*"place":{"action":"\([a-z]*\)".*/\1/p; t
		s/.*"db":{"status":"@STATUS_KNOWN@","by":"@BY_SOURCE@".*/known/p' "$records" >"$tmp/outcomes"
	echo '# HELP dcim_import_files Files of the last photo-import, by what became of them.'
	echo '# TYPE dcim_import_files gauge'
	for outcome in @ACTION_COPIED@ @ACTION_EXISTS@ @ACTION_DUPLICATE@ @ACTION_SKIPPED@ @ACTION_PLANNED@ known failed; do
		echo "dcim_import_files{outcome=\"$outcome\"} $(grep -cx "$outcome" "$tmp/outcomes")"
	done
	gauge status "$status" 'The exit status of the last photo-import.'
	gauge end_timestamp_seconds "$(date +%s)" 'When it ended.'
}

# check_sources SOURCE... -- what is there now is compared with the library and its mirrors; a run that could not go on is
# not checked.  Where --move has taken everything, there is nothing to compare.
check_sources() {
	[ "$status" -le 1 ] && [ -z "$signal" ] || return 0
	echo
	there=''
	for source; do
		[ ! -e "$source" ] || { quote "$source" && there="$there $quoted"; }
	done
	if [ -n "$move" ] && ! eval "remains $there"; then
		printf 'nothing is left in %s to compare' "$sources" | plain
	else
		eval "check_against \"\$library\" $mirrors"
	fi
}

# remains SOURCE... -- whether anything but folders may lie there.
remains() {
	for source; do
		for_find "$source"
		any=$(find -H "$path" ! -type d -print -quit 2>&1) && [ -z "$any" ] || return 0
	done
	return 1
}

check_against() { # LIBRARY...
	for against; do
		[ "$against" = "$library" ] || echo
		await checking "$against"
	done
}

checking() { # LIBRARY
	against=$1
	eval "set -- $there"
	stage photo-check photo-check ${jobs:+-j$jobs} ${quiet:+-q} -- "$@" "$against"
}
