/* What the blocks need is made when a first file has such a block. */
#include "meta/work.h"

#include <stdlib.h>

#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

struct work *
work_new(void)
{
	return calloc(1, sizeof(struct work));
}

void
work_free(struct work *w)
{
	if (w == NULL)
		return;
	tags_free(w->tags);
	xmp_free(w->xmp);
	src_free(w->inner);
	free(w);
}

struct src *
work_open(struct work *work, const uint8_t *bytes, size_t len)
{
	if (work->inner_in_use || (work->inner == NULL && (work->inner = src_new()) == NULL))
		return NULL;
	work->inner_in_use = true;
	src_open_memory(work->inner, bytes, len);
	return work->inner;
}

void
work_close(struct work *work)
{
	work->inner_in_use = false;
}
