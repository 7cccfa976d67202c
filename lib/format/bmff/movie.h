/*
 * movie -- what the boxes of one movie say, in whatever order they come, until all have been seen.
 *
 * The same fact stands in several places of a movie, and which of them comes first in the file means nothing.  They
 * are collected here with the rank of their place, and handed on in the order of the ranks.
 */
#ifndef FORMAT_BMFF_MOVIE_H
#define FORMAT_BMFF_MOVIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "format/iso6709.h"
#include "meta/reader.h"

/* Places, the most trusted first. */
enum movie_rank {
	MOVIE_KEYS,     /* meta with keys, as Apple and Android write it */
	MOVIE_MAKER,    /* boxes of one maker's own */
	MOVIE_USERDATA, /* QuickTime user data */
	MOVIE_ITEMS,    /* meta of iTunes and its likes */
	MOVIE_3GP,      /* 3GPP TS 26.244, 8.2 */
	MOVIE_TRACK,    /* keys of one track */
	MOVIE_SECOND,   /* what stands in for a text, anywhere: the author for the artist */
	MOVIE_RANKS
};

enum movie_encoding { MOVIE_UTF8, MOVIE_UTF16BE, MOVIE_UTF16LE, MOVIE_MACROMAN };

/* What a text says: a field of the record, or one of these. */
enum {
	MOVIE_POSITION = MEDIA_FIELDS,
	MOVIE_CREATIONDATE, /* com.apple.quicktime.creationdate */
	MOVIE_DATE,
	MOVIE_KEEPS_UTC,
	MOVIE_AUTHOR,      /* an artist, unless one is called so */
	MOVIE_DISPLAYNAME, /* a title, likewise */
	MOVIE_NOTHING      /* for the record; it is a tag all the same */
};

struct movie_text {
	int what;
	enum movie_rank rank;
	enum movie_encoding encoding;
	const char *group, *name; /* of the tag; name NULL: none */
	const uint8_t *p;
	size_t len;
};

/* The three headers that say when they were created, in the order of preference. */
enum movie_header { MOVIE_MVHD, MOVIE_MDHD, MOVIE_TKHD, MOVIE_HEADERS };

#define MOVIE_TEXTS_MAX 256

struct movie {
	struct reader *r; /* borrowed: its info takes warnings and tags at once, all else at the end */
	struct buf texts; /* UTF-8 */
	struct movie_field {
		enum movie_rank rank;
		enum media_field field;
		size_t at, len; /* in texts */
	} field[MOVIE_TEXTS_MAX];
	size_t nfields;
	struct position position;
	enum movie_rank position_rank; /* MOVIE_RANKS: none */
	struct when creationdate;
	struct when userdate;
	enum movie_rank userdate_rank;
	uint64_t created[MOVIE_HEADERS]; /* seconds since 1904; 0: unknown */
	bool wide[MOVIE_HEADERS];        /* they have 64 bits */
	const char *maker;               /* static; known by its boxes where no text names it; NULL: not so */
	double focal35_mm;               /* 0: unknown */
	double rating;
	enum movie_rank rating_rank; /* MOVIE_RANKS: none */
	enum movie_rank list_rank;   /* of the keywords that were kept */
	bool keeps_utc; /* by the format, or a box of its maker: headers are in UTC, as the specification says */
};

void movie_init(struct movie *m, struct reader *r);
void movie_fini(struct movie *m);

/* movie_text() -- note what a text says, bytes copied, and its tag.  Where the limit of texts is reached it is dropped;
 * a date or position that is none is a warning, a blank one nothing. */
void movie_text(struct movie *m, const struct movie_text *t);

/* movie_tag_number() -- with --all: append a tag. */
void movie_tag_number(struct movie *m, const char *group, const char *name, double v);

/* movie_position() -- note a position, unless it is none (a warning) or one of a better rank is known. */
void movie_position(struct movie *m, enum movie_rank rank, const struct position *position);

/* movie_rating() -- note a number of stars, unless it is none or one of a better rank is known. */
void movie_rating(struct movie *m, enum movie_rank rank, double stars);

/* movie_created() -- note the creation time of a header; the first that is not zero stays.  wide: it has 64 bits. */
void movie_created(struct movie *m, enum movie_header h, uint64_t seconds_since_1904, bool wide);

/* movie_finish() -- hand everything to info, the best first. */
void movie_finish(struct movie *m);

#endif
