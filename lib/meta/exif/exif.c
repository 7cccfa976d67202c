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
		media_warn(
		    ifd->r->info, FAIL_VALUE, "tag 0x%04x: a text of over %u KiB is cut", e->tag, IFD_TEXT_MAX >> 10);
	return ifd_value(ifd, e, IFD_TEXT_MAX, len);
}

static void
keep_text(struct exif_text *t, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p;

	if (t->len > 0 || (p = ifd_text(ifd, e, &len)) == NULL)
		return;
	t->len = len < sizeof t->p ? len : sizeof t->p;
	memcpy(t->p, p, t->len);
}

/* A text with control characters is a damaged value. */
static void
set_text(struct exif *x, enum media_field f, struct ifd *ifd, const struct ifd_entry *e)
{
	size_t len;
	const char *p = ifd_text(ifd, e, &len);

	if (p != NULL && len == IFD_TEXT_MAX)
		text_bytes(ifd, e, &len);
	if (p != NULL && text_is_plain(p, len))
		media_set_text(x->info, f, p, len);
}

/* Two parts, photographer and editor, each ended by a NUL; a part of blanks is unknown. */
static void
set_copyright(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
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
		media_set_text(x->info, MEDIA_COPYRIGHT, p, first);
		return;
	}
	buf_add(&both, p, first);
	if (first > 0)
		buf_addc(&both, '\n');
	buf_add(&both, p + strnlen(p, len) + 1, second);
	media_set_text(x->info, MEDIA_COPYRIGHT, buf_cstr(&both), both.len);
	x->info->text.failed |= both.failed;
	buf_fini(&both);
}

static void
set_comment(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	const uint8_t *p;
	size_t len;

	if ((p = text_bytes(ifd, e, &len)) != NULL)
		media_set_comment(x->info, MEDIA_DESCRIPTION, p, len, ifd->big_endian);
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
set_windows(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	static const enum media_field field[] = {
	    MEDIA_TITLE, MEDIA_DESCRIPTION, MEDIA_ARTIST, MEDIA_KEYWORDS}; /* XPTitle is 0x9c9b */
	enum media_field f = field[e->tag - 0x9c9b];
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

static void
set_within(struct exif *x, enum media_field f, double v, double low, double high)
{
	if (v >= low && v <= high && v == floor(v))
		media_set_number(x->info, f, v);
}

static void
keep_shot(struct exif *x, int where, enum exif_shot s, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e);

	if (v > 0 && x->shot[where][s] == 0)
		x->shot[where][s] = v;
}

static void
keep_iso(struct exif *x, unsigned i, struct ifd *ifd, const struct ifd_entry *e)
{
	double v = ifd_number(ifd, e);

	if (v > 0)
		x->iso_long[i] = v;
}

/* Shortest and longest focal length, the widest aperture at each. */
static void
keep_lens(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	if (x->lens[0] == 0 && ifd_numbers(ifd, e, x->lens, 4) < 4)
		x->lens[0] = 0;
}

/* Tags about the shot; TIFF/EP and some raw files have them in IFD0. */
static void
shot_tag(struct exif *x, int where, struct ifd *ifd, const struct ifd_entry *e)
{
	double v;

	switch (e->tag) {
	case 0x829a:
		keep_shot(x, where, EXIF_EXPOSURE, ifd, e);
		break;
	case 0x829d:
		keep_shot(x, where, EXIF_F_NUMBER, ifd, e);
		break;
	case 0x8827:
		keep_shot(x, where, EXIF_ISO, ifd, e);
		break;
	case 0x9003:
		keep_text(where == EXIF_OWN ? &x->original.date : &x->original0, ifd, e);
		break;
	case 0x9004:
		keep_text(where == EXIF_OWN ? &x->digitized.date : &x->digitized0, ifd, e);
		break;
	case 0x9209:
		if (isfinite(v = ifd_number(ifd, e)) && v >= 0 && v < 65536 && x->flash[where] == 0)
			x->flash[where] = 1 + ((unsigned)v & 1);
		break;
	case 0x920a:
		keep_shot(x, where, EXIF_FOCAL, ifd, e);
		break;
	case 0xa405:
		keep_shot(x, where, EXIF_FOCAL35, ifd, e);
		break;
	}
}

static void
image_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x0017:
		if (ifd->magic == IFD_MAGIC_PANASONIC)
			keep_shot(x, EXIF_IN_IFD0, EXIF_ISO, ifd, e);
		break;
	case 0x010e:
		set_text(x, MEDIA_DESCRIPTION, ifd, e);
		break;
	case 0x010f:
		set_text(x, MEDIA_MAKE, ifd, e);
		break;
	case 0x0110:
		set_text(x, MEDIA_MODEL, ifd, e);
		break;
	case 0x0112:
		set_within(x, MEDIA_ORIENTATION, ifd_number(ifd, e), 1, 8);
		break;
	case 0x0131:
		set_text(x, MEDIA_SOFTWARE, ifd, e);
		break;
	case 0x0132:
		keep_text(&x->modified.date, ifd, e);
		break;
	case 0x013b:
		set_text(x, MEDIA_ARTIST, ifd, e);
		break;
	case 0x4746:
		set_within(x, MEDIA_RATING, ifd_number(ifd, e), 0, 5);
		break;
	case 0x8298:
		set_copyright(x, ifd, e);
		break;
	case 0x9c9b:
	case 0x9c9c:
	case 0x9c9d:
	case 0x9c9e:
		set_windows(x, ifd, e);
		break;
	case 0xc62f: /* DNG's */
		keep_text(&x->serial0, ifd, e);
		break;
	case 0xc630:
		keep_lens(x, ifd, e);
		break;
	case 0xc634:
		x->private_at = e->at;
		x->private_len = ifd_type_size(e->type) == 1 ? e->bytes : 0;
		break;
	default:
		shot_tag(x, EXIF_IN_IFD0, ifd, e);
	}
}

static void
exif_tag(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x8831:
		keep_iso(x, 1, ifd, e);
		break;
	case 0x8832:
		keep_iso(x, 0, ifd, e);
		break;
	case 0x8833:
		keep_iso(x, 2, ifd, e);
		break;
	case 0x9010:
		keep_text(&x->modified.offset, ifd, e);
		break;
	case 0x9011:
		keep_text(&x->original.offset, ifd, e);
		break;
	case 0x9012:
		keep_text(&x->digitized.offset, ifd, e);
		break;
	case 0x927c:
		x->note_at = e->at;
		x->note_len = e->bytes;
		break;
	case 0x9286:
		set_comment(x, ifd, e);
		break;
	case 0x9290:
		keep_text(&x->modified.fraction, ifd, e);
		break;
	case 0x9291:
		keep_text(&x->original.fraction, ifd, e);
		break;
	case 0x9292:
		keep_text(&x->digitized.fraction, ifd, e);
		break;
	case 0xa431:
		set_text(x, MEDIA_SERIAL, ifd, e);
		break;
	case 0xa432:
		keep_lens(x, ifd, e);
		break;
	case 0xa434:
		set_text(x, MEDIA_LENS, ifd, e);
		break;
	default:
		shot_tag(x, EXIF_OWN, ifd, e);
	}
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
		keep_text(&x->gps.date, ifd, e);
		break;
	}
}

void
exif_entry(struct exif *x, struct ifd *ifd, const struct ifd_entry *e)
{
	if (e->kind == IFD_EXIF)
		exif_tag(x, ifd, e);
	else if (e->kind == IFD_GPS)
		gps_tag(x, ifd, e);
	else if (e->kind == IFD_IMAGE && e->nth == 0)
		image_tag(x, ifd, e);
}
