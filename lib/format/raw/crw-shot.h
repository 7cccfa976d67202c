/* crw-shot -- what the records of a CRW file say of the shot. */
#ifndef FORMAT_RAW_CRW_SHOT_H
#define FORMAT_RAW_CRW_SHOT_H

#include "media/media.h"
#include "meta/reader.h"

/* What was seen so far; begins with the reader and the byte order set, all else 0. */
struct crw_shot {
	struct reader *r;
	bool big_endian;
	uint32_t serial;
	double focal, focal_units;
	double camera_iso, base_iso, auto_iso;
	double exposure, f_number; /* 0: not told */
};

/* A record's bytes, as far as they count. */
struct crw_record {
	const uint8_t *p;
	size_t len;
	bool describes; /* it stands in the heap of the image's description, where a comment is the format's name */
};

/* crw_is_wanted() -- whether crw_record() makes anything of a tag. */
bool crw_is_wanted(uint16_t tag);

/* crw_record() -- keep or set what a record says. */
void crw_record(struct crw_shot *s, uint16_t tag, const struct crw_record *r);

/* crw_end() -- set what needs several records, when all were seen. */
void crw_end(struct crw_shot *s);

static inline uint16_t
crw_get16(const struct crw_shot *s, const uint8_t *p)
{
	return s->big_endian ? src_be16(p) : src_le16(p);
}

static inline uint32_t
crw_get32(const struct crw_shot *s, const uint8_t *p)
{
	return s->big_endian ? src_be32(p) : src_le32(p);
}

#endif
