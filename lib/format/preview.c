/* The readers note where small JPEGs may lie; these are tried, the shortest first. */
#include "format/preview.h"

#include <stdlib.h>

#include "format/format.h"
#include "format/jpeg/jpeg-small.h"
#include "media/media.h"

static int
compare(const void *a, const void *b)
{
	const struct reader_preview *x = a, *y = b;

	return x->len != y->len ? (x->len > y->len) - (x->len < y->len) : (x->at > y->at) - (x->at < y->at);
}

static int
try_all(struct src *src, struct reader_previews *found, struct buf *jpeg, struct fail *why)
{
	qsort(found->preview, found->n, sizeof found->preview[0], compare);
	for (size_t i = 0; i < found->n; i++) {
		size_t got;
		const uint8_t *p = src_some(src, found->preview[i].at, found->preview[i].len, &got, why);

		if (p == NULL && !src_is_damage(why))
			return -1;
		if (p != NULL && jpeg_small(p, got, jpeg))
			return 0;
		if (jpeg->failed)
			return fail_nomem(why);
	}
	return 0;
}

int
preview_read(struct src *src, struct reader_worker *worker, struct preview *out, struct fail *why)
{
	struct reader_previews found = {0};
	struct media_info info = {0};
	int rc;

	buf_clear(&out->jpeg, READER_PREVIEW_BYTES);
	out->orientation = 1;
	worker->previews = &found;
	rc = format_read(src, worker, &info, why);
	worker->previews = NULL;
	if (rc == 0 && info.field[MEDIA_ORIENTATION].kind == MEDIA_NUMBER)
		out->orientation = (int)info.field[MEDIA_ORIENTATION].number;
	media_fini(&info);
	return rc == 0 ? try_all(src, &found, &out->jpeg, why) : -1;
}
