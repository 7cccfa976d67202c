/* A head with the length of what follows, blocks of type and length, a foot with the length again; big-endian. */
#include "format/jpeg/canonvrd.h"

#include <string.h>

#include "meta/xmp/xmp.h"

#define MARK "CANON OPTIONAL DATA" /* with its NUL */
#define HEAD_LEN 28
#define FOOT_LEN 64
#define BLOCKS_MAX 16
#define TYPE_XMP 0xffff00f6u

static void
read_blocks(struct reader *r, uint64_t at, uint64_t end)
{
	const uint8_t *p;
	uint64_t len;

	for (unsigned n = 0; end - at >= 8; n++, at += len) {
		if (n == BLOCKS_MAX) {
			media_warn(r->info, FAIL_LIMIT, "Canon's trailer: more than %d blocks", BLOCKS_MAX);
			return;
		}
		if ((p = reader_at(r, at, 8)) == NULL)
			return;
		at += 8;
		if ((len = src_be32(p + 4)) > end - at)
			return;
		if (src_be32(p) == TYPE_XMP) {
			xmp_read(r, at, len);
			return;
		}
	}
}

void
canonvrd_read(struct reader *r)
{
	uint64_t end = reader_size(r) - FOOT_LEN, len;
	const char *what = r->what;
	const uint8_t *p;

	r->what = "Canon's trailer";
	if (reader_size(r) >= HEAD_LEN + FOOT_LEN && (p = reader_at(r, end, FOOT_LEN)) != NULL &&
	    memcmp(p, MARK, sizeof MARK) == 0 && (len = src_be32(p + sizeof MARK)) <= end - HEAD_LEN)
		read_blocks(r, end - len, end);
	r->what = what;
}
