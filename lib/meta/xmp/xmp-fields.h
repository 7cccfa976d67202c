/* xmp-fields -- what the values of a packet say, as fields and dates of a record. */
#ifndef META_XMP_XMP_FIELDS_H
#define META_XMP_XMP_FIELDS_H

#include "media/media.h"
#include "meta/xmp/xmp-values.h"
#include "meta/xmp/xmp.h"

/* xmp_fields_set() -- set fields and dates, as of info->origin; warnings go to info. */
void xmp_fields_set(const struct xmp_values *x, struct media_info *info);

/* xmp_fields_motion() -- add to `motion` what the properties of the camera say of a film in the file. */
void xmp_fields_motion(const struct xmp_values *x, struct xmp_motion *motion);

#endif
