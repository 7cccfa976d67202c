#include "format/unknown.h"

#include <string.h>
#include <strings.h>

#include "base/pathname.h"
#include "format/format.h"
#include "media/group/companion.h"

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

/*
 * Where a JPEG begins, as cameras write it, at `from` or behind; 0 where none does.  One behind an Exif block is that
 * picture's thumbnail.
 */
static size_t
find_jpeg(const struct head *h, size_t from)
{
	const uint8_t *p = h->p + from, *found = memmem(p, h->len - from, "\xff\xd8\xff\xe1", 4),
		      *jfif = memmem(p, h->len - from, "\xff\xd8\xff\xe0", 4),
		      *exif = memmem(p, h->len - from, "Exif\0", 5);

	if (found == NULL || (jfif != NULL && jfif < found))
		found = jfif;
	return found != NULL && (exif == NULL || exif > found) ? (size_t)(found - h->p) : 0;
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

/* Whole files of another kind, under extensions that films have too; NULL: under any. */
static bool
is_of_other_kind(const struct head *h, const char *extension)
{
	static const struct {
		const char *extension, *bytes;
		size_t len;
	} kinds[] = {
	    {NULL, "\0\5\26\7", 4}, /* what a Mac keeps beside a file on a foreign disk */
	    {"ogg", "OggS", 4},     /* sound alone */
	    {"ps", "%!PS", 4},      /* PostScript */
	};

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		if (h->len >= kinds[i].len && memcmp(h->p, kinds[i].bytes, kinds[i].len) == 0 &&
		    (kinds[i].extension == NULL || strcasecmp(extension, kinds[i].extension) == 0))
			return true;
	}
	return false;
}

/* Whether the extension is usual for a type. */
static bool
is_named(const char *path, const char *type)
{
	const char *extension = pathname_extension(path);

	return media_extension_fits(type, extension, strlen(extension));
}

/* What a name promises. */
static const char *
promised(const char *path)
{
	const struct companion *companion = companion_of(path);

	switch (companion != NULL ? companion->role : GROUP_NO_ROLE) {
	case GROUP_VOICE:
		return "sound";
	case GROUP_TRACK:
	case GROUP_SIDECAR:
		return "edits or metadata";
	default:
		return "picture or film";
	}
}

static void
describe(const struct head *h, size_t equal, const char *path, struct media_info *info)
{
	const char *what = promised(path);

	if (h->len == 0)
		media_warn(info, FAIL_FORMAT, "is empty");
	else if (equal >= RUN_MIN && equal == h->len && h->whole)
		media_warn(info, FAIL_FORMAT, "holds no %s: all its %zu bytes are 0x%02x", what, equal, h->p[0]);
	else if (equal >= RUN_MIN)
		media_warn(info, FAIL_FORMAT, "holds no known kind of %s: %s%zu bytes at its start are 0x%02x", what,
		    equal == h->len ? "at least " : "", equal, h->p[0]);
	else if (is_text(h))
		media_warn(info, FAIL_FORMAT, "holds text, no %s", what);
	else
		media_warn(info, FAIL_FORMAT, "holds no known kind of %s", what);
}

int
unknown_read(struct src *src, struct reader_worker *worker, const char *path, struct media_info *info, struct fail *why)
{
	size_t equal, jpeg;
	struct head h;
	int rc;

	if (!media_extension_promises(path, false))
		return 0;
	if ((h.p = src_some(src, 0, SRC_HEAD_SIZE, &h.len, why)) == NULL)
		return -1;
	h.whole = h.len == src_size(src);
	if (is_of_other_kind(&h, pathname_extension(path)) ||
	    (h.len > 0 && !media_extension_promises(path, is_text(&h))))
		return 0;
	equal = equal_bytes(&h);
	jpeg = find_jpeg(&h, equal >= RUN_MIN ? equal - 1 : 0);
	if (jpeg == 0 || (equal >= RUN_MIN && jpeg > equal) || !is_named(path, "jpeg")) {
		describe(&h, equal, path, info);
		return 0;
	}
	media_warn(info, FAIL_FORMAT, "a JPEG begins at byte %zu, behind bytes that do not belong to it", jpeg);
	src_skip(src, jpeg);
	rc = format_read(src, worker, info, why);
	info->type = info->mime = NULL; /* the file is none: no other name would have made it one */
	return rc;
}
