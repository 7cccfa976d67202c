/*
 * Files are taken back on the pool, a stretch of the batch at a time: no two records of one are about the same file, so
 * that what was done one after the other is undone one after the other, whatever -j is.
 */
#include "place/undo/undo.h"

#include <stdlib.h>

#include "file/io.h"
#include "place/name/path.h"
#include "place/undo/emptied.h"
#include "place/undo/later.h"
#include "place/undo/subject.h"
#include "place/undo/told.h"

struct undo {
	struct undo_options o;
	struct run *run;
	struct scratch_pool scratch_pool;
	/* Only the hooks next and emit, which are serial. */
	struct later later;
	struct subjects subjects;
	struct told told;
};

struct batch {
	struct undo *u;
	struct rec **held;
	size_t n;
	size_t first; /* of the stretch */
};

/* ---- the batch ---- */

static struct subject *
subject_at(const struct batch *b, size_t i)
{
	return b->held[i]->data;
}

static void
take_back(void *arg, size_t i)
{
	struct batch *b = arg;

	takeback_do(&subject_at(b, b->first + i)->t, &b->u->scratch_pool);
}

/* Whether a record of the stretch is about the same file as the one at `end`. */
static bool
is_met(const struct batch *b, size_t end)
{
	for (size_t i = b->first; i < end; i++) {
		if (subject_same(subject_at(b, i), subject_at(b, end)))
			return true;
	}
	return false;
}

/* How many from the first on may be taken back at once. */
static size_t
stretch(const struct batch *b)
{
	size_t end = b->first + 1;

	while (end < b->n && !subject_at(b, b->first)->tied && !subject_at(b, end)->tied && !is_met(b, end))
		end++;
	return end - b->first;
}

/* Where it is again. */
static int
flush_source_folder(const struct takeback *t)
{
	int fd = path_open_folder(t->dirfd, t->path), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

/* Before a record leaves: both folders, once for neighbours in the batch. */
static void
make_durable(const struct batch *b, size_t i)
{
	struct takeback *t = &subject_at(b, i)->t;
	const struct takeback *next = i + 1 < b->n ? &subject_at(b, i + 1)->t : NULL;
	bool again = next != NULL && next->done && next->kind == t->kind && path_same_folder(t->to, next->to) &&
		     path_same_folder(t->path, next->path);

	if (!t->done || again)
		return;
	if (emptied_remove(t->root, t->to) == -1 || (t->kind == TAKEBACK_MOVE && flush_source_folder(t) == -1))
		fail_errno(&t->why, "fsync", "the folders");
}

static int
commit(void *arg, struct run *run, struct rec **held, size_t nheld, struct fail *why)
{
	struct batch b = {.u = arg, .held = held, .n = nheld};
	size_t n;

	(void)why;
	for (; b.first < nheld; b.first += n) {
		n = stretch(&b);
		run_parallel(run, n, take_back, &b);
	}
	for (size_t i = 0; i < nheld && !b.u->o.dry_run; i++)
		make_durable(&b, i);
	for (size_t i = 0; i < nheld; i++)
		told_record(&b.u->told, held[i], &subject_at(&b, i)->t);
	return 0;
}

/* ---- the other hooks ---- */

/* A log tells of what failed then: that is no failure of now, unless the line itself cannot be read. */
static int
next(void *arg, struct rec *rec, struct fail *why)
{
	const struct undo *u = arg;
	int got = run_backwards(u->run, rec, why);

	if (got == 1 && rec->failed && !rec->failed_here) {
		rec_drop(rec, "error");
		rec->failed = false;
	}
	return got;
}

/* What was only given back has no file of its own in the library that others could rely on. */
static int
ask_later(struct undo *u, const struct rec *rec, struct subject *subject, struct fail *why)
{
	if (subject->t.reason == REASON_NOT_PLACED || subject->t.kind == TAKEBACK_RETURN)
		return later_own(&u->later, rec, why);
	if (subject->t.reason != REASON_NONE)
		return 0;
	return later_find(&u->later, rec, &subject->to, &subject->t.reason, why);
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct undo *u = arg;
	struct subject *subject = malloc(sizeof(*subject));

	(void)out;
	if ((rec->data = subject) == NULL)
		return fail_nomem(why);
	if (subject_read(subject, &u->subjects, rec, why) == -1 || ask_later(u, rec, subject, why) == -1)
		return -1;
	subject->t.dry_run = u->o.dry_run;
	subject->t.weak = u->o.weak_publish;
	if (subject->t.reason != REASON_NONE)
		told_record(&u->told, rec, &subject->t);
	else
		*verdict = EMIT_HOLD;
	return 0;
}

static void
drop(struct rec *rec)
{
	if (rec->data != NULL)
		subject_fini(rec->data);
	free(rec->data);
	rec->data = NULL;
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	const struct undo *u = arg;

	(void)out, (void)why;
	told_summary(&u->told);
	return 0;
}

/* ---- beginning and ending ---- */

static int
read_later(struct undo *u, struct fail *why)
{
	for (size_t i = 0; i < u->o.nlater; i++) {
		if (later_read(&u->later, run_dirfd(u->run), u->o.later[i], why) == -1)
			return -1;
	}
	return 0;
}

static int
begin(struct undo *u, struct fail *why)
{
	later_init(&u->later);
	scratch_pool_init(&u->scratch_pool, NULL);
	if (subjects_init(&u->subjects, run_dirfd(u->run), u->o.root, why) == -1)
		return -1;
	if (u->o.root != NULL && run_watch_root(u->run, u->o.root, why) == -1)
		return -1;
	return read_later(u, why);
}

struct undo *
undo_begin(const struct undo_options *o, struct filter *f, struct run *run, struct fail *why)
{
	struct undo *u = calloc(1, sizeof(*u));

	if (u == NULL) {
		fail_nomem(why);
		return NULL;
	}
	u->o = *o;
	u->run = run;
	u->told = (struct told){.run = run, .tool = o->tool, .root = o->root};
	if (begin(u, why) == -1) {
		undo_free(u);
		return NULL;
	}
	f->conf = u;
	f->owns = NULL;
	f->next = next;
	f->work = NULL;
	f->emit = emit;
	f->commit = commit;
	f->drop = drop;
	f->finish = finish;
	return u;
}

void
undo_free(struct undo *u)
{
	if (u == NULL)
		return;
	later_fini(&u->later);
	subjects_fini(&u->subjects);
	scratch_pool_fini(&u->scratch_pool);
	free(u);
}
