/*
 * Windows keeps what is edited in its Explorer in a box of its own: names and values, of which there may be several.
 *
 * Source: exiftool's documentation of tag names (Microsoft Xtra); "Windows Media Format SDK: Attributes".
 */
#include "format/bmff/bmff.h"

enum { UTF16 = 8, INTEGER = 19 };

static void
note_text(struct bmff *f, int what, const char *tag, const uint8_t *p, size_t len)
{
	movie_text(&f->movie, &(struct movie_text){what, MOVIE_USERDATA, MOVIE_UTF16LE, "Microsoft", tag, p, len});
}

/* Of 99, as Windows shows it in stars. */
static void
note_rating(struct bmff *f, uint64_t percent)
{
	movie_tag_number(&f->movie, "Microsoft", "SharedUserRating", (double)percent);
	if (percent <= 99)
		movie_rating(&f->movie, MOVIE_USERDATA,
		    percent == 0   ? 0
		    : percent < 13 ? 1
		    : percent < 38 ? 2
		    : percent < 63 ? 3
		    : percent < 88 ? 4
				   : 5);
}

static void
note_value(struct bmff *f, struct slice name, unsigned type, const uint8_t *p, size_t len)
{
	if (type == INTEGER && len >= 8 && slice_eq(name, "WM/SharedUserRating"))
		note_rating(f, src_le64(p));
	else if (type == UTF16 && slice_eq(name, "WM/Category"))
		note_text(f, MEDIA_KEYWORDS, "Category", p, len);
	else if (type == UTF16 && slice_eq(name, "WM/SubTitle"))
		note_text(f, MOVIE_NOTHING, "Subtitle", p, len);
}

/* The values of one name, each behind its size, which counts itself, and its type. */
static void
read_values(struct bmff *f, struct slice name, const uint8_t *p, size_t len)
{
	uint32_t count, size;

	if (len < 4)
		return;
	count = src_be32(p);
	for (p += 4, len -= 4; count > 0 && len >= 6; count--, p += size, len -= size) {
		size = src_be32(p);
		if (size < 6 || size > len)
			return;
		note_value(f, name, src_be16(p + 4), p + 6, size - 6);
	}
}

void
bmff_xtra(struct bmff *f, const struct box *b)
{
	size_t len, size, name_len;
	const uint8_t *p = bmff_text(f, b, &len);

	for (; p != NULL && len >= 8; p += size, len -= size) {
		size = src_be32(p);
		name_len = src_be32(p + 4);
		if (size < 8 || size > len || name_len > size - 8)
			return;
		read_values(f, (struct slice){(const char *)p + 8, name_len}, p + 8 + name_len, size - 8 - name_len);
	}
}
