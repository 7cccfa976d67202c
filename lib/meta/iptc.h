/*
 * iptc -- the datasets of IPTC-IIM, as fields of a record.
 *
 * Source: IPTC-NAA Information Interchange Model 4.2, records 1 and 2; MWG guidelines 2.0, 3.3 and 5.
 */
#ifndef META_IPTC_H
#define META_IPTC_H

#include "media/media.h"
#include "media/src.h"
#include "meta/reader.h"

#define IPTC_DATASETS_MAX 4096 /* of one block */

/* How the block stands to the XMP beside it, as a digest of it tells that who wrote the XMP has left. */
enum iptc_age {
	IPTC_UNDATED, /* no digest, or no XMP: keywords that are in one of them alone are told too */
	IPTC_IN_STEP, /* the XMP says the same or more */
	IPTC_NEWER,   /* the XMP is out of date: fields count as MEDIA_FROM_NEWER_IPTC */
};

/*
 * iptc_read() -- read the datasets from `at` to before `end`, of which SRC_WINDOW_MAX bytes at most are seen.
 *
 *   info  fields, lists and the date are set; tags are appended; damage is a warning
 */
void iptc_read(struct reader *r, uint64_t at, uint64_t end, enum iptc_age age);

#endif
