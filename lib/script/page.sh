# The page of an import: --report=FILE.

# prepare_page -- before anything is copied: FILE may get its name, and is not another file than a page.
prepare_page() {
	[ -n "$report" ] || return 0
	for_find "$report"
	report=$path page_folder=.
	case $report in
	*/*) page_folder=${report%/*}/ ;;
	esac
	{ [ ! -e "$report" ] && [ ! -h "$report" ]; } || is_page || die 2 "$report is there, and is no page to be replaced"
	{ [ -d "$page_folder" ] && [ -w "$page_folder" ]; } || die 2 "no page can be written in $page_folder"
}

# is_page -- whether the file is one, or is empty.
is_page() {
	[ -f "$report" ] && [ ! -h "$report" ] && { [ ! -s "$report" ] || head -c 15 -- "$report" | grep -qai '^<!DOCTYPE html>'; }
}

# put_page -- of the records that the summary has told; whole, or the one before stays.
put_page() {
	[ -n "$report" ] && [ "$status" -ne 2 ] || return 0
	page=$(calmly mktemp "$page_folder/.dcim-tmp-page-XXXXXX" 2>"$tmp/why") &&
		{ calmly photo-report -q --html ${stop:+"--stopped=$stop"} ${missed:+"--not-reached=$missed"} \
			<"$records" >"$page" 2>"$tmp/why" || [ $? -eq 1 ]; } &&
		calmly chmod =rw "$page" 2>"$tmp/why" && calmly sync "$page" 2>"$tmp/why" &&
		calmly mv -fT -- "$page" "$report" 2>"$tmp/why" && return
	[ -z "$page" ] || rm -f -- "$page"
	why=$(cat "$tmp/why")
	say "the page $report could not be written: ${why##*: }"
	[ "$status" -ne 0 ] || status=1
}
