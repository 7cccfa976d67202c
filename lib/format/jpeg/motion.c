/* The end of a file is looked at only where the XMP or the camera's maker gives a reason. */
#include "format/jpeg/motion.h"

#include <string.h>

#include "format/jpeg/samsung.h"
#include "meta/xmp/xmp.h"

enum { MOTION_DATA = 0x0a30 }; /* Samsung's entry for the film */

/* Whether a film begins at `at`: 1, 0, -1. */
static int
is_film(struct src *src, uint64_t at, struct fail *why)
{
	const uint8_t *p = src_at(src, at, 8, why);

	if (p == NULL)
		return src_is_damage(why) ? 0 : -1;
	return memcmp(p + 4, "ftyp", 4) == 0;
}

static int
has_samsung_film(struct src *src, struct fail *why)
{
	struct samsung_entry e;
	int rc = samsung_find(src, MOTION_DATA, "MotionPhoto_Data", &e, why);

	return rc == 1 && e.len >= 8 ? is_film(src, e.at, why) : rc == -1 ? -1 : 0;
}

int
motion_read(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct xmp_motion motion = {false, 0};
	uint64_t size = src_size(src);
	bool told = xmp_motion(work, &motion);
	int rc = 0;

	if (told && motion.length_bytes > 0 && motion.length_bytes < size)
		rc = is_film(src, size - motion.length_bytes, why);
	if (rc == 0 && (told || samsung_made(info)))
		rc = has_samsung_film(src, why);
	if (rc == 1)
		media_set_bool(info, MEDIA_MOTION_PHOTO, true);
	return rc == -1 ? -1 : 0;
}
