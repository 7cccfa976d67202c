/* A tree of a bounded size, which starts again when it is full: only long walks are kept, and few contents need one. */
#include "hashdb/walks.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

#define WALKS_MAX 4096

/* A walk begins with its content. */
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

struct walk *
walks_find(const struct walks *w, const struct digests *content)
{
	struct walk **found = w->n > 0 ? tfind(content, &w->tree, order) : NULL;

	return found != NULL ? *found : NULL;
}

static void
free_walk(void *walk)
{
	buf_fini(&((struct walk *)walk)->path);
	free(walk);
}

int
walks_keep(struct walks *w, struct walk *walk, struct fail *why)
{
	struct walk *kept = malloc(sizeof *kept);

	if (w->n == WALKS_MAX)
		walks_fini(w);
	if (kept == NULL || tsearch(memcpy(kept, walk, sizeof *kept), &w->tree, order) == NULL) {
		free(kept);
		return fail_nomem(why);
	}
	walk->path = (struct buf){0};
	w->n++;
	return 0;
}

void
walks_fini(struct walks *w)
{
	tdestroy(w->tree, free_walk);
	*w = (struct walks){0};
}
