/*
 * tags -- every tag of a block, as the member `tags` of a record.
 *
 * Values of standard tags come from the walk (ifd.h), so that they are typed and may lie anywhere; their names, and
 * names and values of maker notes, come from libexif.
 */
#ifndef META_TAGS_H
#define META_TAGS_H

#include "meta/ifd.h"
#include "meta/work.h"

#define TAGS_TEXT_MAX (512u << 10) /* of all tags of one file */
#define TAGS_ARRAY_MAX 64          /* numbers of one tag; more are not shown */
#define TAGS_ARENA (1u << 20)      /* memory for libexif */

/* Per-worker state. */
struct tags;
struct tags *tags_new(void); /* NULL: ENOMEM */
void tags_free(struct tags *t);

/* tags_begin() -- begin a block whose tags go to info->tags.  Returns work's state, made when first needed, or NULL:
 * ENOMEM. */
struct tags *tags_begin(struct work *work, struct media_info *info);

/*
 * tags_entry() -- append `"IFD0:Make":"Canon"`.  Text is a string, a number a number, several are an array; a
 * quotient without a denominator is the string "1/0"; of bytes that are no text and over TAGS_ARRAY_MAX only the
 * count is told, as {"bytes":1234}.  A tag that its directory holds twice is shown once, an empty one not at all.
 */
void tags_entry(struct tags *t, struct ifd *ifd, const struct ifd_entry *e);

/* tags_end() -- append the maker note's tags, as libexif names and shows them. */
void tags_end(struct tags *t, struct ifd *ifd);

#endif
