/* A head with the length of what follows, blocks of type and length, a foot with the length again; big-endian. */
#include "format/jpeg/canonvrd.h"

#include <string.h>

#include "meta/xmp/xmp.h"

#define MARK "CANON OPTIONAL DATA" /* with its NUL */
#define HEAD_LEN 28
#define FOOT_LEN 64
#define BLOCKS_MAX 16
#define TYPE_XMP 0xffff00f6u

static int
give_up(struct media_info *info, const struct fail *why)
{
	if (!src_is_damage(why))
		return -1;
	media_warn(info, why->code, "Canon's trailer: %s", why->message);
	return 0;
}

int
canonvrd_read(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	uint64_t size = src_size(src), at, end, len;
	const uint8_t *p;
	unsigned n;

	if (size < HEAD_LEN + FOOT_LEN)
		return 0;
	end = size - FOOT_LEN;
	if ((p = src_at(src, end, FOOT_LEN, why)) == NULL)
		return give_up(info, why);
	if (memcmp(p, MARK, sizeof MARK) != 0 || (len = src_be32(p + sizeof MARK)) > end - HEAD_LEN)
		return 0;
	for (n = 0, at = end - len; end - at >= 8; n++, at += len) {
		if (n == BLOCKS_MAX) {
			media_warn(info, FAIL_LIMIT, "Canon's trailer: more than %d blocks", BLOCKS_MAX);
			return 0;
		}

		if ((p = src_at(src, at, 8, why)) == NULL)
			return give_up(info, why);
		at += 8;
		if ((len = src_be32(p + 4)) > end - at)
			return 0;
		if (src_be32(p) == TYPE_XMP)
			return xmp_read(&(struct reader){.src = src, .work = work, .info = info, .why = why}, at, len);
	}
	return 0;
}
