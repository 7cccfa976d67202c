/*
 * libexif sees a block only here, and never more than 64 KiB, in memory that is bounded (arena.h).  It copies what
 * entries point to, so that a block can ask for far more than its own size: then it gets nothing more, and the note is
 * shown as far as it came.
 */
#include "meta/exif/makernote-tags.h"

#include <libexif/exif-data.h>
#include <libexif/exif-mnote-data.h>
#include <stdlib.h>
#include <string.h>

#include "meta/exif/makernote-block.h"
#include "meta/exif/tags.h"

#define BLOCK_MAX 65528u  /* what libexif gets of a block; with the header it takes no more than 65534 */
#define HEADER "Exif\0\0" /* what it looks for in front of one */
#define HEADER_LEN 6
#define NOTE_MIN 8

/* Whose note it is: what it begins with, or who made the camera. */
static const char *
note_group(const uint8_t *p, size_t len, struct slice make)
{
	static const struct {
		const char *begins, *group;
	} makers[] = {
	    {"Apple", "Apple"},
	    {"Canon", "Canon"},
	    {"CASIO", "Casio"},
	    {"QVC", "Casio"},
	    {"EPSON", "Epson"},
	    {"FUJI", "FujiFilm"},
	    {"Nikon", "Nikon"},
	    {"NIKON", "Nikon"},
	    {"OLYMP", "Olympus"},
	    {"OM SYS", "Olympus"},
	    {"AOC", "Pentax"},
	    {"PENTAX", "Pentax"},
	    {"Asahi", "Pentax"},
	    {"SANYO", "Sanyo"},
	};
	const size_t n_makers = sizeof makers / sizeof makers[0];
	struct slice note = {(const char *)p, len};
	size_t i;

	for (i = 0; i < 2 * n_makers; i++) {
		struct slice s = i < n_makers ? note : make;
		size_t n = strlen(makers[i % n_makers].begins);

		if (s.len >= n && memcmp(s.p, makers[i % n_makers].begins, n) == 0)
			return makers[i % n_makers].group;
	}
	return "MakerNote";
}

/* libexif tells some failures as if they were values. */
static bool
is_value(const char *text)
{
	return *text != '\0' && strncmp(text, "Invalid ", 8) != 0 && strncmp(text, "Unknown value", 13) != 0 &&
	       strstr(text, "unknown data") == NULL;
}

static void
add_note(struct reader *r, ExifData *data, const char *group)
{
	ExifMnoteData *note = exif_data_get_mnote_data(data);
	unsigned n = note != NULL ? exif_mnote_data_count(note) : 0, i;
	char value[512];

	for (i = 0; i < n && i < MAKERNOTE_TAGS_MAX; i++) {
		const char *name = exif_mnote_data_get_name(note, i);

		value[0] = '\0';
		if (name != NULL && exif_mnote_data_get_value(note, i, value, sizeof value) != NULL && is_value(value))
			tags_text(r, group, (struct slice){name, strlen(name)}, value, strlen(value));
	}
}

static void
decode(struct reader *r, struct arena *arena, const uint8_t *block, size_t len, const char *group)
{
	ExifMem *mem = arena_enter(arena);
	ExifData *data = mem != NULL ? exif_data_new_mem(mem) : NULL;

	if (data != NULL) {
		exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
		exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
		exif_data_load_data(data, block, (unsigned)len);
		add_note(r, data, group);
	}
	arena_leave();
}

/* The block that libexif gets at `out`: the first bytes of the real one, or one made for a note that lies far back.
 * Returns its length, 0 where it cannot be read; *note is where the note is in it. */
static size_t
fill_block(struct ifd *ifd, uint64_t note_at, uint64_t note_len, uint8_t *out, size_t *note)
{
	uint64_t size = ifd->end - ifd->base, offset = note_at - ifd->base;
	bool alone = ifd->ndirs > 0 && ifd->dir[0].at == note_at; /* as CR3 has it: a note that is all of a block */
	bool near = !alone && note_len <= size - offset && note_len <= BLOCK_MAX && offset <= BLOCK_MAX - note_len;
	uint64_t want = near ? size : note_len;
	struct reader quiet = *ifd->r;
	const uint8_t *p;
	size_t len;

	quiet.info = NULL;
	p = reader_some(&quiet, near ? ifd->base : note_at, want < BLOCK_MAX ? (size_t)want : BLOCK_MAX, &len);
	ifd->r->failed = quiet.failed;
	if (p == NULL || len < NOTE_MIN || (near && offset > len - NOTE_MIN))
		return 0;
	*note = near ? (size_t)offset : MAKERNOTE_BLOCK_AT;
	if (!near)
		return makernote_block_fill(out, BLOCK_MAX, ifd, &(struct makernote_bytes){p, len, offset});
	memcpy(out, p, len);
	return len;
}

void
makernote_tags_add(struct ifd *ifd, uint64_t note_at, uint64_t note_len, struct arena *arena)
{
	struct slice make = media_text(ifd->r->info, MEDIA_MAKE);
	size_t len, note;
	uint8_t *block;

	if (note_at < ifd->base || note_at >= ifd->end)
		return;
	if ((block = malloc(HEADER_LEN + BLOCK_MAX)) == NULL) {
		reader_nomem(ifd->r);
		return;
	}
	memcpy(block, HEADER, HEADER_LEN);
	if ((len = fill_block(ifd, note_at, note_len, block + HEADER_LEN, &note)) > 0)
		decode(ifd->r, arena, block, HEADER_LEN + len, note_group(block + HEADER_LEN + note, NOTE_MIN, make));
	free(block);
}
