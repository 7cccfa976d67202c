/* asf -- what the parts of the ASF reader share. */
#ifndef FORMAT_STREAM_ASF_H
#define FORMAT_STREAM_ASF_H

#include "meta/reader.h"

struct asf {
	struct reader *r;
	struct buf settings; /* UTF-16LE: the encoder, where nothing better names the program */
};

/* asf_when() -- from units of 100 ns since 1601 in UTC.  False outside the years of when.h. */
bool asf_when(uint64_t filetime, struct when *out);
void asf_tag_date(struct asf *a, const char *name, const struct when *w);

/* The bodies of the objects that describe the content; damage in them is a warning. */
void asf_content(struct asf *a, const uint8_t *p, size_t len);
void asf_extended(struct asf *a, const uint8_t *p, size_t len);
void asf_metadata(struct asf *a, const uint8_t *p, size_t len); /* also of the metadata library */

/* asf_finish() -- when all were read: set what stands in for better. */
void asf_finish(struct asf *a);

#endif
