/* source-remove -- remove the sources whose copies are compared, durable and recorded; see source-remove(1). */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "hashdb/recorded.h"
#include "media/group/companion.h"
#include "place/remove/aside.h"
#include "place/remove/kept.h"
#include "place/remove/together.h"
#include "place/undo/unfinished.h"
#include "run/filter.h"
#include "run/words.h"

struct conf {
	const char *file;
	bool give_back;
	int dirfd;
	struct recorded *recorded;
	struct scratch_pool scratch_pool;
	struct together together;
	struct kept kept;
};

static const struct opt opts[] = {
    OPT_STRING(0, "db", "DB", struct conf, file, "the library's database (.dcim/hash.db below place.root)"),
    OPT_FLAG(0, "give-back", struct conf, give_back, "give files that a killed run set aside their names back"),
    OPT_END,
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	conf->kept = (struct kept){.run = run, .tool = "source-remove"};
	conf->dirfd = run_dirfd(run);
	conf->recorded = recorded_new(conf->dirfd, conf->file);
	return conf->recorded != NULL ? 0 : fail_nomem(why);
}

static bool
is_candidate(const struct rec *rec)
{
	enum word action = word_find(rec, "place.action");

	return (action == ACTION_COPIED || action == ACTION_REFLINKED || action == ACTION_DUPLICATE ||
		   action == ACTION_EXISTS) &&
	       !word_is(rec, PLACE_SOURCE_REMOVED);
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	const struct conf *conf = arg;

	(void)out;
	if (!conf->give_back)
		*verdict = is_candidate(rec) ? EMIT_HOLD : EMIT_PASS;
	else if (rec->archive.len > 0)
		return 0;
	else if (aside_is(rec->path.p))
		return aside_return(conf->dirfd, rec->path.p, why);
	else if (unfinished_is(rec->path.p))
		return unfinished_remove(conf->dirfd, rec->path.p, why);
	return 0;
}

/* Whether it may be another picture's: it was found, and not brought by this very source. */
static bool
is_found_companion(struct recorded *db, const struct rec *rec)
{
	return companion_of(rec->path.p) != NULL && !word_is(rec, ACTION_COPIED) && !word_is(rec, ACTION_REFLINKED) &&
	       !recorded_is_first(db, rec);
}

/* The root of the record that was found last: one descriptor for neighbours, *last. */
static int
take_root(const struct recorded *db, int *last)
{
	int root = recorded_root(db);
	struct stat st, before;

	if (*last == -1 || fstat(root, &st) == -1 || fstat(*last, &before) == -1 || !io_same_file(&st, &before))
		*last = fcntl(root, F_DUPFD_CLOEXEC, 0);
	return *last;
}

static void
close_roots(struct together_file *files, size_t n)
{
	int closed = -1;

	for (size_t i = 0; i < n; i++) {
		int root = files[i].removal.root;

		if (root != closed && root != -1)
			close(root);
		if (root != -1)
			closed = root;
	}
}

/* Serial: what the record and the database say. */
static void
prepare(const struct conf *conf, struct together_file *f, int *last_root)
{
	struct recorded *db = conf->recorded;
	struct removal *r = &f->removal;
	const char *missing = recorded_find(db, f->rec, &r->recorded);

	r->dirfd = conf->dirfd;
	r->path = f->rec->path.p;
	f->beside = missing == NULL && is_found_companion(db, f->rec);
	if (f->rec->archive.len > 0)
		removal_refuse(r, REASON_ARCHIVE, reason_text(REASON_ARCHIVE));
	else if (rec_get_warning(f->rec, FAIL_MIRROR, NULL))
		removal_refuse(r, REASON_MIRROR, reason_text(REASON_MIRROR));
	else if (missing != NULL)
		removal_refuse(r, REASON_NOT_RECORDED, missing);
	else if (!rec_get_state(f->rec, &r->noted) || !r->noted.has_size || !r->noted.has_mtime)
		removal_refuse(r, REASON_CHANGED, "the record does not say its size and time");
	else if ((r->root = take_root(db, last_root)) == -1 || buf_adds(&f->to, recorded_path(db)) == -1)
		removal_refuse(r, REASON_COPY_UNREADABLE, strerror(r->root == -1 ? errno : ENOMEM));
	r->to = buf_cstr(&f->to);
}

static int
commit(void *arg, struct run *run, struct rec **held, size_t nheld, struct fail *why)
{
	struct conf *conf = arg;
	struct together_file *files = calloc(nheld, sizeof *files);
	int last_root = -1;

	if (files == NULL)
		return fail_nomem(why);
	for (size_t i = 0; i < nheld; i++) {
		files[i] = (struct together_file){.rec = held[i], .removal = {.root = -1, .meter = &held[i]->meter}};
		prepare(conf, &files[i], &last_root);
		removal_flush(&files[i].removal, i > 0 ? &files[i - 1].removal : NULL);
	}
	conf->together.patient = run_may_wait(run);
	together_remove(&conf->together, run, files, nheld);
	for (size_t i = 0; i < nheld; i++) {
		struct removal *r = &files[i].removal;

		held[i]->waits = files[i].waits;
		if (!files[i].waits) {
			kept_set(held[i], r->reason, r->message);
			kept_tell(&conf->kept, held[i], r->reason, r->message);
		}
		buf_fini(&files[i].to);
	}
	close_roots(files, nheld);
	free(files);
	return 0;
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	const struct conf *conf = arg;

	(void)out, (void)why;
	kept_summary(&conf->kept);
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {0};
	struct filter f = {
	    .name = "source-remove",
	    .synopsis = "[--db=DB] [--give-back] [OPTION...] [PATH...]",
	    .purpose = "Remove the sources whose copies are compared with them, durable and recorded.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_READS | FILTER_MEMBERS,
	    .start = start,
	    .emit = emit,
	    .commit = commit,
	    .finish = finish,
	};
	int status;

	scratch_pool_init(&conf.scratch_pool, NULL);
	together_init(&conf.together, &conf.scratch_pool);
	status = filter_main(&f, argc, argv);
	together_fini(&conf.together);
	scratch_pool_fini(&conf.scratch_pool);
	recorded_free(conf.recorded);
	return status;
}
