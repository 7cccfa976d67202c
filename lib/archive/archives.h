/* archives -- what all readers of archives in one run share: libarchive, the limits, and whose turn it is to be big. */
#ifndef ARCHIVE_ARCHIVES_H
#define ARCHIVE_ARCHIVES_H

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "archive/calls.h"
#include "base/fail.h"

#define ARCHIVES_MEMBER_MAX (UINT64_C(64) << 30) /* of one member, where nobody says more: bytes */
#define ARCHIVES_MEMORY (132u << 20) /* of what unpacks, at a time: a window of 128 MiB and what goes with it */

struct archives {
	int dirfd; /* where relative paths start */
	uint64_t max_member;
	struct calls calls; /* from the first archive on */
	locale_t utf8;      /* what libarchive turns names into; (locale_t)0: the system has it not */
	pthread_mutex_t lock;
	pthread_mutex_t decoder; /* held by whoever unpacks what takes much memory … */
	atomic_uint waiting;     /* … for which so many others wait */
};

struct archives *archives_new(int dirfd, uint64_t max_member); /* NULL: ENOMEM */
void archives_free(struct archives *a);                        /* after all its readers; NULL is fine */

/* archives_ready() -- load libarchive, unless that is done.  Returns 0, or -1 as calls_load(). */
int archives_ready(struct archives *a, struct fail *why);

#endif
