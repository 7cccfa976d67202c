#include "archive/archives.h"

#include <stdlib.h>
#include <time.h>

struct archives *
archives_new(int dirfd, uint64_t max_member)
{
	struct archives *a = calloc(1, sizeof(*a));

	if (a == NULL)
		return NULL;
	a->dirfd = dirfd;
	a->max_member = max_member;
	pthread_mutex_init(&a->lock, NULL);
	pthread_mutex_init(&a->decoder, NULL);
	return a;
}

void
archives_free(struct archives *a)
{
	if (a == NULL)
		return;
	if (a->utf8 != (locale_t)0)
		freelocale(a->utf8);
	calls_unload(&a->calls);
	pthread_mutex_destroy(&a->lock);
	pthread_mutex_destroy(&a->decoder);
	free(a);
}

int
archives_ready(struct archives *a, struct fail *why)
{
	int rc = 0;

	pthread_mutex_lock(&a->lock);
	if (a->utf8 == (locale_t)0)
		a->utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
	if (a->calls.library == NULL) {
		tzset(); /* so that it is done when several threads turn a zip's local times into others */
		rc = calls_load(&a->calls, why);
	}
	pthread_mutex_unlock(&a->lock);
	return rc;
}
