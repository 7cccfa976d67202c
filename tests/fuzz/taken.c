/* Fuzz media/taken: whatever dates a file has, the first that can be is chosen, or a finer one that agrees, and each of
 * the others is kept once. */
#include "reader.h"

#define NOW 1795305600

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
can_be(const struct media_info *info, const struct taken_row *row)
{
	const struct when *w = &info->date[row->source].when;

	return w->precision != WHEN_NONE && when_plausible(w, NOW) && (!row->zoned || w->zone == WHEN_OFFSET);
}

static void
check_winner(const struct media_info *info, const struct taken_rows *rows, const struct taken *t)
{
	size_t i;

	for (i = 0; i < rows->n && !can_be(info, &rows->row[i]); i++)
		;
	require((i == rows->n) == (t->when.precision == WHEN_NONE), "a date where none can be, or none where one can");
	if (i == rows->n) {
		require(t->nothers == 0, "others beside nothing");
		return;
	}
	require(rows->row[i].source == t->source || t->when.precision >= info->date[rows->row[i].source].when.precision,
	    "one that knows less than the first that can be");
	require(t->when.precision == info->date[t->source].when.precision, "another precision");
	require((t->when.zone == WHEN_OFFSET) == (t->basis == MEDIA_BASIS_ZONED), "a basis that does not fit");
}

static void
check_others(const struct media_info *info, const struct taken *t)
{
	bool seen[MEDIA_DATE_SOURCES] = {false};
	size_t i;

	require(t->nothers < MEDIA_DATE_SOURCES, "more others than sources");
	if (t->when.precision != WHEN_NONE)
		seen[t->source] = true;
	for (i = 0; i < t->nothers; i++) {
		require(!seen[t->other[i]], "a source twice");
		require(when_plausible(&info->date[t->other[i]].when, NOW), "another that cannot be");
		seen[t->other[i]] = true;
	}
}

static enum media_basis
basis_of(const struct when *w, bool assumed)
{
	if (w->zone == WHEN_UTC)
		return assumed ? MEDIA_BASIS_ASSUMED_UTC : MEDIA_BASIS_UTC;
	return w->zone == WHEN_OFFSET ? MEDIA_BASIS_ZONED : MEDIA_BASIS_LOCAL;
}

/* Lines of a source's number and a date; the number beyond the sources is the time of the position. */
static void
take_dates(struct media_info *info, const uint8_t *p, size_t size)
{
	struct when w;

	while (size > 1) {
		const uint8_t *end = memchr(p, '\n', size);
		size_t len = end != NULL ? (size_t)(end - p) : size;
		unsigned source = len > 0 ? p[0] % (MEDIA_DATE_SOURCES + 1) : 0;

		if (len > 1 && when_parse((const char *)p + 1, len - 1, &w)) {
			if (source < MEDIA_DATE_SOURCES)
				media_set_date(info, (enum media_date_source)source, &w, basis_of(&w, p[0] & 0x80));
			else if (w.zone == WHEN_UTC)
				info->gps = w;
		}
		len += end != NULL;
		p += len;
		size -= len;
	}
}

/* A byte that chooses the list and the kind of file, then dates. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const lists[] = {TAKEN_FROM_DEFAULT,
	    "container,exif,xmp,sidecar-xmp,filename,mtime,modified", "exif,xmp", TAKEN_FROM_DEFAULT ",modified,mtime"};
	static struct media_info info;
	struct taken_order order;
	struct taken taken;
	struct fail why;
	bool film;

	if (size < 1)
		return 0;
	film = data[0] & 4;
	require(taken_parse(lists[data[0] & 3], &order, &why) == 0, "a list that is good");
	media_clear(&info);
	info.mime = film ? "video/mp4" : "image/jpeg";
	take_dates(&info, data + 1, size - 1);
	taken_choose(&info, &order, false, NOW, &taken);
	check_winner(&info, film ? &order.films : &order.pictures, &taken);
	check_others(&info, &taken);
	return 0;
}
