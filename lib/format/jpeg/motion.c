/* The end of a file is looked at only where the XMP or the camera's maker gives a reason. */
#include "format/jpeg/motion.h"

#include <string.h>

#include "format/jpeg/samsung.h"
#include "meta/xmp/xmp.h"

enum { MOTION_DATA = 0x0a30 }; /* Samsung's entry for the film */

static bool
is_film(struct reader *r, uint64_t at)
{
	const uint8_t *p = reader_try(r, at, 8);

	return p != NULL && memcmp(p + 4, "ftyp", 4) == 0;
}

static bool
has_samsung_film(struct reader *r)
{
	struct samsung_entry e;

	return samsung_find(r, MOTION_DATA, "MotionPhoto_Data", &e) && e.len >= 8 && is_film(r, e.at);
}

void
motion_read(struct reader *r)
{
	struct xmp_motion motion = {false, 0};
	uint64_t size = reader_size(r);
	bool told = xmp_motion(r->worker, &motion), found = false;

	if (told && motion.length_bytes > 0 && motion.length_bytes < size)
		found = is_film(r, size - motion.length_bytes);
	if (found || ((told || samsung_made(r->info)) && has_samsung_film(r)))
		media_set_bool(r->info, MEDIA_MOTION_PHOTO, true);
}
