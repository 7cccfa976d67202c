/*
 * Insta360's cameras append records to a movie, the last of which tells where it ends; from there one goes back from
 * record to record.  One of them names the camera.
 *
 * Source: exiftool's documentation of tag names (QuickTime, INSV_MakerNotes).
 */
#include <string.h>

#include "format/bmff/bmff.h"

#define MAGIC "8db42d694ccc418790edff439fe026bf"

enum {
	END_LEN = 78, /* the last record's header, what describes all, and the magic */
	MAGIC_LEN = 32,
	HEADER_LEN = 6,
	RECORDS_MAX = 256,
	CAMERA = 0x101,
	CAMERA_MAX = 4096 /* bytes of it that are looked at */
};

/* A tag and a length of one byte each, and a text. */
static void
read_camera(struct bmff *f, const uint8_t *p, size_t len)
{
	static const struct bmff_maker insta360 = {"Insta360", {
								   {0x0a, MEDIA_SERIAL, "SerialNumber"},
								   {0x12, MEDIA_MODEL, "Model"},
								   {0x1a, MEDIA_SOFTWARE, "Firmware"},
							       }};

	for (int n = 0; n < 4 && len >= 2 && p[1] <= len - 2; n++) {
		bmff_maker_text(f, &insta360, p[0], p + 2, p[1]);
		len -= 2u + p[1];
		p += 2 + p[1];
	}
}

void
bmff_insta360(struct bmff *f)
{
	struct reader *r = f->r;
	uint64_t at = reader_size(r), first;
	const uint8_t *p;
	size_t len, got;

	if (at < END_LEN || (p = reader_some(r, at - END_LEN, END_LEN, &got)) == NULL || got < END_LEN ||
	    memcmp(p + END_LEN - MAGIC_LEN, MAGIC, MAGIC_LEN) != 0 || src_le32(p + 38) > at)
		return;
	first = at - src_le32(p + 38);
	at -= END_LEN;
	for (int n = 0; n < RECORDS_MAX && got >= HEADER_LEN; n++) {
		unsigned id = src_le16(p);

		if (at < first || src_le32(p + 2) > at - first)
			return;
		len = src_le32(p + 2);
		at -= len;
		if (id == CAMERA && (p = reader_some(r, at, len < CAMERA_MAX ? len : CAMERA_MAX, &got)) != NULL)
			read_camera(f, p, got);
		if (id == CAMERA || at - first < HEADER_LEN)
			return;
		at -= HEADER_LEN;
		if ((p = reader_some(r, at, HEADER_LEN, &got)) == NULL)
			return;
	}
	if (got >= HEADER_LEN)
		media_warn(
		    r->info, FAIL_LIMIT, "only the last %d records that the camera appended were read", RECORDS_MAX);
}
