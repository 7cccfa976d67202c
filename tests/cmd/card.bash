# card -- for files whose tests want the made-up card: it is made once for a file, and a test has a copy of its own.
setup_file() {
	"$BATS_TEST_DIRNAME/../make-pictures" "$BATS_FILE_TMPDIR/card"
}

# copy_card [NAME] -- in the current folder.
copy_card() { cp -a "$BATS_FILE_TMPDIR/card" "${1:-card}"; }
