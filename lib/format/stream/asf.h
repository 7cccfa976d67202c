/* asf -- what the parts of the ASF reader share. */
#ifndef FORMAT_STREAM_ASF_H
#define FORMAT_STREAM_ASF_H

#include "meta/reader.h"

struct asf {
	struct reader *r;
	struct buf settings; /* UTF-16LE: the encoder, where nothing better names the program */
};

/* asf_set_date() -- a date and its tag from units of 100 ns since 1601 in UTC; 0 is none. */
void asf_set_date(struct asf *a, enum media_date_source source, const char *name, uint64_t filetime);

/* The bodies of the objects that describe the content; damage in them is a warning. */
void asf_content(struct asf *a, const uint8_t *p, size_t len);
void asf_extended(struct asf *a, const uint8_t *p, size_t len);
void asf_metadata(struct asf *a, const uint8_t *p, size_t len); /* also of the metadata library */

/* asf_finish() -- when all were read: set what stands in for better. */
void asf_finish(struct asf *a);

#endif
