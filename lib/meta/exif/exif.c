/*
 * Readers of Exif blocks differ in how they treat values that make no sense; here they set nothing: a zero where
 * the standard means "unknown", a quotient without a denominator, a date of blanks.
 */
#include "meta/exif/exif.h"

#include <math.h>
#include <string.h>

#include "media/text.h"

/* Up to IFD_TEXT_MAX bytes of a text or comment; that there are more is told. */
static const uint8_t *
text_bytes(struct ifd *ifd, const struct ifd_entry *e, size_t *len)
{
	if (e->bytes > IFD_TEXT_MAX)
		media_warn(ifd->r->info, FAIL_VALUE, "tag 0x%04x: only the first %u KiB of a text were read", e->tag,
		    IFD_TEXT_MAX >> 10);
	return ifd_value(ifd, e, IFD_TEXT_MAX, len);
}

/* `offset`: of a struct exif_text in *x. */
static void
keep_text(struct exif *x, int offset, struct ifd *ifd, const struct ifd_entry *e)
{
	struct exif_text *t = (void *)((char *)x + offset);
	size_t len;
	const char *p;

	if (t->len > 0 || (p = ifd_text(ifd, e, &len)) == NULL)
		return;
	t->len = len < sizeof t->p ? len : sizeof t->p;
	memcpy(t->p, p, t->len);
}

/* A text with control characters is a damaged value. */
static void
set_text(struct exif *x, int field, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	if (p != NULL && len == IFD_TEXT_MAX)
		text_bytes(ifd, e, &len);
	if (p != NULL && text_is_plain(p, len))
		media_set_text(x->info, (enum media_field)field, p, len);
}

/* Two parts, photographer and editor, each ended by a NUL; a part of blanks is unknown. */
static void
set_copyright(struct exif *x, int field, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len, first, second;
	const char *p;
	struct buf both = {0};

	if (e->type != IFD_ASCII && e->type != IFD_UTF8)
		return;
	if ((p = (const char *)text_bytes(ifd, e, &len)) == NULL)
		return;
	first = strnlen(p, len);
	second = first < len ? strnlen(p + first + 1, len - first - 1) : 0;
	while (first > 0 && p[first - 1] == ' ')
		first--;
	if (second == 0) {
		media_set_text(x->info, (enum media_field)field, p, first);
		return;
	}
	buf_add(&both, p, first);
	if (first > 0)
		buf_addc(&both, '\n');
	buf_add(&both, p + strnlen(p, len) + 1, second);
	media_set_text(x->info, (enum media_field)field, buf_cstr(&both), both.len);
	x->info->text.failed |= both.failed;
	buf_fini(&both);
}

static void
set_comment(struct exif *x, int field, struct ifd *ifd, const struct ifd_entry *e)
{
	const uint8_t *p;
	size_t len;

	if ((p = text_bytes(ifd, e, &len)) != NULL)
		media_set_comment(x->info, (enum media_field)field, p, len, ifd->big_endian);
}

/* Keywords are separated by semicolons. */
static void
add_keywords(struct exif *x, const char *p, size_t len)
{
	const char *end = p + len, *next;

	for (; p < end; p = next + 1) {
		if ((next = memchr(p, ';', (size_t)(end - p))) == NULL)
			next = end;
		media_add_item(x->info, MEDIA_KEYWORDS, p, (size_t)(next - p));
	}
}

/* Windows' own tags, which repeat in UTF-16 what stands elsewhere: the last that is believed. */
static void
set_windows(struct exif *x, int field, struct ifd *ifd, const struct ifd_entry *e)
{
	enum media_field f = (enum media_field)field;
	enum media_origin before;
	struct buf keywords = {0};
	const uint8_t *p;
	size_t len;

	if ((f == MEDIA_KEYWORDS && x->has_keywords) || (p = text_bytes(ifd, e, &len)) == NULL)
		return;
	x->has_keywords |= f == MEDIA_KEYWORDS;
	before = media_from(x->info, MEDIA_FROM_CONTAINER);
	if (f != MEDIA_KEYWORDS)
		media_set_utf16(x->info, f, p, len, false);
	else if (text_add_utf16(&keywords, p, len, false))
		add_keywords(x, keywords.p, keywords.len);
	media_from(x->info, before);
	x->info->text.failed |= keywords.failed;
	buf_fini(&keywords);
}

/* A whole number from 0, or for the orientation from 1, up to 5 or 8. */
static void
set_level(struct exif *x, int field, struct ifd *ifd, const struct ifd_entry *e)
{
	bool stars = field == MEDIA_RATING;
	double v = ifd_number(ifd, e);

	if (v >= (stars ? 0 : 1) && v <= (stars ? 5 : 8) && v == floor(v))
		media_set_number(x->info, (enum media_field)field, v);
}

static enum exif_where
where_is(const struct ifd_entry *e)
{
	return e->kind == IFD_EXIF ? EXIF_OWN : EXIF_IN_IFD0;
}

static void
keep_shot(struct exif *x, int which, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e), *shot = &x->shot[where_is(e)][which];

	if (v > 0 && *shot == 0)
		*shot = v;
}

static void
keep_panasonic_iso(struct exif *x, int which, struct ifd *ifd, const struct ifd_entry *e)
{
	if (ifd->magic == IFD_MAGIC_PANASONIC)
		keep_shot(x, which, ifd, e);
}

static void
keep_flash(struct exif *x, int unused, struct ifd *ifd, const struct ifd_entry *e)
{
	int *flash = &x->flash[where_is(e)];
	double v = ifd_number(ifd, e);

	(void)unused;
	if (isfinite(v) && v >= 0 && v < 65536 && *flash == 0)
		*flash = 1 + ((unsigned)v & 1);
}

static void
keep_iso(struct exif *x, int which, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e);

	if (v > 0)
		x->iso_long[which] = v;
}

/* Shortest and longest focal length, the widest aperture at each. */
static void
keep_lens(struct exif *x, int unused, struct ifd *ifd, const struct ifd_entry *e)
{
	(void)unused;
	if (x->lens[0] == 0 && ifd_numbers(ifd, e, x->lens, 4) < 4)
		x->lens[0] = 0;
}

static void
keep_note(struct exif *x, int unused, struct ifd *ifd, const struct ifd_entry *e)
{
	(void)unused, (void)ifd;
	x->note_at = e->at;
	x->note_len = e->bytes;
}

static void
keep_private(struct exif *x, int unused, struct ifd *ifd, const struct ifd_entry *e)
{
	(void)unused, (void)ifd;
	x->private_at = e->at;
	x->private_len = ifd_type_size(e->type) == 1 ? e->bytes : 0;
}

struct row {
	uint16_t tag;
	void (*set)(struct exif *x, int what, struct ifd *ifd, const struct ifd_entry *e);
	int what;
};

#define TEXT(member) keep_text, offsetof(struct exif, member)

/* Both in the order of the tags.  What tells of the shot TIFF/EP and some raw files have in IFD0. */
static const struct row image_rows[] = {
    {0x0017, keep_panasonic_iso, EXIF_ISO},
    {0x010e, set_text, MEDIA_DESCRIPTION},
    {0x010f, set_text, MEDIA_MAKE},
    {0x0110, set_text, MEDIA_MODEL},
    {0x0112, set_level, MEDIA_ORIENTATION},
    {0x0131, set_text, MEDIA_SOFTWARE},
    {0x0132, TEXT(modified.date)},
    {0x013b, set_text, MEDIA_ARTIST},
    {0x4746, set_level, MEDIA_RATING},
    {0x8298, set_copyright, MEDIA_COPYRIGHT},
    {0x829a, keep_shot, EXIF_EXPOSURE},
    {0x829d, keep_shot, EXIF_F_NUMBER},
    {0x8827, keep_shot, EXIF_ISO},
    {0x9003, TEXT(original0)},
    {0x9004, TEXT(digitized0)},
    {0x9209, keep_flash, 0},
    {0x920a, keep_shot, EXIF_FOCAL},
    {0x9c9b, set_windows, MEDIA_TITLE},
    {0x9c9c, set_windows, MEDIA_DESCRIPTION},
    {0x9c9d, set_windows, MEDIA_ARTIST},
    {0x9c9e, set_windows, MEDIA_KEYWORDS},
    {0xa405, keep_shot, EXIF_FOCAL35},
    {0xc62f, TEXT(serial0)}, /* DNG's */
    {0xc630, keep_lens, 0},
    {0xc634, keep_private, 0},
};

static const struct row exif_rows[] = {
    {0x829a, keep_shot, EXIF_EXPOSURE},
    {0x829d, keep_shot, EXIF_F_NUMBER},
    {0x8827, keep_shot, EXIF_ISO},
    {0x8831, keep_iso, 1},
    {0x8832, keep_iso, 0},
    {0x8833, keep_iso, 2},
    {0x9003, TEXT(original.date)},
    {0x9004, TEXT(digitized.date)},
    {0x9010, TEXT(modified.offset)},
    {0x9011, TEXT(original.offset)},
    {0x9012, TEXT(digitized.offset)},
    {0x9209, keep_flash, 0},
    {0x920a, keep_shot, EXIF_FOCAL},
    {0x927c, keep_note, 0},
    {0x9286, set_comment, MEDIA_DESCRIPTION},
    {0x9290, TEXT(modified.fraction)},
    {0x9291, TEXT(original.fraction)},
    {0x9292, TEXT(digitized.fraction)},
    {0xa405, keep_shot, EXIF_FOCAL35},
    {0xa431, set_text, MEDIA_SERIAL},
    {0xa432, keep_lens, 0},
    {0xa434, set_text, MEDIA_LENS},
};

/* Entries are in ascending order (TIFF 6.0, section 2): the search goes on where it was, or else begins anew. */
static void
look_up(struct exif *x, enum exif_where where, struct ifd *ifd, const struct ifd_entry *e)
{
	static const struct {
		const struct row *rows;
		size_t n;
	} tables[EXIF_WHERES] = {
	    [EXIF_OWN] = {exif_rows, sizeof exif_rows / sizeof exif_rows[0]},
	    [EXIF_IN_IFD0] = {image_rows, sizeof image_rows / sizeof image_rows[0]},
	};
	const struct row *rows = tables[where].rows;
	size_t n = tables[where].n, i = x->row[where];

	if (i > 0 && rows[i - 1].tag >= e->tag)
		i = 0;
	while (i < n && rows[i].tag < e->tag)
		i++;
	x->row[where] = i;
	if (i < n && rows[i].tag == e->tag)
		rows[i].set(x, rows[i].what, ifd, e);
}

/* Degrees, minutes and seconds, of which the last may be left out. */
static bool
degrees(struct ifd *ifd, const struct ifd_entry *e, double *out)
{
	double part[3] = {0, 0, 0};
	size_t n = ifd_numbers(ifd, e, part, 3);

	*out = part[0] + part[1] / 60 + part[2] / 3600;
	return n > 0 && isfinite(*out);
}

static char
reference(struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	return p != NULL && len > 0 ? (char)(*p & ~0x20) : '\0';
}

static void
gps_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t i;

	switch (e->tag) {
	case 1:
		x->gps.lat_ref = reference(ifd, e);
		break;
	case 2:
		x->gps.has_lat = degrees(ifd, e, &x->gps.lat);
		break;
	case 3:
		x->gps.lon_ref = reference(ifd, e);
		break;
	case 4:
		x->gps.has_lon = degrees(ifd, e, &x->gps.lon);
		break;
	case 5:
		x->gps.below = ifd_number(ifd, e) == 1;
		break;
	case 6:
		x->gps.alt = ifd_number(ifd, e);
		x->gps.has_alt = isfinite(x->gps.alt);
		break;
	case 7:
		x->gps.has_time = true;
		for (i = 0; i < 3; i++)
			x->gps.has_time &= ifd_ratio(ifd, e, i, &x->gps.time[i][0], &x->gps.time[i][1]);
		break;
	case 0x1d:
		keep_text(x, offsetof(struct exif, gps.date), ifd, e);
		break;
	}
}

void
exif_entry(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->kind == IFD_EXIF)
		look_up(x, EXIF_OWN, ifd, e);
	else if (e->kind == IFD_GPS)
		gps_tag(x, ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 0)
		look_up(x, EXIF_IN_IFD0, ifd, e);
}
