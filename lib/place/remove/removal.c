#include "place/remove/removal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/volume.h"
#include "place/name/path.h"
#include "place/remove/doubt.h"
#include "place/remove/proof.h"

static enum reason
doubt_behind(struct removal *r)
{
	snprintf(r->message, sizeof(r->message), "a file that belongs to it is to be removed first: %.100s",
	    pathname_last(r->behind));
	return REASON_GROUP;
}

static void
unlink_hidden(struct proof *p)
{
	if (!p->hidden)
		return;
	if (p->r->behind != NULL)
		p->r->reason = doubt_behind(p->r);
	else if (unlinkat(p->folder, p->aside.hidden, 0) == 0)
		p->hidden = false;
	else
		p->r->reason = doubt_name(p->r, errno);
}

/* In order, so that where one cannot go, a companion before its picture, what comes behind it stays. */
static void
unlink_all(struct proof *proofs, size_t n)
{
	const struct proof *bad = NULL;

	for (size_t i = 0; i < n; i++) {
		struct proof *p = &proofs[i];

		if (bad != NULL && p->hidden)
			removal_keep(p->r, bad->r);
		else if (bad == NULL)
			unlink_hidden(p);
		if (bad == NULL && p->hidden && p->r->behind == NULL)
			bad = p;
	}
}

/* Hide and compare all, up to the first that stays; *begun: how many.  Returns that one, or NULL. */
static const struct proof *
prove_all(struct proof *proofs, struct removal *const *all, size_t n, struct scratch *scratch, size_t *begun)
{
	for (*begun = 0; *begun < n; ++*begun) {
		struct proof *p = &proofs[*begun];

		proof_begin(p, proofs, all[*begun], scratch);
		p->r->reason = proof_find(p);
		if (proof_keeps_others(p)) {
			++*begun;
			return p;
		}
	}
	return NULL;
}

static const struct proof *
look_last(struct proof *proofs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct proof *p = &proofs[i];

		if (p->hidden && (p->r->reason = proof_look_last(p)) != REASON_NONE)
			return p;
		p->r->proved = p->hidden;
	}
	return NULL;
}

static void
remove_all(struct proof *proofs, struct removal *const *all, size_t n, struct scratch *scratch)
{
	size_t begun;
	const struct proof *bad = prove_all(proofs, all, n, scratch, &begun);

	if (bad == NULL)
		bad = look_last(proofs, n);
	for (size_t i = 0; i < n && bad != NULL; i++) {
		if (all[i]->reason == REASON_NONE)
			removal_keep(all[i], bad->r);
	}
	if (bad == NULL)
		unlink_all(proofs, n);
	while (begun > 0)
		proof_end(&proofs[--begun]);
}

void
removal_do(struct removal *const *all, size_t n, struct scratch_pool *scratch_pool)
{
	struct proof one, *proofs = n == 1 ? &one : calloc(n, sizeof(*proofs));
	struct fail why;
	struct scratch *scratch = scratch_take(scratch_pool, &why);

	for (size_t i = 0; i < n; i++)
		all[i]->reason = REASON_NONE;
	if (proofs != NULL && scratch != NULL)
		remove_all(proofs, all, n, scratch);
	for (size_t i = 0; i < n && (proofs == NULL || scratch == NULL); i++)
		all[i]->reason = doubt_say(all[i], REASON_UNREADABLE, scratch == NULL ? why.message : strerror(ENOMEM));
	if (scratch != NULL)
		scratch_return(scratch_pool, scratch);
	if (proofs != &one)
		free(proofs);
}

void
removal_refuse(struct removal *r, enum reason reason, const char *message)
{
	r->reason = reason;
	snprintf(r->message, sizeof(r->message), "%s", message);
}

void
removal_keep(struct removal *r, const struct removal *bad)
{
	if (bad->reason == REASON_READ_ONLY) {
		removal_refuse(r, REASON_READ_ONLY, bad->message);
		return;
	}
	r->reason = REASON_GROUP;
	snprintf(r->message, sizeof(r->message), "%.60s: %.60s: %.96s", reason_text(REASON_GROUP),
	    pathname_last(bad->path), bad->message);
}

/* Begin with one that stays.  Returns false without memory. */
static bool
begin_alone(struct proof *p, struct removal *r, struct scratch_pool *scratch_pool)
{
	struct fail why = {0};
	struct scratch *scratch = scratch_take(scratch_pool, &why);

	if (scratch != NULL)
		proof_begin(p, p, r, scratch);
	else
		r->reason = doubt_say(r, REASON_UNREADABLE, why.message);
	r->errnum = why.errnum;
	return scratch != NULL;
}

static void
end_alone(struct proof *p, struct scratch_pool *scratch_pool)
{
	proof_end(p);
	scratch_return(scratch_pool, p->scratch);
}

bool
removal_compare(struct removal *r, struct scratch_pool *scratch_pool)
{
	struct proof p;
	bool safe;

	if (!begin_alone(&p, r, scratch_pool))
		return false;
	r->reason = proof_compare(&p);
	safe = !proof_keeps_others(&p);
	end_alone(&p, scratch_pool);
	return safe;
}

bool
removal_read_both(struct removal *r, struct scratch_pool *scratch_pool, struct removal_seen *seen)
{
	struct proof p;

	*seen = (struct removal_seen){0};
	if (!begin_alone(&p, r, scratch_pool))
		return false;
	r->reason = proof_read_both(&p);
	*seen = (struct removal_seen){p.cached, p.copy.st.st_ctim};
	end_alone(&p, scratch_pool);
	return r->reason == REASON_NONE;
}

void
removal_flush(struct removal *r, const struct removal *before)
{
	struct stat st;

	if (r->root == -1 || fstat(r->root, &st) == -1)
		return;
	r->flushed_dev = st.st_dev;
	clock_gettime(CLOCK_REALTIME_COARSE, &r->flushed_at);
	r->flushed = (before != NULL && before->flushed && before->flushed_dev == st.st_dev) ||
		     (volume_is_native(r->root) && syncfs(r->root) == 0);
}
