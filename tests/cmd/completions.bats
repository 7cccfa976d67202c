#!/usr/bin/env bats
# bats file_tags=no-races
# completions -- what bash, zsh and fish offer for the values of options, each asked in a shell as a user has it.
load helper
bats_require_minimum_version 1.5.0

# What is typed # what is offered among others # what is not.  A line of bash or zsh has all that was offered; of fish,
# each with what is before it in its word.
questions() {
	cat <<-'END'
		exif-read --date # --date-from #
		exif-read --progress=a # auto always # never
		exif-read --date-from=exif, # exif,sidecar-xmp exif,xmp # exif,exif
		exif-read -C zo # zones #
		file-hash --algorithm=x # xxh128 xxh3 xxh64 # sha256
		file-hash -a sha256,sha # sha256,sha1 sha256,sha512 # sha256,sha256
		file-hash -ax # xxh128 xxh3 # sha1
		file-hash --budget= #  # records.ndjson Library
		place-file --verify= # stream readback #
		place-file --durable f # file # batch
		place-file --tz=Europe/B # Europe/Berlin Europe/Brussels # Europe/Paris
		place-file --tz= # Europe UTC # posix zone.tab
		place-file --template='{ta # {taken} {taken: {taken_from} {tags. # {name} {lens}
		place-file --template='{taken:%Y}/{make|le # lens} # name
		place-file --template='{source. # {source.volume} {source.path} # {name}
		place-file --template='{hash.xxh # {hash.xxh128} # {hash.sha1}
		place-file --template='{taken:%Y- # {taken:%Y-%m} {taken:%Y-%m-%d} # lower
		place-file --template '{mo # {model} {motion_photo} #
		hashdb-lookup --by= # hash source path #
		hashdb-list Li # Library/.dcim/hash.db # records.ndjson
		hashdb-merge --require=s # sha256 sha1 sha512 # md5
		record-paths -m place. # place.to place.source # path
		photo-import --undo=2 # 20260101T000000Z 20260102T000000Z-1 # 20260103T000000Z x last
		photo-import card Other --undo= # last 20260104T000000Z # 20260101T000000Z
		photo-import card "Mum's" --undo= # last 20260105T000000Z # 20260101T000000Z
		photo-import card Mum\'s --undo= # last 20260105T000000Z # 20260101T000000Z
		photo-import --mirror=Li # Library # records.ndjson
		photo-import --through=record-pa # record-paths #
		photo-verify  # Library Other # records.ndjson
		photo-report r # records.ndjson # Library
	END
}

# A library with runs, the third an undo and one with a name that a shell would obey; zones; and the programs, installed
# where no shell looks for their completions.
setup_file() {
	[ -n "${DCIM_SAN-}" ] || make -s -C "$BATS_TEST_DIRNAME/../.." B="${BIN%/bin}" DESTDIR="$BATS_FILE_TMPDIR" PREFIX=/opt/dcim-utils install
}

setup_more() {
	plain
	installed=$BATS_FILE_TMPDIR/opt/dcim-utils
	mkdir -p home card Library/.dcim/runs Other/.dcim/runs zones/Europe zones/posix/Europe
	touch records.ndjson Library/.dcim/hash.db zones/Europe/{Berlin,Brussels,Paris} zones/{UTC,zone.tab} zones/posix/Europe/Berlin
	for run in 20260101T000000Z 20260102T000000Z-1 20260103T000000Z '2$(x)'; do
		touch "Library/.dcim/runs/$run.ndjson"
		echo 'summary = 1 file, 1 kB: 1 copied' >"Library/.dcim/runs/$run.info"
	done
	echo 'undo = 20260101T000000Z' >>Library/.dcim/runs/20260103T000000Z.info
	touch Other/.dcim/runs/20260104T000000Z.ndjson
	mkdir -p "Mum's/.dcim/runs"
	touch "Mum's/.dcim/runs/20260105T000000Z.ndjson"
	ln -s Library "Dad's"
	questions | sed -E 's/ # (.*) #( |$)/#\1#/' >table
	cut -d '#' -f 1 table >asked
	export PATH=$installed/bin:/usr/bin:/bin HOME=$T/home TERM=xterm XDG_CONFIG_HOME=$T/home/.config DCIM_LIBRARY="$T/Dad's" TZDIR=$T/zones
	unset XDG_DATA_HOME XDG_DATA_DIRS
}

# said PATTERN -- the line of README that has it, for where these are installed.
said() {
	sed -n "s|/opt/dcim-utils|$installed|g; s/^    \(.*$1.*\)/\1/p" "$ROOT/README" | grep .
}

# type_into COMMAND... -- start a shell that makes `ready` when it reads keys, give it what is asked, each with the keys that
# insert all that is offered, and those that append the line to `answers`.
type_into() {
	mkfifo keys
	script -qec "$*" /dev/null <keys >screen 2>&1 3>&- &
	exec 7>keys
	wait_until [ -e ready ]
	while IFS= read -r line; do
		printf '%s\030a\030b' "$line" >&7
	done <asked
	printf 'exit\n' >&7
	exec 7>&-
	wait $!
}

# judge -- the answers against the table.
judge() {
	local answer typed good bad word wrong=
	[ "$(wc -l <answers)" -eq "$(wc -l <table)" ] || { cat screen answers; false; }
	while IFS='#' read -r typed good bad <&8 && IFS= read -r answer <&9; do
		for word in $good; do
			[[ $answer == *"$word"* ]] || wrong+="$typed: no $word in: $answer"$'\n'
		done
		for word in $bad; do
			[[ ${answer#"$typed"} != *"$word"* ]] || wrong+="$typed: $word in: $answer"$'\n'
		done
	done 8<table 9<answers
	[ -z "$wrong" ] || { echo "$wrong"; false; }
}

ask_bash() {
	cat >bashrc <<-'END'
		. /usr/share/bash-completion/bash_completion
		stty -icanon -echo
		PS1=
		bind 'set completion-query-items 0'
		bind '"\C-xa": insert-completions'
		bind -x '"\C-xb": printf "%s\n" "$READLINE_LINE" >>answers; READLINE_LINE= READLINE_POINT=0'
		: >ready
	END
	type_into bash --noprofile --rcfile bashrc -i
}

@test "bash, from a folder that is named to it" {
	need script
	[ -e /usr/share/bash-completion/bash_completion ] || skip "bash-completion is not installed"
	eval "$(said XDG_DATA_DIRS)"
	ask_bash
	judge
}

@test "bash and fish look below the home folder by themselves" {
	need script
	mkdir -p home/.local
	ln -s "$installed/share" home/.local/share
	grep -F -e exif-read -e 'file-hash --algorithm' table >few
	mv few table
	cut -d '#' -f 1 table >asked
	if [ -e /usr/share/bash-completion/bash_completion ]; then
		ask_bash
		judge
	fi
	need fish
	ask_fish
	judge
}

@test "zsh, from a folder that is named to it" {
	need script zsh
	echo 'place-file --template=#\{taken} \{model}#' >>table # so that the next Tab goes on from there
	echo 'place-file --template=' >>asked
	mkdir zdot
	{
		said fpath
		cat <<-'END'
			autoload -Uz compinit && compinit -u -D
			stty -icanon -echo
			PS1=
			bindkey -e
			all() { comppostfuncs=(insert_all); _main_complete }
			insert_all() { compstate[insert]=all compstate[list]= }
			record() { print -r -- $BUFFER >>answers; BUFFER= }
			zle -C all complete-word all
			zle -N record
			bindkey '^Xa' all
			bindkey '^Xb' record
			: >ready
		END
	} >zdot/.zshrc
	ZDOTDIR=zdot type_into zsh -d -i
	judge
}

ask_fish() {
	fish -c 'while read -l line; echo : (complete -C $line | string replace -r "\t.*" ""); end <asked' >answers
}

@test "fish, from a folder that is named to it" {
	need fish
	eval "$(said XDG_DATA_DIRS)"
	ask_fish
	judge
}

@test "a value of a kind that is not known is an error, not a value without completion" {
	mkdir programs
	printf '#!/bin/sh\necho "usage: prog [OPTION...] THING"\n' >programs/prog
	chmod 755 programs/prog
	run -1 --separate-stderr "$ROOT/completions/generate" programs out
	[[ $stderr == *THING*prog* ]]
}
