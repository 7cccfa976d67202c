#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# deps -- what is missing is named, installed for nobody but root, and each set is what its part needs.
load helper
bats_require_minimum_version 1.5.0

# A folder that another user may enter.
setup_more() {
	open=$(mktemp -d "${TMPDIR:-/tmp}/deps.XXXXXX")
	chmod 777 "$open"
}

teardown() {
	rm -rf "$open"
}

# hide COMMAND... -- set `shown` to a folder of all commands but those.
hide() {
	shown=$open/shown
	mkdir -p "$shown"
	find /usr/bin /bin /usr/local/bin -maxdepth 1 ! -type d -exec ln -sf -t "$shown" {} + 2>/dev/null || true
	(cd "$shown" && rm -f "$@")
}

# ordinary COMMAND... -- run it as a user who may nothing; root becomes one.
ordinary() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups --no-new-privs "$@"
	else
		"$@"
	fi
}

# commands SET -- those that tests/deps looks for in it, its own only.
commands() {
	sed -n "/^$1() {/,/^}/s/^	have \([a-z0-9]*\) .*/\1/p" "$ROOT/tests/deps"
}

@test "what is missing is listed, by set" {
	hide jq bats ffmpeg
	PATH=$shown run -0 sh "$ROOT/tests/deps" --list build
	[[ " $output " != *' jq '* ]]
	[[ " $output " != *' ffmpeg '* ]]
	PATH=$shown run -0 sh "$ROOT/tests/deps" --list build demo
	[[ " $output " == *' ffmpeg '* ]]
	[[ " $output " != *' jq '* ]]
	PATH=$shown run -0 sh "$ROOT/tests/deps" --list check
	[[ " $output " == *' ffmpeg '* ]] && [[ " $output " == *' jq '* ]] && [[ " $output " == *' bats '* ]]
}

@test "a header that is missing is listed" {
	printf '#!/bin/sh\ngrep -q expat && exit 1\nexit 0\n' >cc
	chmod 755 cc
	CC=$PWD/cc run -0 "$ROOT/tests/deps" --list build
	[ "$output" = libexpat1-dev ]
}

@test "an ordinary user is told the line to type, and nothing is run" {
	hide jq
	for command in apt-get sudo; do
		rm -f "$shown/$command"
		printf '#!/bin/sh\necho "%s $*"\n' "$command" >"$shown/$command"
		chmod 755 "$shown/$command"
	done
	PATH=$shown run -1 --separate-stderr ordinary /bin/sh -s check <"$ROOT/tests/deps"
	[ -z "$output" ]
	[[ $stderr == *$'\n    sudo apt-get install '*jq* ]]
}

@test "root gets it installed" {
	hide jq
	rm -f "$shown/apt-get" "$shown/id"
	printf '#!/bin/sh\necho "apt-get $*" >>%s/ran\n' "$T" >"$shown/apt-get"
	printf '#!/bin/sh\necho 0\n' >"$shown/id"
	chmod 755 "$shown/apt-get" "$shown/id"
	PATH=$shown run -0 sh "$ROOT/tests/deps" check
	[[ $(cat ran) == 'apt-get -qq update'*'apt-get -qq install -y '*jq* ]]
}

@test "where there is no apt-get, the packages are named" {
	hide jq apt-get
	PATH=$shown run -1 --separate-stderr sh "$ROOT/tests/deps" check
	[[ $stderr == *' what Debian calls: '*jq* ]]
}

@test "an unknown set is a usage error" {
	run -2 "$ROOT/tests/deps" everything
}

@test "the demo needs its own set only, no root, no home" {
	plain
	for command in $(commands demo); do need "$command"; done
	# shellcheck disable=SC2046
	hide $(commands check) apt-get sudo
	mkdir "$open/build" "$open/tests"
	chmod 777 "$open/build"
	cp -r "$BIN" "$open/build/bin"
	cp "$ROOT/tests/demo" "$ROOT/tests/make-pictures" "$open/tests"
	(cd "$open" && ordinary env -i PATH="$shown" sh tests/demo build no-corpus) >out 2>&1 || { cat out; false; }
	grep -q ' copied' out
	grep -q ' -> 2018/2018-12-24/DSC_0001.JPG' out
}
