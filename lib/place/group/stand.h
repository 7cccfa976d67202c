/*
 * stand -- what stands at the numbers of a group's names, and whose bytes those are.  Private to lib/place/group.
 *
 * The i-th is one of numbers.series, the f-th one of numbers.party; both are as number_start() left them.
 */
#ifndef PLACE_GROUP_STAND_H
#define PLACE_GROUP_STAND_H

#include "place/group/number.h"

/* stand_file() -- what is known of the i-th. */
static inline struct cache_file *
stand_file(const struct number *n, size_t i)
{
	return &n->s->series.shelf->files[n->s->series.v[i].file];
}

static inline const char *
stand_name(const struct number *n, size_t i)
{
	return shelf_text(n->s->series.shelf, n->s->series.v[i].at);
}

/* stand_may_be() -- whether the i-th may hold what one of the group's files does, as far as is known unread. */
bool stand_may_be(const struct number *n, size_t i);

/* stand_is_named() -- whether the i-th has the name that the f-th has at that number.  Returns 1, 0 or -1. */
int stand_is_named(struct number *n, size_t i, size_t f, struct fail *why);

/* stand_holds() -- whether the i-th holds what the f-th's source does.  Returns 1, 0 or -1. */
int stand_holds(struct number *n, size_t i, size_t f, struct fail *why);

/* stand_digest() -- digest the i-th, unless that has been done.  Returns 0 or -1. */
int stand_digest(struct number *n, size_t i, struct fail *why);

/* stand_has_picture() -- whether a picture or film stands at k. */
bool stand_has_picture(const struct number *n, unsigned k);

/* stand_shows() -- whether one does whose name begins as the f-th's: another group with such a name sees it. */
bool stand_shows(const struct number *n, size_t f, unsigned k);

/* What stands at one number. */
struct stand {
	int ours, own, others; /* pictures and films; of ours those under their own names */
	int strange;           /* companions that are none of ours */
};

/* stand_is_strange() -- whether only other people's pictures and films stand at [begin] to [end - 1]: no need to
 * compare. */
bool stand_is_strange(const struct number *n, size_t begin, size_t end);

/* stand_look() -- compare all that stands at [begin] to [end - 1].  Returns 0 or -1. */
int stand_look(struct number *n, size_t begin, size_t end, struct stand *at, struct fail *why);

/* stand_pictures() -- how many pictures and films the group has whose sources are there, or -1. */
int stand_pictures(struct number *n, struct fail *why);

/*
 * stand_is_mirrored() -- whether the job is a mirror's, and all that stands at 0, where it is to have the name of the
 * library's file, the library has under the same names.  Returns 1, 0 (also where nothing stands there) or -1.
 */
int stand_is_mirrored(struct number *n, struct fail *why);

#endif
