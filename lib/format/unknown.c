#include "format/unknown.h"

#include <string.h>

#define RUN_MIN 16 /* equal bytes that are no content */

struct head {
	const uint8_t *p;
	size_t len;
	bool whole; /* the file has no more */
};

/* How many bytes at the beginning are the same. */
static size_t
equal_bytes(const struct head *h)
{
	size_t n = 0;

	while (n < h->len && h->p[n] == h->p[0])
		n++;
	return n;
}

/* Where a JPEG's first two markers stand; len where none do. */
static size_t
find_jpeg(const struct head *h, size_t from)
{
	size_t i;

	for (i = from; i + 4 <= h->len; i++) {
		if (h->p[i] == 0xff && h->p[i + 1] == 0xd8 && h->p[i + 2] == 0xff && h->p[i + 3] >= 0xc0 &&
		    h->p[i + 3] != 0xff)
			return i;
	}
	return h->len;
}

static bool
is_text(const struct head *h)
{
	size_t i;

	for (i = 0; i < h->len; i++) {
		if ((h->p[i] < ' ' && strchr("\t\n\v\f\r\033", h->p[i]) == NULL) || h->p[i] == 0 || h->p[i] == 0x7f)
			return false;
	}
	return true;
}

/* What a Mac keeps beside a file on a foreign disk, under the file's own extension. */
static bool
is_apple_double(const struct head *h)
{
	return h->len >= 4 && memcmp(h->p, "\0\x05\x16\x07", 4) == 0;
}

static void
describe(const struct head *h, struct media_info *info)
{
	size_t equal = equal_bytes(h), jpeg = find_jpeg(h, equal < RUN_MIN ? 0 : equal - 1);
	bool run = equal >= RUN_MIN;

	if (h->len == 0)
		media_warn(info, FAIL_FORMAT, "is empty");
	else if (jpeg < h->len && (!run || jpeg <= equal))
		media_warn(info, FAIL_FORMAT, "a JPEG begins at byte %zu, behind what is no part of it", jpeg);
	else if (run && equal == h->len && h->whole)
		media_warn(info, FAIL_FORMAT, "holds no picture or film: all its %zu bytes are 0x%02x", equal, h->p[0]);
	else if (run)
		media_warn(info, FAIL_FORMAT,
		    "holds no picture or film that is known: %s%zu bytes at its start are 0x%02x",
		    equal == h->len ? "at least " : "", equal, h->p[0]);
	else
		media_warn(info, FAIL_FORMAT, "holds %s",
		    is_text(h) ? "text, no picture or film" : "no picture or film that is known");
}

int
unknown_warn(struct src *src, const char *path, struct media_info *info, struct fail *why)
{
	struct head h;

	if (!media_extension_promises(path, false))
		return 0;
	if ((h.p = src_some(src, 0, SRC_HEAD_SIZE, &h.len, why)) == NULL)
		return -1;
	h.whole = h.len == src_size(src);
	if (!is_apple_double(&h) && (h.len == 0 || media_extension_promises(path, is_text(&h))))
		describe(&h, info);
	return 0;
}
