/*
 * movie -- what the boxes of one film say, in whatever order they come, until all have been seen.
 *
 * The same fact stands in several places of a film, and which of them comes first in the file means nothing.  They
 * are collected here with the rank of their place, and handed on in the order of the ranks.
 */
#ifndef FORMAT_BMFF_MOVIE_H
#define FORMAT_BMFF_MOVIE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/media.h"
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

/* The three headers that say when they were created, in the order of preference. */
enum movie_header { MOVIE_MVHD, MOVIE_MDHD, MOVIE_TKHD, MOVIE_HEADERS };

#define MOVIE_TEXTS_MAX 256

struct movie_text {
	enum movie_rank rank;
	enum media_field field;
	enum movie_encoding encoding;
	size_t at, len; /* in movie.bytes */
};

struct movie_place {
	enum movie_rank rank;
	double lat, lon;
	double alt_m; /* NAN: unknown */
};

struct movie {
	struct media_info *info; /* borrowed: takes warnings and tags at once, all else at the end */
	struct work *work;       /* borrowed; may be NULL where info->tags is */
	struct buf bytes;
	struct movie_text text[MOVIE_TEXTS_MAX];
	size_t ntexts;
	struct movie_place place; /* rank MOVIE_RANKS: none */
	struct when creationdate; /* com.apple.quicktime.creationdate */
	struct when userdate;
	enum movie_rank userdate_rank;
	uint64_t created[MOVIE_HEADERS]; /* seconds since 1904; 0: unknown */
	bool wide[MOVIE_HEADERS];        /* they have 64 bits */
	const char *maker;               /* static; known by its boxes where no text names it; NULL: not so */
	double focal35_mm;               /* 0: unknown */
	double rating;
	enum movie_rank rating_rank; /* MOVIE_RANKS: none */
	enum movie_rank list_rank;   /* of the keywords that were taken */
	bool keeps_utc; /* by the format, or a box of its maker: headers are in UTC, as the specification says */
};

void movie_init(struct movie *m, struct media_info *info, struct work *work);
void movie_fini(struct movie *m);

/* movie_text() -- note a text, bytes copied.  Where the limit of texts is reached it is dropped. */
void movie_text(struct movie *m, const struct movie_text *kind, const uint8_t *bytes, size_t len);

/* movie_tag(), movie_tag_number() -- with --all: append a tag. */
void movie_tag(struct movie *m, const char *group, const char *name, enum movie_encoding encoding, const uint8_t *bytes,
    size_t len);
void movie_tag_number(struct movie *m, const char *group, const char *name, double v);

/* movie_place() -- note a position, unless it is none (a warning) or one of a better rank is known. */
void movie_place(struct movie *m, const struct movie_place *place);

/* movie_created() -- note the creation time of a header; the first that is not zero stays.  wide: it has 64 bits. */
void movie_created(struct movie *m, enum movie_header h, uint64_t seconds_since_1904, bool wide);

/* movie_creationdate(), movie_userdate() -- note a date as text; one that is none is a warning, a blank one nothing. */
void movie_creationdate(struct movie *m, const uint8_t *text, size_t len);
void movie_userdate(struct movie *m, enum movie_rank rank, const uint8_t *text, size_t len);

/* movie_finish() -- hand everything to info, the best first. */
void movie_finish(struct movie *m);

#endif
