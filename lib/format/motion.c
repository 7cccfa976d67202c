/* The end of a file is looked at only where the XMP or the camera's maker gives a reason. */
#include "format/motion.h"

#include <string.h>
#include <strings.h>

#include "meta/xmp.h"

enum {
	TAIL = 4096,         /* Samsung's directory lies within */
	MOTION_DATA = 0x0a30 /* its entry for the film */
};

#define MOTION_NAME "MotionPhoto_Data"
#define MOTION_NAME_LEN (sizeof MOTION_NAME - 1)

/* What cannot be read for another reason than the source's failure is not there. */
static const uint8_t *
look(struct src *src, uint64_t at, size_t len, struct fail *why, int *rc)
{
	const uint8_t *p = src_at(src, at, len, why);

	if (p == NULL)
		*rc = why->code == FAIL_TRUNCATED || why->code == FAIL_LIMIT ? 0 : -1;
	return p;
}

/* Whether a film begins at `at`: 1, 0, -1. */
static int
is_film(struct src *src, uint64_t at, struct fail *why)
{
	const uint8_t *p;
	int rc = 0;

	if ((p = look(src, at, 8, why, &rc)) == NULL)
		return rc;
	return memcmp(p + 4, "ftyp", 4) == 0;
}

/* The data of an entry: two bytes, its type, the length of its name, the name, the film. */
static int
is_samsung_film(struct src *src, uint64_t at, uint64_t len, struct fail *why)
{
	size_t head = 8 + MOTION_NAME_LEN;
	const uint8_t *p;
	int rc = 0;

	if (len < head + 8)
		return 0;
	if ((p = look(src, at, head, why, &rc)) == NULL)
		return rc;
	if (src_le32(p + 4) != MOTION_NAME_LEN || memcmp(p + 8, MOTION_NAME, MOTION_NAME_LEN) != 0)
		return 0;
	return is_film(src, at + head, why);
}

/* The directory is "SEFH", version, count and entries, in front of its length and "SEFT" at the end of the file. */
static int
has_samsung_film(struct src *src, struct fail *why)
{
	uint64_t size = src_size(src), dir, back = 0, len = 0;
	const uint8_t *tail, *p;
	size_t n = size < TAIL ? (size_t)size : TAIL, bytes, count, i;
	int rc = 0;

	if (n < 20 || (tail = look(src, size - n, n, why, &rc)) == NULL)
		return rc;
	bytes = src_le32(tail + n - 8);
	if (memcmp(tail + n - 4, "SEFT", 4) != 0 || bytes < 12 || bytes > n - 8)
		return 0;
	p = tail + n - 8 - bytes;
	dir = size - 8 - bytes;
	count = src_le32(p + 8);
	if (memcmp(p, "SEFH", 4) != 0 || count > (bytes - 12) / 12)
		return 0;
	for (i = 0; i < count && len == 0; i++) {
		const uint8_t *entry = p + 12 + 12 * i;

		if (src_le16(entry + 2) == MOTION_DATA) {
			back = src_le32(entry + 4);
			len = src_le32(entry + 8);
		}
	}
	return len > 0 && len <= back && back <= dir ? is_samsung_film(src, dir - back, len, why) : 0;
}

static bool
is_samsung(const struct media_info *info)
{
	const struct media_value *make = &info->field[MEDIA_MAKE];

	return make->kind == MEDIA_TEXT && make->len >= 7 && strncasecmp(info->text.p + make->at, "samsung", 7) == 0;
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
	if (rc == 0 && (told || is_samsung(info)))
		rc = has_samsung_film(src, why);
	if (rc == 1)
		media_set_bool(info, MEDIA_MOTION_PHOTO, true);
	return rc == -1 ? -1 : 0;
}
