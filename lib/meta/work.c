/* What the blocks need is made when a first file has such a block. */
#include "meta/work.h"

#include <stdlib.h>

#include "meta/tags.h"

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
	free(w);
}
