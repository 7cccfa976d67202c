/*
 * The major brand says what a file is; where it is unknown or says no more than "images of some coding", the
 * compatible brands do.  A file whose first box has no known brand at all is still ISO base media, mp4.
 */
#include "format/bmff/bmff.h"

#include <string.h>

#include "format/bmff/box.h"

static const struct kind {
	const char *brand; /* a prefix where shorter than four */
	const char *type;
} kinds[] = {
    {"qt  ", "mov"},
    {"mqt ", "mov"},
    {"isom", "mp4"},
    {"iso", "mp4"},
    {"mp4", "mp4"},
    {"avc1", "mp4"},
    {"XAVC", "mp4"},
    {"MSNV", "mp4"},
    {"dash", "mp4"},
    {"M4V", "m4v"},
    {"M4", "m4a"},
    {"3g2", "3g2"},
    {"3g", "3gp"}, /* p: basic, r: progressive download, s: streaming, e: extended … */
    {"KDDI", "3g2"},
    {"crx ", "cr3"},
    {"heic", "heic"},
    {"heix", "heic"},
    {"heim", "heic"},
    {"heis", "heic"},
    {"hevc", "heic"},
    {"hevx", "heic"},
    {"hevm", "heic"},
    {"hevs", "heic"},
    {"avif", "avif"},
    {"avis", "avif"},
    {"jxl ", "jxl"},
    {"j2ki", "heif"},
};

/* Brands that leave the coding open. */
static const struct kind open_kinds[] = {
    {"mif", "heif"},
    {"msf1", "heif"},
};

static const char *
find_type(const struct kind *table, size_t n, const uint8_t *brand)
{
	for (size_t i = 0; i < n; i++)
		if (memcmp(table[i].brand, brand, strlen(table[i].brand)) == 0)
			return table[i].type;
	return NULL;
}

#define FIND(table, brand) find_type(table, sizeof(table) / sizeof((table)[0]), brand)

static const char *
by_brands(const uint8_t *head, size_t len)
{
	const char *open_type, *also_open = NULL, *type = FIND(kinds, head + 8);
	uint32_t size = src_be32(head);

	if (type != NULL)
		return type;
	open_type = FIND(open_kinds, head + 8);
	if (size < len)
		len = size;
	/* From the minor version on, which mif3 uses for a brand. */
	for (size_t at = 12; type == NULL && at + 4 <= len; at += 4) {
		type = FIND(kinds, head + at);
		if (type != NULL && open_type != NULL && !media_is_picture(type))
			type = NULL;
		if (also_open == NULL)
			also_open = FIND(open_kinds, head + at);
	}
	if (open_type == NULL)
		open_type = also_open;
	return type != NULL ? type : open_type != NULL ? open_type : "mp4";
}

/* QuickTime files older than ftyp begin with any of these; text can have such a word at its fifth letter, but then
 * the size is made of letters, too. */
static bool
is_old_movie(const uint8_t *head)
{
	uint32_t size = src_be32(head);
	bool sane = (size >= 8 || size == 1) && size < 0x20202020; /* 1: 64 bits follow */

	switch (src_be32(head + 4)) {
	case BOX_TYPE('m', 'd', 'a', 't'):
		return size <= 1 || size >= 8;
	case BOX_TYPE('m', 'o', 'o', 'v'):
	case BOX_TYPE('w', 'i', 'd', 'e'):
	case BOX_TYPE('f', 'r', 'e', 'e'):
	case BOX_TYPE('s', 'k', 'i', 'p'):
	case BOX_TYPE('p', 'n', 'o', 't'):
		return sane;
	default:
		return false;
	}
}

const char *
bmff_bid(const uint8_t *head, size_t len)
{
	if (len >= 12 && src_be32(head) >= 12 && memcmp(head + 4, "ftyp", 4) == 0)
		return by_brands(head, len);
	return len >= 8 && is_old_movie(head) ? "mov" : NULL;
}
