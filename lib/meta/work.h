/* work -- what a worker keeps from one file to the next, for readers that need it. */
#ifndef META_WORK_H
#define META_WORK_H

struct tags;

struct work {
	struct tags *tags; /* NULL until first needed; see tags.h */
};

struct work *work_new(void); /* NULL: ENOMEM */
void work_free(struct work *w);

#endif
