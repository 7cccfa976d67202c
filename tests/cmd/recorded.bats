#!/usr/bin/env bats
# bats file_tags=no-races
# recorded -- whether a record's file is still there, and still the one: all who are asked give the same answer.
load helper
bats_require_minimum_version 1.5.0

setup_more() {
	need jq sqlite3
	mkdir -p lib/.dcim
	DB=lib/.dcim/hash.db
}

# ---- the same file ----

# answers FILE-TIME RECORD-TIME -- what each program says of a file with one time to a record with the other.
answers() {
	rm -rf lib card out && mkdir -p lib/.dcim card out
	for file in lib/a card/b; do echo $file >$file && touch -d "$1" $file; done
	file-hash lib/a | jq -c --arg t "$2" '.mtime = $t' >rec
	file-hash card/b | place-file -q -t lib --template='{name}' --undated='{name}' --verify=readback | hashdb-merge "$DB" |
		jq -c --arg t "$2" '.mtime = $t' >placed
	hashdb-merge "$DB" <rec >merged
	file-hash -q <rec | jqr '.error.code // "same"'
	jq -c 'del(.hash)' rec | place-file -q -t out --template='{name}' --undated='{name}' | jqr '.error.code // "same"'
	hashdb-lookup --by=path "$DB" <<<'{"path":"lib/a"}' | jqr .db.status
	jq -c 'del(.mtime, .size)' rec | hashdb-lookup "$DB" | jqr .db.status
	echo LIB/A >lib/a && touch -d "$1" lib/a
	file-hash --verify <rec | jqr .verify
	[ "$(jqr .place.verified placed)" != readback ] || source-remove -q <placed | jqr '.place.reason // "removed"'
}

@test "of one size, and of times that are equal as the coarser file system counts them: the same file, for everyone" {
	while read -r file record; do
		answers "2020-05-01T10:00:$file" "2020-05-01T10:00:$record" >said 2>err || true
		case $(xargs <said) in
		'same same known known corrupt' | 'same same known known corrupt removed') ;;
		*) echo "$file is $record"; cat said err; false ;;
		esac
	done <<-'end'
		06.123456789Z 06.123456789Z
		06.123456789Z 06.000000000Z
		06.123456789Z 06Z
		07.000000000Z 06.987654321Z
		06.123456789Z 06.123456700Z
		06.123456789Z 06.120000000Z
		07.900000000Z 06.000000000Z
		06.000000000Z 07.900000000Z
	end
}

@test "of another time: another file, for everyone" {
	while read -r file record; do
		answers "2020-05-01T10:00:$file" "2020-05-01T10:00:$record" >said 2>err || true
		case $(xargs <said) in
		'ECHANGED ECHANGED new damaged modified' | 'ECHANGED ECHANGED new damaged modified changed') ;;
		*) echo "$file is not $record"; cat said err; false ;;
		esac
	done <<-'end'
		06.123456789Z 06.123456788Z
		06.123456789Z 09.000000000Z
		06.123456789Z 05Z
		06.123456789Z 06.123457900Z
		07.000000000Z 09.000000000Z
	end
}

# ---- the file has gone ----

# There is a record of lib/sub/a, which lacks a digest that the database needs, and a copy of it in x.
record_one() {
	mkdir -p lib/sub
	printf content >lib/sub/a && cp -p lib/sub/a x
	printf other >lib/b
	file-hash lib/sub/a lib/b | hashdb-merge --root=lib "$DB" >rec
	hashdb-merge -q --require=md5 "$DB" </dev/null
	file-hash -a md5,xxh128 x >ask
}

# In place of lib/sub/a, or of its folder, stands what the commands of $1 make; each says what it takes that for.
asked() {
	rm -rf lib/sub && mkdir lib/sub
	eval "$1"
	head -n 1 rec | file-hash -q --verify | jqr '.verify + (.error.code // "")'
	hashdb-lookup -q "$DB" <ask | jqr '.db.status // .error.code'
	hashdb-list -0q --relative --lacking "$DB" | tr '\0' ' ' | grep -q sub/a && echo there || echo missing
	hashdb-list -0q --relative --gone "$DB" | tr '\0' ' ' | grep -q sub/a && echo missing || echo there
}

@test "what is no regular file, links followed, has gone, for everyone" {
	record_one
	for what in : 'rmdir lib/sub' 'rmdir lib/sub; printf x >lib/sub' 'mkdir lib/sub/a' 'mkfifo lib/sub/a' \
		'ln -s nowhere lib/sub/a' 'ln -s a lib/sub/a' 'ln -s . lib/sub/a' 'rmdir lib/sub; ln -s sub lib/sub' \
		'rmdir lib/sub; ln -s nowhere lib/sub'; do
		[ "$(asked "$what" | xargs)" = 'missing missing missing missing' ] || { echo "$what"; asked "$what"; false; }
	done
}

@test "a link to the file has not gone, yet is not what was recorded" {
	record_one
	[ "$(asked 'ln -s ../../x lib/sub/a' | xargs)" = 'ok damaged there there' ]
}

@test "what cannot be looked at has not gone: an error" {
	record_one
	long=$(printf 'x%.0s' {1..300}) # more than any file system takes
	hashdb-merge -q --forget-missing "$DB" <<<"$(jq -c '. + {verify: "missing"}' rec)" >out
	file-hash -a md5,xxh128 lib/sub/a | jq -c --arg p "lib/$long" '.path = $p' | hashdb-merge "$DB" >at
	hashdb-merge -q --require=sha1 "$DB" </dev/null
	run -1 --separate-stderr file-hash --verify <at
	[ "$(jqr '.verify + " " + .error.code' <<<"$output")" = 'unreadable ENAMETOOLONG' ]
	run -1 --separate-stderr hashdb-lookup "$DB" <ask
	[ "$(jqr '(.db // "nothing") + " " + .error.op + " " + .error.code' <<<"$output")" = 'nothing stat ENAMETOOLONG' ]
	[[ $stderr == "hashdb-lookup: x: cannot tell whether lib/xxx"* ]]
	hashdb-list -0q --relative --lacking "$DB" | tr '\0' '\n' | grep -qx "$long"
	hashdb-list -0q --relative --gone "$DB" | tr '\0' '\n' | grep -qx "$long"
	# who has it is asked all the same
	cp x lib/c && file-hash -a md5,xxh128,sha1 lib/c | hashdb-merge "$DB" >out
	[ "$(hashdb-lookup "$DB" <ask | jqr '.db.status + .db.path')" = knownc ]
}
