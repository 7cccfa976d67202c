/* work -- what a worker keeps from one file to the next, for readers that need it. */
#ifndef MEDIA_WORK_H
#define MEDIA_WORK_H

struct tags;

struct media_work {
	struct tags *tags; /* NULL until first needed; see tags.h */
};

#endif
