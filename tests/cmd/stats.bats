#!/usr/bin/env bats
# stats -- what a run has done and how fast, for programs: --stats, --metrics, photo-import's metrics, the dashboard.
load helper
bats_require_minimum_version 1.5.0

# Two pictures, one that is none, one that is not there.
some() {
	need jq
	printf '\211PNG\r\n\032\n' >a.png
	cp a.png b.png
	echo text >c.txt
	printf '%s\0' a.png b.png c.txt nowhere | exif-read -q >records || [ $? -eq 1 ]
}

# checked FILE -- Prometheus takes it.
checked() {
	promtool check metrics <"$1" || { cat "$1"; false; }
}

@test "--stats: totals, by type and by worker, which file took longest" {
	some
	! file-hash -q -j2 --stats=stats.json <records >out || false
	jq -e '.program == "file-hash" and .files == 4 and .ok == 3 and .failed == 1 and .skipped == 0 and .bytes == 21 and
		.seconds > 0 and .files_per_second > 0 and .mean_seconds > 0 and .worst_seconds >= .mean_seconds and
		(.worst | test("^[abc]\\."))' stats.json
	jq -e '.types | keys == ["png", "unknown"] and .png.files == 2 and .png.bytes == 16 and .unknown.failed == 1 and
		(.png.worst | test("png$"))' stats.json
	jq -e '[.workers[].files] | add == 3 and length <= 2' stats.json
	[ "$(ls)" = "$(printf '%s\n' a.png b.png c.txt out records stats.json)" ]
	! file-hash -q --stats=- <records 2>err >out || false
	jq -e .files err
	sed 's/{"path"/{"db":{"status":"known"},"path"/' records | file-hash -q --stats=stats.json >out || [ $? -eq 1 ]
	jq -e '.skipped == 3 and .failed == 1 and (has("worst") | not)' stats.json
}

@test "--stats: many types and hostile ones take no more room, and no record's word becomes a name" {
	need jq
	{
		echo '{"path":"x","type":"a\"} 1\nevil 2"}'
		echo '{"path":"\u001b[2J","type":"'"$(printf 'x%.0s' {1..99})"'"}'
		for n in {1..200}; do echo '{"path":"x","type":"type'$n'"}'; done
	} | hashdb-merge -q --stats=stats.json --metrics=run.prom hash.db >out || [ $? -eq 1 ]
	jq -e '.files == 202 and (.types | length == 64 and .other.files == 139)' stats.json
	! grep -q evil run.prom || false
	need promtool
	checked run.prom
}

@test "--stats: what bears the name under which they are written first stays" {
	echo content >a
	bash -c 'echo picture | tee s.json.$$ >s.json.$$.0 && exec file-hash --stats=s.json a' >out
	[ "$(cat s.json.*)" = $'picture\npicture' ]
	[ "$(jqr .ok s.json)" = 1 ]
}

@test "two accounts of a run do not want one file: told before anything is done" {
	echo content >a
	run -2 --separate-stderr file-hash --stats=x --metrics=x a
	[ -z "$output" ]
	[[ $stderr == *"x holds something else"* ]]
	photo-init -q lib >/dev/null
	mkdir card
	printf '\377\330\377\331' >card/a.jpg
	run -2 photo-import --report=page --metrics=page card lib
	[ ! -e page ]
	[ -z "$(ls lib/.dcim/runs)" ]
}

@test "--metrics: whole, from the beginning on, valid, and nothing beside it" {
	some
	mkfifo feed
	exec 9<>feed
	file-hash -q --ndjson -j1 --total=4096 --metrics=run.prom <feed >out 9>&- &
	pid=$!
	wait_for run.prom '^dcim_filter_running{program="file-hash"} 1$'
	cat records >&9
	wait_for run.prom 'type="unknown",result="failed"} 1$' # now and then
	grep -qx 'dcim_filter_running{program="file-hash"} 1' run.prom
	exec 9>&-
	! wait $pid || false
	grep -qx 'dcim_filter_files_total{program="file-hash",type="png",result="ok"} 2' run.prom
	grep -qx 'dcim_filter_files_total{program="file-hash",type="unknown",result="failed"} 1' run.prom
	grep -qx 'dcim_filter_bytes_total{program="file-hash",type="png"} 16' run.prom
	grep -qx 'dcim_filter_worker_files_total{program="file-hash",worker="1"} 3' run.prom
	grep -qx 'dcim_filter_expected_bytes{program="file-hash"} 4096' run.prom
	grep -qx 'dcim_filter_running{program="file-hash"} 0' run.prom
	grep -qx 'dcim_filter_status{program="file-hash"} 1' run.prom
	[ "$(ls run*)" = run.prom ]
	need promtool
	checked run.prom
}

@test "--metrics: in a folder of counts that is anyone's, only programs count" {
	mkdir counts
	head -c 32 /dev/zero >'counts/x"} 1
evil{a="b.1'
	head -c 32 /dev/zero >counts/exif-read.1
	echo kept >kept
	DCIM_COUNTS=counts file-hash --metrics=run.prom kept >out
	[ "$(sed -n 's/^dcim_pipeline_files_total{program=\(.*\)} .*/\1/p' run.prom | sort | xargs)" = "exif-read file-hash" ]
	! grep -q evil run.prom || false
}

@test "a file for --stats or --metrics that cannot be written is told before anything is done" {
	for option in --stats --metrics; do
		for wrong in nowhere/x . ''; do
			status=0
			echo x | file-hash $option=$wrong >out 2>err || status=$?
			[ "$status" -eq 2 ]
			[ ! -s out ]
			grep -q '^file-hash: ' err
		done
	done
	ln -s real link
	# a picture that was named by mistake stays
	printf '\377\330\377picture' >picture
	photo-init -q lib >/dev/null
	for command in 'file-hash --stats picture' 'file-hash --metrics picture' "photo-import --metrics $PWD/picture picture lib" \
		"photo-verify --metrics $PWD/picture lib"; do
		status=0
		$command </dev/null >out 2>err || status=$?
		[ "$status" -eq 2 ]
		grep -q 'picture holds something else, and is not replaced' err
		[ "$(tail -c 7 picture)" = picture ]
	done
	# what is no file is not replaced either, and of a link what it leads to
	mkfifo fifo
	for wrong in fifo lib; do
		for command in "photo-import --metrics=$wrong picture lib" "photo-verify --metrics=$wrong lib"; do
			run -2 --separate-stderr timeout 60 $command
			[[ $stderr == *"wants a file"* ]]
		done
	done
	[ -p fifo ]
	ln -s later other
	photo-verify -q --metrics=other lib
	[ -h other ]
	grep -q '^dcim_verify_status 0$' later
	rm -r fifo other later
	rm -r picture lib
	echo '{"program":"before"}' >real
	file-hash --stats=link link >out
	[ -h link ]
	grep -q '"files":1' real
	file-hash --metrics=/dev/null link >out
	[ -c /dev/null ]
	# the link stays, though what it leads to is not there yet, or no more at the end
	ln -s later dangling
	file-hash --metrics=dangling link >out
	[ -h dangling ]
	grep -q '^dcim_filter_status{program="file-hash"} 0$' later
	rm later dangling
	ln -s /proc/self/fd/1 self
	for option in --stats --metrics; do
		for to in out /dev/stdout self; do run -2 --separate-stderr bash -c 'file-hash "$1=$2" link >out' - $option $to; done
		run -3 --separate-stderr bash -c 'file-hash "$1=self" link >/dev/null' - $option
	done
	[ -h self ]
	rm self
	# nor does what leads to a file that has no name any more
	ln -s /proc/self/fd/4 nameless
	for option in --stats --metrics; do
		run -2 --separate-stderr bash -c 'exec 4>gone && rm gone && file-hash "$1=nameless" link' - $option
		[ -h nameless ]
	done
	rm nameless
}

@test "the file that standard error goes to keeps what others write there" {
	echo picture >a
	for option in --stats --metrics; do
		{ file-hash $option=/dev/stderr a none >out || echo others >&2; } 2>err
		grep -qx others err
		grep -q '^file-hash: none: ' err
		grep -q '^{"program":\|^# HELP dcim_' err
	done
}

@test "the metrics of a script are not put in the place of what it says" {
	echo picture >a.jpg
	photo-init -q lib >/dev/null
	for to in out err /dev/stdout /dev/stderr; do
		for command in 'photo-import a.jpg lib' 'photo-verify lib'; do
			status=0
			$command --metrics=$to >out 2>err || status=$?
			[ "$status" -eq 2 ]
			grep -q 'wants a file of its own' err
		done
	done
}

@test "a picture or a database that the run itself has made is not replaced by its statistics" {
	mkdir lib
	printf '\377\330\377picture' >picture.jpg
	run -3 --separate-stderr place-file -t lib --template='{name}' --move --stats=lib/picture.jpg picture.jpg
	[[ $stderr == *'lib/picture.jpg holds something else, and is not replaced'* ]]
	[ "$(tail -c 7 lib/picture.jpg)" = picture ]
	file-hash lib/picture.jpg >in
	run -3 --separate-stderr hashdb-merge --stats=new.db new.db <in
	[ "$(hashdb-list new.db | wc -l)" -eq 1 ]
	rm -r lib new.db
}

@test "a disk that is full at the end: the file of --stats is as it was, and that is told" {
	plain # TSan does not live under this limit
	echo '{"program":"before","files":1}' >real
	ln -s real link
	status=0
	said=$(ulimit -f 0 && file-hash --stats=link link 2>&1 >/dev/null) || status=$?
	[ "$status" -eq 3 ]
	[[ $said == 'file-hash: cannot write '* ]]
	[ "$(ls)" = "$(printf '%s\n' link real)" ]
	[ "$(cat real)" = '{"program":"before","files":1}' ]
}

@test "photo-import --metrics: how far it is, and what became of the files" {
	some
	mkdir card && cp a.png c.txt card && cp b.png card/two.png
	photo-init -q lib >/dev/null
	photo-import -q --metrics=import.prom card lib >out
	grep -qx 'dcim_import_files{outcome="copied"} 1' import.prom
	grep -qx 'dcim_import_files{outcome="duplicate"} 1' import.prom
	grep -qx 'dcim_import_files{outcome="failed"} 0' import.prom
	grep -qx 'dcim_import_status 0' import.prom
	grep -qx 'dcim_pipeline_files_total{program="place-file"} 3' import.prom
	grep -qx 'dcim_filter_running{program="hashdb-merge"} 0' import.prom
	[ "$(ls import*)" = import.prom ]
	! command -v promtool >/dev/null || checked import.prom
	photo-import -q --metrics="$PWD/import.prom" card lib >out
	grep -qx 'dcim_import_files{outcome="known"} 3' import.prom
	status=0
	photo-import -q --metrics=nowhere/x card lib >out 2>err || status=$?
	[ "$status" -eq 2 ]
	grep -q "cannot write $PWD/nowhere/x" err
	echo 'metrics = x' >lib/.dcim/config
	status=0
	photo-import -q card lib 2>err >out || status=$?
	[ "$status" -eq 2 ]
	[ ! -e x ]
}

@test "photo-verify --metrics is valid" {
	need promtool
	photo-init -q lib >/dev/null
	photo-verify -q --metrics=verify.prom lib
	checked verify.prom
}

@test "the dashboard asks for what the programs write, and for all of it" {
	some
	mkdir card && cp a.png card
	photo-init -q lib >/dev/null
	photo-import -q --metrics=import.prom card lib >out
	file-hash --total=8 --metrics=run.prom a.png >out
	photo-verify -q --metrics=verify.prom lib
	cat ./*.prom | sed -n 's/^# TYPE \(dcim_[a-z_]*\) .*/\1/p' | sort -u >written
	jq -r '.. | .expr? // empty' "$ROOT/examples/grafana-dashboard.json" | grep -o 'dcim_[a-z_]*' | sort -u >asked
	[ "$(wc -l <asked)" -gt 10 ]
	diff asked written
	jq -e '[.panels[].id] | length == (unique | length)' "$ROOT/examples/grafana-dashboard.json"
}
