/*
 * matroska -- what the parts of the Matroska reader share.
 *
 * Source: RFC 9559 (Matroska); matroska.org/technical/tagging (the names of tags).
 */
#ifndef FORMAT_MATROSKA_MATROSKA_H
#define FORMAT_MATROSKA_MATROSKA_H

#include "format/matroska/ebml.h"
#include "media/media.h"
#include "meta/reader.h"

#define MATROSKA_ELEMENTS_MAX 65536 /* read in one file */
#define MATROSKA_TAGS_MAX 16        /* Tags elements of one file */
#define MATROSKA_TRACKS_MAX 64

struct matroska {
	struct src *src;
	struct work *work;
	struct media_info *info;
	unsigned elements; /* how many may still be read */
	struct {
		uint64_t uid, number;
	} track[MATROSKA_TRACKS_MAX];
	size_t ntracks;
	struct {
		uint64_t timestamp_scale;
		double duration; /* in that scale */
	} time;
};

/* How the value of an element is shown as a tag. */
enum matroska_kind {
	MATROSKA_UINT,
	MATROSKA_FLOAT,
	MATROSKA_TEXT,
	MATROSKA_DATE,
	MATROSKA_HEX,
	MATROSKA_SECONDS, /* from nanoseconds */
	MATROSKA_RATE     /* a second, from nanoseconds each */
};

struct matroska_name {
	uint32_t id;
	enum matroska_kind kind;
	const char *name;
};

/*
 * matroska_next() -- ebml_next(), with damage turned into a warning and limits kept.
 *
 * Returns what ebml_next() does; EBML_FAILED only for what ends the reading: a failed read.
 */
enum ebml_step matroska_next(struct matroska *m, struct ebml_walk *w, struct ebml_element *e, struct fail *why);

/* matroska_value() -- the body of an element that is a value, up to EBML_TEXT_MAX of it; NULL where there is none or it
 * cannot be read, with why->code FAIL_NONE or not. */
const uint8_t *matroska_value(struct matroska *m, const struct ebml_element *e, size_t *len, struct fail *why);

/* matroska_tag() -- with --all: an element's value as a tag of `group`, if its name is in the list. */
void matroska_tag(struct matroska *m, const char *group, const struct matroska_name *names, size_t count,
    const struct ebml_element *e, const uint8_t *p, size_t len);

/* Each reads one element of the segment.  0, or -1: a failed read. */
int matroska_info(struct matroska *m, const struct ebml_element *e, struct fail *why);
int matroska_tracks(struct matroska *m, const struct ebml_element *e, struct fail *why);
/* matroska_tags() -- count Tags elements, read after the two others. */
int matroska_tags(struct matroska *m, const struct ebml_element *tags, size_t count, struct fail *why);

#endif
