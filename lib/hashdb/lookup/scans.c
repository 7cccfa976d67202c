/* A tree of a bounded size, which starts again when it is full: only long scans are kept, and few contents need one. */
#include "hashdb/lookup/scans.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define SCANS_MAX 4096

/* A scan begins with its content. */
static int
order(const void *a, const void *b)
{
	const struct digests *x = a, *y = b;
	int order = (x->mask > y->mask) - (x->mask < y->mask);

	for (int i = 0; i < DIGEST_COUNT && order == 0; i++)
		if (x->mask & 1u << i)
			order = memcmp(x->bytes[i], y->bytes[i], digest_size(i));
	return order;
}

struct scan *
scans_find(const struct scans *w, const struct digests *content)
{
	struct scan **found = w->n > 0 ? tfind(content, &w->tree, order) : NULL;

	return found != NULL ? *found : NULL;
}

static void
free_scan(void *scan)
{
	buf_fini(&((struct scan *)scan)->path);
	free(scan);
}

int
scans_keep(struct scans *w, struct scan *scan, struct fail *why)
{
	struct scan *kept = malloc(sizeof *kept);

	if (w->n == SCANS_MAX)
		scans_fini(w);
	if (kept == NULL || tsearch(memcpy(kept, scan, sizeof *kept), &w->tree, order) == NULL) {
		free(kept);
		return fail_nomem(why);
	}
	scan->path = (struct buf){0};
	w->n++;
	return 0;
}

void
scans_fini(struct scans *w)
{
	tdestroy(w->tree, free_scan);
	*w = (struct scans){0};
}
