#!/usr/bin/env bats
# bats file_tags=no-races
# hostile -- what is data stays data: each place of the list in lib/README with values that would be orders elsewhere.
load helper
bats_require_minimum_version 1.5.0

# A value that runs as a command leaves a file of this name somewhere below.
names=('$(touch pwned)' '`touch pwned`' "'; touch pwned; '" '"; touch pwned; "' '; touch pwned' '| touch pwned' '-delete'
	'--help' '-exec' '*' '[a-z]*' '?' '%n%s%5$n' "'; DROP TABLE file; --" '{"path":"x"}' 'two
lines' $'\e[2J\e]0;x\a' $'latin\351\377' 'back\slash\101' '~' '$HOME' '&' '#x' '!x' ' blank ' 'file:x?mode=memory')

setup_more() {
	need jq
	mkdir src
	local name i=0
	for name in "${names[@]}"; do
		i=$((i + 1))
		mkdir -p "src/$name"
		echo $i >"src/$name/$name.jpg"
	done
}

unharmed() {
	[ -z "$(find . -name 'pwned*')" ] || { find . -name 'pwned*'; false; }
}

# quiet_terminal FILE... -- nothing in them drives one.
quiet_terminal() {
	! LC_ALL=C grep -n $'[\e\a]' "$@" || false
}

contents() { find "$@" -name .dcim -prune -o -type f -exec cat {} + | sort -n; }

@test "find, xargs' lists and templates: sources of any name, through the scripts" {
	photo-init -q lib >out
	photo-import --all-files --template='{dir}/{name}' src lib >>out 2>err
	unharmed
	quiet_terminal out err
	cmp <(contents src) <(contents lib)
	run -0 photo-import --all-files src lib
	[[ $output == *"${#names[@]} imported before"* ]]
}

@test "each of them as the source and the library" {
	for name in '$(touch pwned)' "'; touch pwned; '" '-delete' '*' 'two
lines' $'\e[2J\e]0;x\a' '%n%s%5$n' 'file:x?mode=memory'; do
		mkdir -p work && cd work
		cp -a "../src/$name" .
		photo-init -q -- "lib $name" >out
		photo-import --all-files -- "$name" "lib $name" >>out 2>err
		[ "$(contents "lib $name")" = "$(contents "./$name")" ]
		quiet_terminal out err
		cd .. && unharmed && rm -r work
	done
}

@test "--exclude is a pattern, never an order to find or the shell" {
	photo-init -q lib >out
	for name in "${names[@]}"; do
		rc=0
		photo-import -q --all-files --exclude="$name" -- src lib >out 2>err || rc=$?
		unharmed
		[ $rc -le 2 ]
	done
	cmp <(contents src) <(seq ${#names[@]}) # nothing was deleted
}

@test "templates and the metadata in them: no path leads out, none is a command or a format" {
	mkdir -p lib outside
	echo x >a
	for value in '../../outside/x' '/outside' '..' '.' '.dcim' '$(touch pwned)' '%n%s' '{name}' $'\e[2J' 'a/../../b' '~/x' ''; do
		jq -nc --arg v "$value" '{path: "a", make: $v, model: $v, title: $v, keywords: [$v], taken: $v}' |
			place-file -q -t lib --template='{make}/{model}/{keywords}/{taken:%Y}/{title}{name}' >out
		[ "$(jqr .place.action <out)" != null ]
		# shellcheck disable=SC2016
		place-file -q -t lib --template="${value//[\{\}]/}/{name}" a >out || [ $? -eq 2 ]
		unharmed
	done
	[ -z "$(ls outside)" ]
	[ "$(ls)" = "$(printf '%s\n' a lib out outside src)" ]
}

@test "SQL: names, members and the database's own name are values" {
	mkdir lib
	cp -a src/* lib/
	find lib -type f -print0 | sort -z | file-hash | hashdb-merge --root=lib 'file:x?mode=memory' >out
	[ -s 'file:x?mode=memory' ]
	sqlite3 ./'file:x?mode=memory' 'PRAGMA integrity_check' | grep -qx ok
	hashdb-list -0 --relative 'file:x?mode=memory' | sort -z | cmp - <(cd lib && find . -type f -printf '%P\0' | sort -z)
	find lib -type f -print0 | hashdb-lookup --by=path 'file:x?mode=memory' | jq -r .db.status | sort -u >out
	[ "$(cat out)" = known ]
	for value in "'; DROP TABLE file; --" '%' '_' $'\e[2J'; do
		jq -nc --arg v "$value" '{path: "lib/new.jpg", size: 2, hash: {xxh128: ("ab" * 16)}, description: $v,
			source: {volume: $v, label: $v, path: $v, size: 2, mtime: "2020-01-01T00:00:00Z"}}' |
			hashdb-merge --root=lib 'file:x?mode=memory' >out
		[ -n "$(hashdb-list 'file:x?mode=memory' | jq --arg v "$value" 'select(.description == $v)')" ]
	done
	[ "$(hashdb-list -0 'file:x?mode=memory' | tr -dc '\0' | wc -c)" -ge "${#names[@]}" ]
}

@test "a terminal: messages of every kind, and the report" {
	esc=$'\e[2J\e]0;x\a'
	{
		file-hash "$esc" || true
		file-hash -C "$esc" x || true
		file-hash --progress="$esc" x || true
		file-hash -a "$esc" x || true
		file-hash "--$esc" x || true
		exif-read --tz="$esc" x || true
		exif-read --date-from="$esc" x || true
		place-file -t "$esc/x" x || true
		place-file --template="{$esc" x || true
		hashdb-list "$esc" || true
		hashdb-lookup "$esc" </dev/null || true
		hashdb-merge "$esc/x" </dev/null || true
		photo-import "$esc" "$esc" || true
		photo-init --no-such="$esc" || true
		printf '{"path":"%s"\n' "$esc" | file-hash || true
	} >out 2>&1 </dev/null
	quiet_terminal out
	jq -nc --arg v "$esc" '{path: $v, error: {tool: $v, code: $v, op: $v, message: $v}},
		{path: $v, type: $v, taken: $v, place: {action: "copied", to: ($v + "/" + $v), root: $v}, source: {label: $v},
			warnings: [{code: "EFORMAT", message: $v}]},
		{path: $v, place: {action: "skipped", reason: $v, message: $v}},
		{path: $v, place: {action: "duplicate", source: "kept", reason: $v, message: $v}}' >records
	photo-report -l <records >out 2>&1 || true
	quiet_terminal out
}

@test "JSON: any bytes in names and metadata make records that are read again as they were" {
	find src -type f -print0 | sort -z >names
	exif-read <names | file-hash | jq -c . >records # jq refuses what is no JSON
	exif-read <names | file-hash | record-paths | cmp - names
	[ "$(wc -l <records)" -eq "${#names[@]}" ]
}

# strange KIND NAME -- put there what is no file of a library's making, or one that leads out of it.
strange() {
	case $1 in
	link) ln -s "$T/home/rc" "$2" ;;
	dangling) ln -s "$T/home/new" "$2" ;;
	folder-link) ln -s "$T/home" "$2" ;;
	pipe) mkfifo "$2" ;;
	folder) mkdir -p "$2" ;;
	esac
}

@test "a library's own folder: what is in it leads nowhere else, and holds nobody up" {
	picture=$'\377\330\377\376\000\004xx\377\331'
	mkdir card home && printf '%s' "$picture" >card/a.jpg
	for name in 20991231T235958Z.ndjson x.ndjson x.open x.moved x.new x.info x.reserve 20991231T235959Z.open ../lock ../tmp ../hash.db-wal \
		../hash.db-journal ../verify ../../.dcim ''; do
		for kind in link dangling folder-link pipe folder; do
			rm -rf lib home && mkdir home && echo mine >home/rc
			photo-init -q lib >out
			runs=lib/.dcim/runs
			printf '{"path":"b"}\n' | tee $runs/x.ndjson >$runs/20991231T235958Z.ndjson
			: >$runs/x.open
			echo 'echo pwned' >$runs/x.moved
			case $name in
			../../.dcim) mv lib/.dcim home/lib && ln -s "$T/home/lib" lib/.dcim ;;
			'') mv $runs home/lib && ln -s "$T/home/lib" $runs ;;
			*) rm -rf "$runs/$name" && strange $kind "$runs/$name" ;;
			esac
			before=$(find home -printf '%p %l\n' -type f -exec cat {} + | sort)
			for command in 'photo-import -q card lib' 'photo-import -n card lib' 'photo-import --runs lib' 'photo-init -q lib'; do
				rc=0
				timeout 30 $command >out 2>err </dev/null || rc=$?
				[ "$(find home -printf '%p %l\n' -type f -exec cat {} + | sort)" = "$before" ] ||
					{ echo "$command, $name, $kind"; find home -type f -exec grep . {} +; false; }
				[ $rc -lt 124 ] || { echo "$command, $name, $kind: $rc"; cat err; false; }
				case $kind,$name,$rc in
				folder,* | *,2) ;;
				*) echo "$command, $name, $kind: $rc"; cat err; false ;;
				esac
				[ $rc -ne 2 ] || [ "$(wc -l <err)" -eq 1 ] || { echo "$command, $name, $kind"; cat err; false; }
			done
			case $name in ../../.dcim | '') break ;; esac
		done
	done
}

@test "a library's config that is a link is read, and not written through" {
	mkdir home && photo-init -q lib >out
	echo '# mine' >home/config && ln -s "$T/home/config" lib/.dcim/config
	run -0 photo-init -q lib
	run -3 photo-init -q --portable-names lib
	[[ $output == *'.dcim/config is a symbolic link'* ]]
	[ "$(cat home/config)" = '# mine' ]
	rm lib/.dcim/config && mkfifo lib/.dcim/config
	run -2 timeout 30 photo-init -q --portable-names lib
}
