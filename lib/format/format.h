/*
 * format -- the containers that metadata stand in.
 *
 * One reader for each, behind a table, formats.def: a bid looks at the head and says what the content is; the reader
 * fills a media_info.  Content decides, never the name.
 */
#ifndef FORMAT_FORMAT_H
#define FORMAT_FORMAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

/*
 * format_read() -- recognise the content and extract its metadata.
 *
 *   src     opened, borrowed
 *   worker  from reader_worker_new()
 *   info    cleared by the caller; what could be read is there even when this fails
 *   why     a failed read (EIO …).  Damage, limits and unknown content are not failures but warnings
 *
 * Returns 0 or -1.  Threads: safe while src, worker and info are unshared.
 */
int format_read(struct src *src, struct reader_worker *worker, struct media_info *info, struct fail *why);

/*
 * struct format_reader -- a row of formats.def.
 *
 *   bid   looks at up to SRC_HEAD_SIZE bytes; returns a type of types.def, or NULL.  read may say it better with
 *         media_set_type()
 *   read  begins anew: of what bid found it gets nothing.  What it finds, and what fails, it reports through the handle
 */
struct format_reader {
	const char *(*bid)(const uint8_t *head, size_t len);
	void (*read)(struct reader *r);
};

#define FORMAT(symbol, name) extern const struct format_reader format_##symbol;
#include "format/formats.def"
#undef FORMAT

#endif
