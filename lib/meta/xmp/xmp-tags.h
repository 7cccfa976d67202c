/* xmp-tags -- every property of a packet, as tags. */
#ifndef META_XMP_XMP_TAGS_H
#define META_XMP_XMP_TAGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "media/media.h"
#include "meta/reader.h"
#include "meta/xmp/xmp-rdf.h"

#define XMP_TAGS_MAX 4096          /* values of one property of the resource */
#define XMP_TAGS_SIZE (256u << 10) /* … and their bytes */

struct xmp_tag {
	uint64_t hash;            /* of the name */
	size_t at, name_len, len; /* in xmp_tags.text: name, value */
	bool in_list, done;
};

/* The values of the property that is being read.  {0} is ready; xmp_tags_begin() before each packet. */
struct xmp_tags {
	struct reader reader; /* for whom; only its worker's state and its record are used */
	struct xmp_tag *tag;
	size_t n, cap;
	struct buf text;
	char group[48];
};

void xmp_tags_begin(struct xmp_tags *t, const struct reader *r);
void xmp_tags_fini(struct xmp_tags *t);

/*
 * xmp_tags_leaf() -- keep a value.  xmp_tags_property() -- append what was kept: `"XMP-dc:title":"…"`, an array where
 * it came from one, the fields of a structure each by its own name ("XMP-exif:FlashFired"), other languages behind the
 * name
 * ("XMP-dc:title-de").
 */
void xmp_tags_leaf(struct xmp_tags *t, const struct xmp_leaf *leaf);
void xmp_tags_property(struct xmp_tags *t);

#endif
