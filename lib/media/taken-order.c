/*
 * Two tables, one for pictures and one for films.  A list of families picks rows of both, and by its own order tells
 * whether theirs holds.
 */
#include "media/taken.h"

#include <string.h>

enum family {
#define FAMILY(name, word) FAMILY_##name,
#include "media/date-families.def"
#undef FAMILY
	FAMILIES
};

static const char *const words[] = {
#define FAMILY(name, word) word,
#include "media/date-families.def"
#undef FAMILY
};

static const enum family family_of[] = {
#define DATE(name, from, family) FAMILY_##family,
#include "media/date-sources.def"
#undef DATE
};

static const struct taken_row pictures[] = {
#define DATE(name, from, family) {.source = MEDIA_DATE_##name},
#include "media/date-sources.def"
#undef DATE
};

enum which { ANY, ZONED };

static const struct taken_row films[] = {
#define FILM(name, which) {.source = MEDIA_DATE_##name, .zoned = (which) == ZONED},
#include "media/date-films.def"
#undef FILM
};

_Static_assert(sizeof films / sizeof films[0] <= TAKEN_ROWS_MAX, "more rows than there is room");

static int
find_family(const char *word, size_t len, enum family *f)
{
	size_t i;

	for (i = 0; i < FAMILIES; i++) {
		if (strlen(words[i]) == len && memcmp(words[i], word, len) == 0) {
			*f = (enum family)i;
			return 0;
		}
	}
	return -1;
}

/* Appends the rows of the families that are marked, in the order of their table. */
static void
add_rows(struct taken_rows *out, const struct taken_row *row, size_t n, const bool *wanted)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (wanted[family_of[row[i].source]])
			out->row[out->n++] = row[i];
	}
}

static void
add_families(struct taken_order *order, const bool *wanted)
{
	add_rows(&order->pictures, pictures, sizeof pictures / sizeof pictures[0], wanted);
	add_rows(&order->films, films, sizeof films / sizeof films[0], wanted);
}

static void
fill_order(struct taken_order *order, const enum family *list, size_t n)
{
	bool wanted[FAMILIES] = {false}, ascending = true;
	size_t i;

	order->pictures.n = 0;
	order->films.n = 0;
	for (i = 0; i < n; i++) {
		wanted[list[i]] = true;
		ascending &= i == 0 || list[i] > list[i - 1];
	}
	if (ascending) {
		add_families(order, wanted);
		return;
	}
	for (i = 0; i < n; i++) {
		memset(wanted, 0, sizeof wanted);
		wanted[list[i]] = true;
		add_families(order, wanted);
	}
}

int
taken_parse(const char *list, struct taken_order *order, struct fail *why)
{
	enum family families[FAMILIES], f;
	bool had[FAMILIES] = {false};
	size_t n = 0, len;
	const char *p;

	for (p = list;; p += len + 1) {
		len = strcspn(p, ",");
		if (find_family(p, len, &f) == -1)
			return fail_set(why, FAIL_INPUT, "options",
			    "\"%.*s\" is not a source of dates; see exif-read(1)", (int)len, p);
		if (had[f])
			return fail_set(why, FAIL_INPUT, "options", "%s is listed twice", words[f]);
		had[f] = true;
		families[n++] = f;
		if (p[len] == '\0')
			break;
	}
	fill_order(order, families, n);
	return 0;
}
