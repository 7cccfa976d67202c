/*
 * libexif sees a block only here, and only its first 64 KiB, in memory that is bounded (arena.h).  It copies what
 * entries point to, so that a block can ask for far more than its own size: then it gets nothing more, and the note is
 * shown as far as it came.
 */
#include "meta/notetags.h"

#include <libexif/exif-data.h>
#include <libexif/exif-mnote-data.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "meta/tags.h"
#include "media/text.h"
#include "run/json.h"

#define BLOCK_MAX 65535u  /* what libexif gets of a block */
#define HEADER "Exif\0\0" /* what it looks for in front of one */
#define HEADER_LEN 6

/* Whose note it is: what it begins with, or who made the camera. */
static const char *
note_group(const uint8_t *p, size_t len, const char *make)
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
	size_t i;

	for (i = 0; i < sizeof makers / sizeof makers[0]; i++) {
		size_t n = strlen(makers[i].begins);

		if (len >= n && memcmp(p, makers[i].begins, n) == 0)
			return makers[i].group;
	}
	for (i = 0; i < sizeof makers / sizeof makers[0]; i++) {
		if (strncmp(make, makers[i].begins, strlen(makers[i].begins)) == 0)
			return makers[i].group;
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
add_key(struct buf *out, const char *group, const char *name)
{
	buf_addc(out, '"');
	buf_adds(out, group);
	buf_addc(out, ':');
	for (; *name != '\0'; name++) {
		if ((*name >= '0' && *name <= '9') || (*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z'))
			buf_addc(out, *name);
	}
	buf_adds(out, "\":");
}

/* Appends a tag unless one of its name stands behind `first` already: libexif has some names twice. */
static void
add_tag(struct media_info *info, const char *group, const char *name, const char *value, size_t first)
{
	struct buf *out = info->tags, clean = {0};
	size_t before = out->len, key;

	json_comma(out);
	key = out->len;
	add_key(out, group, name);
	if (!out->failed && memmem(out->p + first, before - first, out->p + key, out->len - key) == NULL &&
	    text_add(&clean, value, strlen(value))) {
		json_quote(out, clean.p, clean.len);
	} else if (!out->failed) {
		out->len = before;
		out->p[before] = '\0';
	}
	out->failed |= clean.failed;
	buf_fini(&clean);
}

static void
add_note(struct media_info *info, ExifData *data, const char *group)
{
	ExifMnoteData *note = exif_data_get_mnote_data(data);
	unsigned n = note != NULL ? exif_mnote_data_count(note) : 0, i;
	size_t first = info->tags->len;
	char value[512];

	for (i = 0; i < n && i < NOTETAGS_MAX && info->tags->len < TAGS_TEXT_MAX; i++) {
		const char *name = exif_mnote_data_get_name(note, i);

		value[0] = '\0';
		if (name != NULL && exif_mnote_data_get_value(note, i, value, sizeof value) != NULL && is_value(value))
			add_tag(info, group, name, value, first);
	}
}

/* The block behind the header that libexif looks for; NULL: no memory, or it cannot be read. */
static uint8_t *
copy_block(struct ifd *ifd, size_t *len)
{
	uint64_t size = ifd->end - ifd->base;
	const uint8_t *p;
	uint8_t *copy;

	*len = size < BLOCK_MAX ? (size_t)size : BLOCK_MAX;
	if ((p = src_at(ifd->src, ifd->base, *len, ifd->why)) == NULL) {
		ifd->failed = ifd->why->code == FAIL_SYSTEM;
		return NULL;
	}
	if ((copy = malloc(HEADER_LEN + *len)) == NULL) {
		ifd->failed = true;
		fail_nomem(ifd->why);
		return NULL;
	}
	memcpy(copy, HEADER, HEADER_LEN);
	memcpy(copy + HEADER_LEN, p, *len);
	return copy;
}

static void
decode(struct arena *arena, struct media_info *info, const uint8_t *block, size_t len, const char *group)
{
	ExifMem *mem = arena_enter(arena);
	ExifData *data = mem != NULL ? exif_data_new_mem(mem) : NULL;

	if (data != NULL) {
		exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
		exif_data_unset_option(data, EXIF_DATA_OPTION_IGNORE_UNKNOWN_TAGS);
		exif_data_load_data(data, block, (unsigned)len);
		add_note(info, data, group);
	}
	arena_leave();
}

void
notetags_add(struct arena *arena, struct media_info *info, struct ifd *ifd, uint64_t note_at)
{
	const struct media_value *make = &info->field[MEDIA_MAKE];
	char maker[16] = "";
	uint8_t *block;
	size_t len;

	if (note_at < ifd->base || note_at - ifd->base > BLOCK_MAX || (block = copy_block(ifd, &len)) == NULL)
		return;
	if (make->kind == MEDIA_TEXT)
		snprintf(maker, sizeof maker, "%.*s", (int)make->len, info->text.p + make->at);
	note_at -= ifd->base;
	if (note_at + 8 <= len)
		decode(arena, info, block, HEADER_LEN + len, note_group(block + HEADER_LEN + note_at, 8, maker));
	free(block);
}
