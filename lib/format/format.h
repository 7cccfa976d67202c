/*
 * format -- the containers that metadata stand in.
 *
 * One reader for each, behind a table: a bid looks at the head and says what the content is; the reader fills a
 * media_info.  Content decides, never the name.
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
 *   src   opened, borrowed
 *   work  per-worker state from work_new()
 *   info  cleared by the caller; what could be read is there even when this fails
 *   why   a failed read (EIO …).  Damage, limits and unknown content are not failures but warnings
 *
 * Returns 0 or -1.  Threads: safe while src, work and info are unshared.
 */
int format_read(struct src *src, struct work *work, struct media_info *info, struct fail *why);

/*
 * struct format_reader -- a row of the table in format.c.
 *
 *   bid   looks at up to SRC_HEAD_SIZE bytes; returns a type of types.def, or NULL.  read may say it better with
 *         media_set_type()
 *   read  what it reports, it reports through the handle; may be NULL: recognised, nothing to extract
 */
struct format_reader {
	const char *(*bid)(const uint8_t *head, size_t len);
	int (*read)(struct reader *r);
};

extern const struct format_reader format_asf;
extern const struct format_reader format_avi;
extern const struct format_reader format_bmff;
extern const struct format_reader format_bmp;
extern const struct format_reader format_bpg;
extern const struct format_reader format_crw;
extern const struct format_reader format_dv;
extern const struct format_reader format_exv;
extern const struct format_reader format_flif;
extern const struct format_reader format_flv;
extern const struct format_reader format_gif;
extern const struct format_reader format_jp2;
extern const struct format_reader format_jpeg;
extern const struct format_reader format_jxl;
extern const struct format_reader format_jxr;
extern const struct format_reader format_kyocera;
extern const struct format_reader format_matroska;
extern const struct format_reader format_mpeg;
extern const struct format_reader format_mrw;
extern const struct format_reader format_mts;
extern const struct format_reader format_mxf;
extern const struct format_reader format_ogv;
extern const struct format_reader format_png;
extern const struct format_reader format_psd;
extern const struct format_reader format_raf;
extern const struct format_reader format_tiff;
extern const struct format_reader format_webp;
extern const struct format_reader format_x3f;
extern const struct format_reader format_xmp;

#endif
