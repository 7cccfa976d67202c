/*
 * Makers count offsets from the note, or from the block.  The latter's notes are moved: an offset into the note is
 * rewritten, any other is left to point nowhere, as it did before.
 *
 * Source: CIPA DC-008 (Exif 3.0), 4.6.2; libexif's mnote-*.c for which makers count from where.
 */
#include "meta/exif/makernote-block.h"

#include <string.h>

#define NAME_MAX 64 /* of make and model */

enum {
	AT_IFD0 = 8,
	AT_EXIF = AT_IFD0 + 2 + 3 * 12 + 4,
	AT_MAKE = AT_EXIF + 2 + 12 + 4,
	AT_MODEL = AT_MAKE + NAME_MAX,
	AT_NOTE = MAKERNOTE_BLOCK_AT
};

_Static_assert(AT_NOTE == AT_MODEL + NAME_MAX, "the note stands behind the names");

static void
put(const struct ifd *ifd, uint8_t *p, uint32_t v, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		p[i] = (uint8_t)(v >> 8 * (ifd->big_endian ? size - 1 - i : i));
}

static void
put_entry(const struct ifd *ifd, uint8_t *p, const uint32_t entry[4])
{
	put(ifd, p, entry[0], 2);
	put(ifd, p + 2, entry[1], 2);
	put(ifd, p + 4, entry[2], 4);
	put(ifd, p + 8, entry[3], 4);
}

/* A field's text at an offset of the block, cut to its room.  Returns its length with the NUL. */
static uint32_t
put_name(uint8_t *p, const struct media_info *info, enum media_field f)
{
	struct slice text = media_text(info, f);
	size_t len = text.len < NAME_MAX ? text.len : NAME_MAX - 1;

	memset(p, 0, NAME_MAX);
	memcpy(p, text.p, len);
	return len < 4 ? 5 : (uint32_t)len + 1; /* over four bytes, so that it stands where its entry says */
}

/* Where the directory begins in notes that count from the block; false for all others. */
static bool
counts_from_block(const uint8_t *note, size_t len, const struct media_info *info, size_t *dir)
{
	static const struct {
		const char *begins;
		size_t len, dir;
	} makers[] = {
	    {"AOC\0", 4, 6},
	    {"OLYMP\0", 6, 8},
	    {"EPSON\0", 6, 8},
	    {"SANYO\0", 6, 8},
	    {"QVC\0", 4, 6},
	};
	size_t i;

	for (i = 0; i < sizeof makers / sizeof makers[0]; i++) {
		if (len > makers[i].dir && memcmp(note, makers[i].begins, makers[i].len) == 0) {
			*dir = makers[i].dir;
			return true;
		}
	}
	*dir = 0;
	return slice_eq(media_text(info, MEDIA_MAKE), "Canon");
}

static void
move_offsets(const struct ifd *ifd, uint8_t *note, size_t len, size_t dir, uint64_t from)
{
	uint8_t *p = note + dir + 2;
	size_t n, i;

	if (len < dir + 2)
		return;
	n = ifd_get16(ifd, note + dir);
	for (i = 0; i < n && (size_t)(note + len - p) >= 12; i++, p += 12) {
		uint64_t bytes = (uint64_t)ifd_get32(ifd, p + 4) * ifd_type_size(ifd_get16(ifd, p + 2));
		uint32_t offset = ifd_get32(ifd, p + 8);

		if (bytes > 4)
			put(ifd, p + 8,
			    offset >= from && offset - from < len ? (uint32_t)(offset - from) + AT_NOTE : 0xffffffff,
			    4);
	}
}

size_t
makernote_block_fill(uint8_t *out, size_t max, const struct ifd *ifd, const struct makernote_bytes *note)
{
	const struct media_info *info = ifd->r->info;
	uint32_t len = (uint32_t)(note->len < max - AT_NOTE ? note->len : max - AT_NOTE);
	uint32_t make = put_name(out + AT_MAKE, info, MEDIA_MAKE), model = put_name(out + AT_MODEL, info, MEDIA_MODEL);
	uint8_t *entry = out + AT_IFD0 + 2;
	size_t dir;

	memset(out, 0, AT_MAKE);
	memcpy(out, ifd->big_endian ? "MM" : "II", 2);
	put(ifd, out + 2, 42, 2);
	put(ifd, out + 4, AT_IFD0, 4);
	put(ifd, out + AT_IFD0, 3, 2);
	put_entry(ifd, entry, (const uint32_t[]){0x010f, IFD_ASCII, make, AT_MAKE});
	put_entry(ifd, entry + 12, (const uint32_t[]){0x0110, IFD_ASCII, model, AT_MODEL});
	put_entry(ifd, entry + 24, (const uint32_t[]){0x8769, IFD_LONG, 1, AT_EXIF});
	put(ifd, out + AT_EXIF, 1, 2);
	put_entry(ifd, out + AT_EXIF + 2, (const uint32_t[]){0x927c, IFD_UNDEFINED, len, AT_NOTE});
	memcpy(out + AT_NOTE, note->p, len);
	if (counts_from_block(note->p, len, info, &dir))
		move_offsets(ifd, out + AT_NOTE, len, dir, note->offset);
	return AT_NOTE + len;
}
