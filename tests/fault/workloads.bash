# workloads -- what the rig lets fail: each begins with a fresh `card` and `lib` (and `other`) in the current folder, and
# is one command, which given again completes what a fault has left.
#
# make_NAME prepares; command_NAME prints the command; programs_NAME says whose calls fail one by one.
WORKLOADS='pipe import move mirror init undo repair'

# card FOLDER SALT -- fourteen files: a RAW with its JPEG and sidecar, a Live Photo, three of one name on one day, a
# content twice, one without a date, a film, and no media.
card() {
	local s=$2
	{
		made "$1/a/IMG_1.JPG" jpeg text="1$s" && made "$1/a/IMG_1.CR2" cr2 text="2$s"
		printf '%s\0' "$1/a/IMG_1.xmp" text "text=<x:xmpmeta xmlns:x=\"adobe:ns:meta/\"/><!-- $s -->" ''
		made "$1/a/IMG_5.HEIC" heic id="ID$s" text="3$s" && made "$1/a/IMG_5.MOV" film id="ID$s" utc=2024-05-01T12:00:00Z text="4$s"
		made "$1/a/IMG_2.JPG" jpeg text="5$s" && made "$1/b/IMG_2.JPG" jpeg text="6$s" && made "$1/c d/IMG_2.JPG" jpeg text="7$s"
		made "$1/a/IMG_3.JPG" jpeg text="8$s" && made "$1/b/IMG_4.JPG" jpeg text="8$s"
		made "$1/c d/MVI_6.MP4" film utc=2024-05-02T10:00:00Z text="9$s"
		printf '%s\0' "$1/b/plain.jpg" text "text=no date $s" '' "$1/b/notes.txt" text "text=notes $s" ''
		made "$1/größe.jpg" jpeg text="10$s"
	} | make-media
	find "$1" -type f -exec touch -d 2024-05-01T12:00:00Z {} +
}

made() { printf '%s\0' "$1" "$2" make=Canon model=EOS taken='2024:05:01 12:00:00' "${@:3}" ''; }

# old_library -- lib, with what another card brought under the same names.
old_library() {
	photo-init -q lib
	card old ' of old'
	photo-import -q -j1 old lib
	rm -r old
}

make_pipe() {
	old_library
	card card ''
	make_records
}
make_records() {
	find card -type f -print0 | LC_ALL=C sort -z | exif-read -q -j1 | file-hash -q -j1 >records
}
command_pipe() {
	echo 'hashdb-lookup -q -j1 lib/.dcim/hash.db <records | place-file -q -j1 --to=lib | tee -a placed |
		hashdb-merge -q -j1 --log=lib/.dcim/runs/20300101T000000Z.ndjson lib/.dcim/hash.db >>merged'
}
programs_pipe() { echo place-file hashdb-merge; }

# No content is there twice: nothing but its own flush makes a folder durable.
make_unlike() {
	old_library
	card card ''
	rm card/b/IMG_4.JPG
	make_records
}
command_unlike() { command_pipe; }
programs_unlike() { programs_pipe; }

# The card lies on another file system, if `small` says so.
make_across() { make_pipe; }
command_across() { command_pipe | sed 's/place-file/& --move/'; }
programs_across() { programs_pipe; }

make_import() {
	old_library
	card card ''
}
command_import() { echo 'exec photo-import -q -j1 card lib'; }
programs_import() { echo all; }

make_move() { make_import; }
command_move() { echo 'exec photo-import -q -j1 --move card lib'; }
programs_move() { echo all; }

# The mirror is the other disk, which has another card's files too.
make_mirror() {
	make_import
	cp -a lib other
}
command_mirror() { echo 'exec photo-import -q -j1 --mirror=other card lib'; }
programs_mirror() { echo all; }

make_init() { card lib ''; }
command_init() { echo 'exec photo-init -q -j1 lib'; }
programs_init() { echo all; }

# One that was deleted from the card since has its only copy in the library.
make_undo() {
	make_import
	photo-import -q -j1 card lib
	set -- lib/.dcim/runs/*.ndjson
	shift $(($# - 1))
	basename "$1" .ndjson >run
	rm 'card/c d/MVI_6.MP4'
}
command_undo() { echo "exec photo-import -q -j1 --undo=$(cat run) lib"; }
programs_undo() { echo all; }

# One has rotted, one has gone.
make_repair() {
	local rotten=lib/2024/2024-05-01/IMG_1.JPG
	old_library
	cp -a lib other
	cp -p $rotten kept
	printf X | dd of=$rotten bs=1 seek=30 conv=notrunc status=none
	touch -r kept $rotten
	rm kept lib/2024/2024-05-01/IMG_3.JPG
}
command_repair() { echo 'exec photo-verify -q -j1 --repair=other lib'; }
programs_repair() { echo all; }
