#!/usr/bin/env bats
# bats file_tags=no-races,scripts
# install -- what make puts where, that it works from there, and that uninstall takes all of it back.
load helper
bats_require_minimum_version 1.5.0

@test "install, use, uninstall" {
	need make jq
	make -s -C "$ROOT" B="${BIN%/bin}" DESTDIR="$T/inst" PREFIX=/usr install
	for p in "$BIN"/*; do
		p=${p##*/}
		[ -x "inst/usr/bin/$p" ] && [ -f "inst/usr/share/man/man1/$p.1" ] || { echo "$p"; false; }
	done
	[ -f inst/usr/share/man/man7/dcim-utils.7 ]
	[ -f inst/usr/share/man/man5/dcim-records.5 ]
	cmp "$ROOT/share/dcim-utils/record.schema.json" inst/usr/share/dcim-utils/record.schema.json
	for e in "$ROOT"/examples/*; do
		cmp "$e" "inst/usr/share/doc/dcim-utils/examples/${e##*/}"
	done
	mkdir src && echo x >src/x.txt
	PATH=$T/inst/usr/bin:/usr/bin:/bin photo-init -q lib >/dev/null
	PATH=$T/inst/usr/bin:/usr/bin:/bin photo-import -q --all-files src lib >/dev/null
	PATH=$T/inst/usr/bin:/usr/bin:/bin inst/usr/share/doc/dcim-utils/examples/checksums lib | sha256sum -c --quiet
	cmp src/x.txt lib/undated/x.txt
	make -s -C "$ROOT" B="${BIN%/bin}" DESTDIR="$T/inst" PREFIX=/usr uninstall
	[ -z "$(find inst -type f)" ]
}
