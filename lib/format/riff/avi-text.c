/*
 * What an AVI says in words: the names of its chunks tell what is meant, whatever list they stand in.  Nothing tells
 * their encoding, and some cameras write something else behind the first NUL.
 *
 * Source: Multimedia Programming Interface and Data Specifications 1.0, 2-14 (INFO); CIPA DC-008 (Exif 3.0), 5 (exif);
 * exiftool's tables of RIFF tags.
 */
#include <stdio.h>
#include <string.h>

#include "format/riff/avi.h"
#include "media/datetext.h"
#include "meta/exif/tags.h"

#define TEXT_MAX (64u << 10)
#define EPOCH_1601_S 11644473600 /* from 1601 to 1970 */

enum special { NONE = MEDIA_FIELDS, IDIT, DTIM, ICRD, ETIM, KEYS, COMMENT };

static const struct named_text {
	const char *id;
	unsigned meaning; /* a field, or one of enum special */
	const char *tag;
} texts[] = {
    {"IDIT", IDIT, "DateTimeOriginal"},
    {"DTIM", DTIM, "DateTimeOriginal"},
    {"ICRD", ICRD, "DateCreated"},
    {"ISFT", MEDIA_SOFTWARE, "Software"},
    {"INAM", MEDIA_TITLE, "Title"},
    {"TITL", MEDIA_TITLE, "Title"},
    {"IART", MEDIA_ARTIST, "Artist"},
    {"ICOP", MEDIA_COPYRIGHT, "Copyright"},
    {"ICMT", MEDIA_DESCRIPTION, "Comment"},
    {"CMNT", MEDIA_DESCRIPTION, "Comment"},
    {"COMM", MEDIA_DESCRIPTION, "Comments"},
    {"IKEY", KEYS, "Keywords"},
    {"ecor", MEDIA_MAKE, "Make"},
    {"emdl", MEDIA_MODEL, "Model"},
    {"etim", ETIM, "TimeCreated"},
    {"eucm", COMMENT, "UserComment"},
    {"ever", NONE, "ExifVersion"},
    {"erel", NONE, "RelatedImageFile"},
    {"ISMP", NONE, "TimeCode"},
    {"IARL", NONE, "ArchivalLocation"},
    {"ICMS", NONE, "Commissioned"},
    {"ICRP", NONE, "Cropped"},
    {"IDIM", NONE, "Dimensions"},
    {"IDPI", NONE, "DotsPerInch"},
    {"IENG", NONE, "Engineer"},
    {"IGNR", NONE, "Genre"},
    {"ILGT", NONE, "Lightness"},
    {"IMED", NONE, "Medium"},
    {"IPLT", NONE, "NumColors"},
    {"IPRD", NONE, "Product"},
    {"ISBJ", NONE, "Subject"},
    {"ISHP", NONE, "Sharpness"},
    {"ISRC", NONE, "Source"},
    {"ISRF", NONE, "SourceForm"},
    {"ITCH", NONE, "Technician"},
    {"ITRK", NONE, "TrackNumber"},
    {"ICNT", NONE, "Country"},
    {"ILNG", NONE, "Language"},
    {"IRTD", NONE, "Rating"},
    {"ISTR", NONE, "Starring"},
    {"IENC", NONE, "EncodedBy"},
    {"TAPE", NONE, "TapeName"},
    {"strn", NONE, "StreamName"},
};

static const struct named_text *
find(const char *id)
{
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (strcmp(texts[i].id, id) == 0)
			return &texts[i];
	return NULL;
}

/* Semicolons separate keywords, and where there are none, commas. */
static void
add_keywords(struct avi *a, const char *text, size_t len)
{
	char separator = len > 0 && memchr(text, ';', len) != NULL ? ';' : ',';
	const char *end = text + len, *next;

	for (; text < end; text = next + 1) {
		if ((next = memchr(text, separator, (size_t)(end - text))) == NULL)
			next = end;
		media_add_item(a->r->info, MEDIA_KEYWORDS, text, (size_t)(next - text));
	}
}

/* Either a date as text, or two numbers that count tenths of a microsecond since 1601. */
static void
set_file_time(struct avi *a, const char *text, size_t len)
{
	unsigned high, low;
	char copy[32] = "";
	struct when w;
	int end = 0;

	memcpy(copy, text, len < sizeof copy ? len : sizeof copy - 1);
	if (sscanf(copy, "%10u %10u%n", &high, &low, &end) != 2 || copy[end] != '\0') {
		media_set_date_text(a->r->info, MEDIA_DATE_RIFF_IDIT, text, len);
		return;
	}
	if ((high != 0 || low != 0) &&
	    when_from_epoch((int64_t)(((uint64_t)high << 32 | low) / 10000000) - EPOCH_1601_S, 0, 0, &w))
		media_set_date(a->r->info, MEDIA_DATE_RIFF_IDIT, &w, MEDIA_BASIS_ASSUMED_UTC);
}

/* A day may get its time from the chunk etim. */
static void
set_created(struct avi *a, const char *text, size_t len)
{
	const char *odd;
	struct when w;

	if (datetext_parse(text, len, &w, &odd) && w.precision == WHEN_DAY && a->day.precision == WHEN_NONE)
		a->day = w;
	else
		media_set_date_text(a->r->info, MEDIA_DATE_RIFF_ICRD, text, len);
}

void
avi_text_end(struct avi *a)
{
	char text[48];
	struct when w;
	int n;

	if (a->day.precision == WHEN_NONE)
		return;
	n = snprintf(text, sizeof text, "%04d-%02d-%02d %s", a->day.year, a->day.month, a->day.day, a->time);
	if (a->time[0] == '\0' || !when_parse(text, (size_t)n, &w))
		w = a->day;
	media_set_date(a->r->info, MEDIA_DATE_RIFF_ICRD, &w, MEDIA_BASIS_LOCAL);
}

static void
set(struct avi *a, const struct named_text *t, const char *text, size_t len)
{
	if (t->meaning < MEDIA_FIELDS)
		media_set_text(a->r->info, (enum media_field)t->meaning, text, len);
	else if (t->meaning == IDIT)
		media_set_date_text(a->r->info, MEDIA_DATE_RIFF_IDIT, text, len);
	else if (t->meaning == DTIM)
		set_file_time(a, text, len);
	else if (t->meaning == ICRD)
		set_created(a, text, len);
	else if (t->meaning == ETIM && len < sizeof a->time)
		memcpy(a->time, text, len);
	else if (t->meaning == KEYS)
		add_keywords(a, text, len);
}

void
avi_text(struct avi *a, const struct riff_chunk *c)
{
	const struct named_text *t = c->is_list ? NULL : find(c->id);
	const uint8_t *p;
	size_t got;

	if (t == NULL || (p = riff_head(&a->riff, c, TEXT_MAX, &got)) == NULL)
		return;
	if (c->len > TEXT_MAX)
		media_warn(a->r->info, FAIL_VALUE, "a text of more than %u KiB was cut short", TEXT_MAX >> 10);
	if (t->meaning == COMMENT) {
		media_set_comment(a->r->info, MEDIA_DESCRIPTION, p, got, false);
		return;
	}
	got = strnlen((const char *)p, got);
	set(a, t, (const char *)p, got);
	tags_text(a->r, "RIFF", slice_of(t->tag), (const char *)p, got);
}
