/*
 * matroska -- what the parts of the Matroska reader share.
 *
 * Source: RFC 9559 (Matroska); matroska.org/technical/tagging (the names of tags).
 */
#ifndef FORMAT_MATROSKA_MATROSKA_H
#define FORMAT_MATROSKA_MATROSKA_H

#include "format/matroska/ebml.h"

#define MATROSKA_TAGS_MAX 16 /* Tags elements of one file */
#define MATROSKA_TRACKS_MAX 64

struct matroska {
	struct ebml ebml;
	struct {
		uint64_t uid, number;
	} track[MATROSKA_TRACKS_MAX];
	size_t ntracks;
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

/* Lists of these end with one that has no name. */
struct matroska_name {
	uint32_t id;
	enum matroska_kind kind;
	const char *name;
};

/* matroska_tag() -- with --all: an element's value as a tag of `group`, if its name is in the list. */
void matroska_tag(struct reader *r, const char *group, const struct matroska_name *names, const struct ebml_value *v);

/* Each reads one element of the segment. */
void matroska_info(struct matroska *m, const struct ebml_element *e);
void matroska_tracks(struct matroska *m, const struct ebml_element *e);
/* matroska_tags() -- count Tags elements, read after the two others. */
void matroska_tags(struct matroska *m, const struct ebml_element *tags, size_t count);

#endif
