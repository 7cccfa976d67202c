/*
 * Source: TIFF 6.0, sections 3, 8, 15 and 22; ITU-T T.832, annex A; exiftool's tables of tags (PanasonicRaw) and its
 * list of formats that it does not write; its issue 476 for Hasselblad's lengths; LibRaw's readers of Panasonic's
 * pixels, of which 14 at most stand in 16 bytes before version 8.
 */
#include "format/raw/tiff-end.h"

#include <math.h>
#include <string.h>

#include "base/num.h"

#define NOWHERE 4294967295.0 /* stands in Panasonic's files for an offset that another tag tells */

static double
last_number(struct ifd *ifd, const struct ifd_entry *e)
{
	struct ifd_entry last = *e;
	double v;

	last.count = 1;
	last.bytes = ifd_type_size(e->type);
	if (e->count == 0)
		return 0;
	if (e->near != NULL)
		last.near = e->near + (e->bytes - last.bytes);
	else if (!num_add(e->at, e->bytes - last.bytes, &last.at))
		return 0;
	v = ifd_number(ifd, &last);
	return isfinite(v) ? v : 0;
}

void
tiff_end_tag(struct tiff_data *d, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x0102:
		d->bits = ifd_number(ifd, e);
		break;
	case 0x0103:
		d->compression = ifd_number(ifd, e);
		break;
	case 0x0111: /* strips */
	case 0x0144: /* tiles */
	case 0xbcc0: /* JPEG XR's */
		d->at = last_number(ifd, e);
		d->pieces = e->count;
		break;
	case 0x0115:
		d->samples = ifd_number(ifd, e);
		break;
	case 0x0117:
	case 0x0145:
	case 0xbcc1:
		d->len = last_number(ifd, e);
		break;
	case 0x0201:
		d->jpeg_at = last_number(ifd, e);
		break;
	case 0x0202:
		d->jpeg_len = last_number(ifd, e);
		break;
	}
}

void
tiff_end_panasonic_tag(struct tiff_panasonic *p, struct ifd *ifd, const struct ifd_entry *e)
{
	switch (e->tag) {
	case 0x0002:
		p->width = ifd_number(ifd, e);
		break;
	case 0x0003:
		p->height = ifd_number(ifd, e);
		break;
	case 0x002d:
		p->version = ifd_number(ifd, e);
		break;
	case 0x0111:
	case 0x0118:
		if (ifd_number(ifd, e) < NOWHERE)
			p->at = ifd_number(ifd, e);
		break;
	}
}

static double
or_else(double v, double otherwise)
{
	return v > 0 ? v : otherwise;
}

/* How much of the last strip's length is believed. */
static double
believed(const struct tiff_data *d, double width, double height)
{
	double pixels = width * height * or_else(d->samples, 1) * or_else(d->bits, 16) / 8;

	if (d->pieces != 1 || !(pixels > 0) || d->len < pixels)
		return d->len;
	return d->compression == 1 ? pixels : 0;
}

static double
reach(double at, double len)
{
	return at > 0 ? at + or_else(len, 1) : 0;
}

double
tiff_end_reach(const struct tiff_data *d, double width, double height)
{
	return fmax(reach(d->at, believed(d, width, height)), reach(d->jpeg_at, d->jpeg_len));
}

void
tiff_end_preview(const struct tiff_data *d, struct reader *r)
{
	reader_preview(r, 0, d->jpeg_at, d->jpeg_len);
	if (d->pieces == 1 && (d->compression == 6 || d->compression == 7))
		reader_preview(r, 0, d->at, d->len);
}

bool
tiff_end_is_coded(const struct tiff_data *d)
{
	static const double codings[] = {5, 6, 7, 8, 32946, 34713, 34892, 65535};

	for (size_t i = 0; i < sizeof codings / sizeof codings[0]; i++) {
		if (d->compression == codings[i])
			return true;
	}
	return false;
}

double
tiff_end_panasonic(const struct tiff_panasonic *p)
{
	double pixels = p->version < 8 ? p->width * p->height : 0;

	return reach(p->at, floor(pixels / 14) * 16);
}

bool
tiff_end_is_told(const char *type)
{
	static const char *const others[] = {"dcr", "kdc", "srf"};

	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		if (strcmp(type, others[i]) == 0)
			return false;
	}
	return true;
}
