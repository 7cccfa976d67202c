/*
 * Entries are tag, format, bytes and value, 32 bits each; a value longer than 4 bytes lies elsewhere.  All offsets
 * count from the head.  The formats that are told are not to be relied on, so a tag's own is in the table.
 */
#include "format/raw/iiq.h"

#include <math.h>
#include <string.h>

#include "meta/exif/tags.h"

#define ENTRIES_MAX 300
#define ENTRY_SIZE 16
#define TEXT_MAX 256

struct iiq {
	struct reader *r;
	uint64_t base;
	struct iiq_size *size;
	bool big_endian;
};

enum format { TEXT, INTEGER, FLOAT, TIME, SHUTTER, APERTURE };

static const struct row {
	uint16_t tag;
	const char *name;
	enum format format;
	int field; /* -1: only a tag */
} rows[] = {
    {0x0100, "CameraOrientation", INTEGER, MEDIA_ORIENTATION},
    {0x0102, "SerialNumber", TEXT, MEDIA_SERIAL},
    {0x0105, "ISO", INTEGER, MEDIA_ISO},
    {0x0108, "SensorWidth", INTEGER, -1},
    {0x0109, "SensorHeight", INTEGER, -1},
    {0x010c, "ImageWidth", INTEGER, MEDIA_WIDTH},
    {0x010d, "ImageHeight", INTEGER, MEDIA_HEIGHT},
    {0x010e, "RawFormat", INTEGER, -1},
    {0x0112, "DateTimeOriginal", TIME, -1},
    {0x0113, "ImageNumber", INTEGER, -1},
    {0x0203, "Software", TEXT, MEDIA_SOFTWARE},
    {0x0204, "System", TEXT, -1},
    {0x0210, "SensorTemperature", FLOAT, -1},
    {0x0301, "FirmwareVersions", TEXT, -1},
    {0x0400, "ShutterSpeedValue", SHUTTER, MEDIA_EXPOSURE},
    {0x0401, "ApertureValue", APERTURE, MEDIA_F_NUMBER},
    {0x0402, "ExposureCompensation", FLOAT, -1},
    {0x0403, "FocalLength", FLOAT, MEDIA_FOCAL},
    {0x0410, "CameraModel", TEXT, -1},
    {0x0412, "LensModel", TEXT, MEDIA_LENS},
    {0x0414, "MaxApertureValue", APERTURE, -1},
};

static uint32_t
get32(const struct iiq *q, const uint8_t *p)
{
	return q->big_endian ? src_be32(p) : src_le32(p);
}

static double
decode(const struct iiq *q, enum format format, const uint8_t *p)
{
	uint32_t bits = get32(q, p);
	float f;

	if (format == TIME)
		return bits;
	if (format == INTEGER)
		return (int32_t)bits;
	memcpy(&f, &bits, sizeof f);
	if (format == FLOAT)
		return f;
	return format == SHUTTER ? exp2(-(double)f) : exp2((double)f / 2);
}

static void
set_number(struct iiq *q, const struct row *row, double v)
{
	static const uint8_t orientation[] = {1, 6, 8, 3};
	struct when w;

	if (row->format == TIME) /* of the camera's own clock */
		media_set_clock(q->r->info, MEDIA_DATE_IIQ_ORIGINAL, (int64_t)v, &w);
	else if (row->field == MEDIA_WIDTH)
		q->size->width = v;
	else if (row->field == MEDIA_HEIGHT)
		q->size->height = v;
	else if (row->field == MEDIA_ORIENTATION)
		media_set_number(q->r->info, MEDIA_ORIENTATION, orientation[(unsigned)(int32_t)v & 3]);
	else if (row->field >= 0 && v > 0 && v < 1e6)
		media_set_number(q->r->info, (enum media_field)row->field, v);
}

static void
set_value(struct iiq *q, const struct row *row, const uint8_t *p, size_t len)
{
	struct slice name = {row->name, strlen(row->name)};
	double v;

	if (row->format == TEXT) {
		len = strnlen((const char *)p, len);
		if (row->field >= 0)
			media_set_text(q->r->info, (enum media_field)row->field, (const char *)p, len);
		tags_text(q->r, "PhaseOne", name, (const char *)p, len);
	} else if (len >= 4) {
		v = decode(q, row->format, p);
		set_number(q, row, v);
		tags_number(q->r, "PhaseOne", name, v);
	}
}

static void
read_entry(struct iiq *q, const uint8_t *entry)
{
	uint32_t tag = get32(q, entry), len = get32(q, entry + 8);
	const uint8_t *p = entry + 12;
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0] && rows[i].tag != tag; i++)
		;
	if (i == sizeof rows / sizeof rows[0])
		return;
	if (len > TEXT_MAX)
		len = TEXT_MAX;
	if (len > 4)
		p = reader_at(q->r, q->base + get32(q, p), len);
	if (p != NULL)
		set_value(q, &rows[i], p, len);
}

/* Copies the entries at an offset, since what they point to moves the source's window.  Returns how many. */
static size_t
copy_entries(struct iiq *q, uint64_t at, size_t n, uint8_t *out)
{
	const uint8_t *p;
	size_t got;

	if (n > ENTRIES_MAX) {
		media_warn(q->r->info, FAIL_LIMIT,
		    "only the first %d of the %zu entries of Phase One's directory were read", ENTRIES_MAX, n);
		n = ENTRIES_MAX;
	}
	if ((p = reader_some(q->r, at, n * ENTRY_SIZE, &got)) == NULL)
		return 0;
	if (got < n * ENTRY_SIZE)
		media_warn(q->r->info, FAIL_TRUNCATED, "the file ends within Phase One's directory");
	memcpy(out, p, got);
	return got / ENTRY_SIZE;
}

static void
read_directory(struct iiq *q)
{
	uint8_t entries[ENTRIES_MAX * ENTRY_SIZE];
	const uint8_t *p = reader_at(q->r, q->base, 12);
	uint64_t at;
	size_t n, i;

	if (p == NULL || (memcmp(p, "IIII", 4) != 0 && memcmp(p, "MMMM", 4) != 0))
		return;
	q->big_endian = *p == 'M';
	at = q->base + get32(q, p + 8);
	if ((p = reader_at(q->r, at, 8)) == NULL)
		return;
	n = copy_entries(q, at + 8, get32(q, p), entries);
	for (i = 0; i < n; i++)
		read_entry(q, entries + i * ENTRY_SIZE);
}

void
iiq_read(struct reader *r, uint64_t base, struct iiq_size *size)
{
	enum media_origin origin = media_from(r->info, MEDIA_FROM_CONTAINER);
	const char *what = r->what;

	r->what = "Phase One's directory";
	read_directory(&(struct iiq){.r = r, .base = base, .size = size});
	r->what = what;
	media_from(r->info, origin);
}
