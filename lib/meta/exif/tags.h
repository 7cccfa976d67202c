/*
 * tags -- every tag of a block, as the member `tags` of a record.
 *
 * Values of standard tags come from the walk (ifd.h), so that they are typed and may lie anywhere; their names, and
 * names and values of maker notes, come from libexif.
 */
#ifndef META_EXIF_TAGS_H
#define META_EXIF_TAGS_H

#include "meta/exif/ifd.h"
#include "meta/reader.h"

#define TAGS_TEXT_MAX (512u << 10) /* of all tags of one file */
#define TAGS_ARRAY_MAX 64          /* numbers of one tag; more are not shown */
#define TAGS_ARENA (1u << 20)      /* memory for libexif */

/* Per-worker state. */
struct tags;
void tags_free(struct tags *t);

/* tags_begin() -- begin a file whose tags go to info->tags.  format_read() calls it. */
void tags_begin(struct reader *r);

/*
 * tags_entry() -- append an entry of an Exif block, where tags are wanted (info->tags is set), as
 * `"IFD0:Make":"Canon"`. Text is a string, a number a number, several are an array; a quotient without a denominator is
 * the string "1/0"; of bytes that are no text and over TAGS_ARRAY_MAX only the count is told, as {"bytes":1234}.  A
 * name that the file has already is passed over, as is an empty value.
 *
 * tags_note() -- append the tags of the maker note at `at` in the source, as libexif names and shows them.
 */
void tags_entry(struct ifd *ifd, const struct ifd_entry *e);
void tags_note(struct ifd *ifd, uint64_t at, uint64_t len);

/*
 * What is no Exif block: append `"GROUP:NAME":value` where tags are wanted and the name is new; else nothing.
 * Characters that are not ASCII letters, digits, '-', '_' or '.' are left out of GROUP and NAME. Text is trimmed and
 * made UTF-8 (text.h), and cut at TAGS_VALUE_MAX; an empty one is passed over.
 */
#define TAGS_VALUE_MAX (16u << 10)
void tags_text(struct reader *r, const char *group, struct slice name, const char *bytes, size_t len);
void tags_number(struct reader *r, const char *group, struct slice name, double v);
void tags_when(struct reader *r, const char *group, struct slice name, const struct when *w);
/* tags_size() -- ImageWidth and ImageHeight. */
void tags_size(struct reader *r, const char *group, double width, double height);
/* tags_list() -- begin an array of strings: true, and then tags_item() for each and tags_list_end(); or false. */
bool tags_list(struct reader *r, const char *group, struct slice name);
void tags_item(struct media_info *info, const char *bytes, size_t len);
void tags_list_end(struct media_info *info);

/* tags_hash() -- a number for a name, by which it is looked for (FNV-1a); never 0. */
uint64_t tags_hash(const char *p, size_t len);

#endif
