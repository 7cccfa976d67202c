#!/usr/bin/env bats
# photo-report -- what a person reads about a run.
load helper
bats_require_minimum_version 1.5.0

placed() { # N -- records of so many files placed, a folder for each hundred
	local i
	for ((i = 0; i < $1; i++)); do
		printf '{"path":"card/%d.jpg","size":1000,"taken":"2019-01-%02d","place":{"action":"copied","to":"2019/day-%d/%d.jpg","root":"Photos"}}\n' \
			"$i" $((i % 28 + 1)) $((i / 100)) "$i"
	done
}

@test "nothing is a report too" {
	run -0 photo-report </dev/null
	[ "$output" = '0 files, 0 bytes' ]
}

@test "every outcome is counted in the first line" {
	n=0
	for action in copied moved reflinked hardlinked symlinked planned undone duplicate exists skipped; do
		n=$((n + 1))
		for ((i = 0; i < n; i++)); do echo "{\"path\":\"x\",\"size\":10,\"place\":{\"action\":\"$action\"}}"; done
	done >log
	cat >>log <<-'END'
		{"path":"k","db":{"status":"known","by":"source"}}
		{"path":"k","db":{"status":"known","by":"source"},"place":{"action":"duplicate"}}
		{"path":"i","hash":{"md5":"x"}}
		{"path":"r"}
		{"path":"f","error":{"tool":"t","op":"o","code":"EIO","message":"m"}}
	END
	run -1 photo-report <log
	[ "${lines[0]}" = '60 files, 550 bytes: 1 copied, 2 moved, 3 reflinked, 4 hard-linked, 5 linked, 6 to be placed, 7 undone, 8 duplicates, 9 already there, 10 skipped, 2 imported before and not read again, 1 recorded where it is, 1 only read, 1 failed' ]
}

@test "a duplicate that the database knew by content is a duplicate" {
	run -0 photo-report <<<'{"path":"a","db":{"status":"known","by":"hash"},"place":{"action":"duplicate"}}'
	[ "$output" = '1 file, 0 bytes: 1 duplicate' ]
}

@test "dates, files without one, sources removed" {
	cat >log <<-'END'
		{"path":"a","taken":"2019-03-02T23:59:59-03:30","place":{"action":"copied","to":"a","root":"L","source":"removed"}}
		{"path":"b","taken":"1974","place":{"action":"copied","to":"b","root":"L","source":"removed"}}
		{"path":"c","place":{"action":"copied","to":"undated/c","root":"L"}}
		{"path":"d","taken":"2099-01-01","place":{"action":"duplicate"}}
	END
	run -0 photo-report <log
	[ "${lines[1]}" = 'Taken from 1974 to 2019-03-02.' ]
	[ "${lines[2]}" = '1 file has no date.' ]
	[ "${lines[3]}" = '2 sources were removed.' ]
}

@test "where they went: folders with their counts" {
	run -0 photo-report < <(placed 250)
	[ "${lines[0]}" = '250 files, 250 kB: 250 copied' ]
	[ "${lines[2]}" = 'In Photos:' ]
	[ "${lines[3]}" = '      100  2019/day-0/' ]
	[ "${lines[5]}" = '       50  2019/day-2/' ]
}

@test "more folders than a person wants to read become their parents" {
	run -0 photo-report < <(placed 4200)
	[ "${lines[3]}" = '    4,200  2019/' ]
	[ "${#lines[@]}" -eq 4 ]
}

@test "what was skipped, is damaged or failed is named, with the reason" {
	cat >log <<-'END'
		{"path":"notes.txt","place":{"action":"skipped","reason":"no picture"}}
		{"path":"cut.jpg","place":{"action":"copied","to":"cut.jpg"},"warnings":[{"tool":"exif-read","code":"EDATE","message":"old"},{"tool":"exif-read","code":"ETRUNCATED","message":"cut short"}]}
		{"path":"fine.jpg","place":{"action":"copied","to":"fine.jpg"},"warnings":[{"tool":"exif-read","code":"EDATE","message":"old"},{"tool":"exif-read","code":"EVALUE","message":"odd"},{"tool":"other","code":"EOTHER","message":"?"}]}
		{"path":"long.jpg","place":{"action":"copied","to":"long.jpg"},"warnings":[{"tool":"exif-read","code":"ELIMIT","message":"too long"}]}
		{"path":"gone.jpg","error":{"tool":"file-hash","op":"open","code":"ENOENT","message":"No such file"}}
	END
	run -1 photo-report <log
	[[ $output == *$'\nSkipped:\n  notes.txt: no picture\n'* ]]
	[[ $output == *$'\nDamaged, and kept as they are:\n  cut.jpg: cut short\n  long.jpg: too long\n'* ]]
	[[ $output != *'fine.jpg: '* ]]
	[[ $output == *$'\nFailed:\n  gone.jpg: No such file' ]]
}

@test "of many, twenty are named" {
	for ((i = 0; i < 1025; i++)); do echo "{\"path\":\"n$i\",\"place\":{\"action\":\"skipped\",\"reason\":\"r\"}}"; done >log
	run -0 photo-report <log
	[ "$(grep -c '^  n' <<<"$output")" -eq 20 ]
	[ "${lines[-1]}" = '  and 1,005 more' ]
}

@test "-l: a line for every file first" {
	cat >log <<-'END'
		{"path":"a","place":{"action":"planned","to":"2019/a"}}
		{"path":"b","place":{"action":"skipped","reason":"r"}}
		{"path":"c","error":{"tool":"t","op":"o","code":"EIO","message":"m"}}
	END
	run -1 photo-report --list <log
	[ "${lines[0]}" = 'to be placed  a -> 2019/a' ]
	[ "${lines[1]}" = 'skipped  b' ]
	[ "${lines[2]}" = 'failed  c' ]
	[ "$(photo-report -l <log | head -n 3)" = "$(head -n 3 <<<"$output")" ]
}

@test "names cannot drive a terminal" {
	printf '%s\n' '{"path":"a\u001b[2Jb","place":{"action":"skipped","reason":"x\u0007y"}}' \
		'{"path":"c\u009bd","place":{"action":"copied","to":"e\u001b/f","root":"g\u001b"}}' >log
	photo-report -l <log >out
	! LC_ALL=C grep -q '[[:cntrl:]]' out || false
	grep -qF '\033[2J' out
}

@test "a line that is no record is told with its number, and status 1" {
	run -1 --separate-stderr photo-report < <(echo '{"path":"a"}'; echo nonsense)
	[ "${lines[0]}" = '2 files, 0 bytes: 1 only read, 1 failed' ]
	[[ $output == *'line 2 of the input: '* ]]
}
