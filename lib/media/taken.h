/*
 * taken -- which of the dates that a file has is its capture date.
 *
 * Every source that spoke is weighed (reference: dates, in exif-read(1)): the first plausible one wins, what the
 * others say differently is kept beside it, and an offset is derived from the position's clock where the winner has
 * none.  But a cloud's date wins over the file's own where it is farther from it than any zone could be.
 */
#ifndef MEDIA_TAKEN_H
#define MEDIA_TAKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "media/media.h"

#define TAKEN_FROM_DEFAULT "sidecar-xmp,exif,xmp,container,takeout,filename"

#define TAKEN_ROWS_MAX (2 * MEDIA_DATE_SOURCES)

struct taken_row {
	enum media_date_source source;
	bool zoned; /* asked only where it has an offset; a later row may ask it again */
};

/* The sources to be asked, the most trusted first. */
struct taken_rows {
	struct taken_row row[TAKEN_ROWS_MAX];
	size_t n;
};

struct taken_order {
	struct taken_rows pictures, films;
};

struct taken {
	struct when when; /* precision WHEN_NONE: no date */
	enum media_basis basis;
	enum media_date_source source;
	enum media_date_source other[MEDIA_DATE_SOURCES]; /* those that disagree, in order */
	size_t nothers;
	bool corrected; /* a cloud's, so far from the file's own that its owner must have set it */
};

/*
 * taken_parse() -- an order from a list of families such as TAKEN_FROM_DEFAULT.  A list in the order of
 * date-families.def gives the order of the rows in date-sources.def and date-films.def; a list in another order ranks
 * all sources of one family before those of the next.
 *
 * Returns 0, or -1: FAIL_INPUT for a word that is no family, or one that is there twice.
 */
int taken_parse(const char *list, struct taken_order *order, struct fail *why);

/*
 * taken_names() -- the dates in the file's and its folders' names, and the file's mtime, into info.date, as far as
 * `order` asks for them.
 */
void taken_names(struct media_info *info, const struct taken_order *order, struct slice path,
    const struct timespec *mtime, time_t now);

/*
 * taken_choose() -- weigh info.date, as those of a film where info.mime is video; warnings go to info.
 *
 *   to_zone  give times without an offset that of the process's zone, and turn instants into its time
 */
void taken_choose(
    struct media_info *info, const struct taken_order *order, bool to_zone, time_t now, struct taken *out);

/* taken_is_captured() -- whether a source tells when the picture was taken, and not when it was named, written or
 * exported. */
bool taken_is_captured(enum media_date_source s);

/* taken_is_exported() -- whether it is what a cloud's export tells beside the file. */
bool taken_is_exported(enum media_date_source s);

/* taken_recorded() -- the source by which the file itself says it, where one beside it says otherwise; else t->source.
 */
enum media_date_source taken_recorded(const struct taken *t);

/* taken_basis_name() -- as in records: zoned, utc, local, assumed-utc. */
const char *taken_basis_name(enum media_basis basis);

#endif
