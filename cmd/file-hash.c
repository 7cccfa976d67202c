/* file-hash -- add content digests to each record, or compare with those it has; see file-hash(1). */
#include <stdlib.h>

#include "archive/option.h"
#include "archive/packed.h"
#include "file/state.h"
#include "hash/readfile.h"
#include "hash/verdict.h"
#include "run/filter.h"
#include "run/pool.h"
#include "run/words.h"

struct conf {
	struct opt_list algorithms;
	bool verify, readback;
	double budget_s; /* negative: none */
	uint64_t ends_ns;
	digest_mask mask;
	const struct run *run;
	struct filter *filter;
	struct option_archives archives;
};

struct worker {
	struct packed packed; /* first: packed_quit() and packed_pause() are given the worker */
	struct readfile *file;
	struct buf text;
};

static const char algorithms_help[] = "digests to compute, separated by commas (xxh128):"
#define DIGEST(id, name, size) " " name
#include "hash/digest-algorithms.def"
#undef DIGEST
    ;

static const struct opt opts[] = {
    OPT_LIST('a', "algorithm", "DIGESTS", struct conf, algorithms, algorithms_help),
    OPT_FLAG(0, "verify", struct conf, verify, "compare with the hash that the record has, and set verify"),
    OPT_FLAG(0, "readback", struct conf, readback, "read from the disk, not what memory has of the file"),
    OPTION_ARCHIVES(struct conf, archives),
    OPT_SECONDS(0, "budget", "SECONDS", struct conf, budget_s, "begin no file later than that; the others pass unread"),
    OPT_END,
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	conf->run = run;
	conf->ends_ns = pool_after_ns(conf->budget_s);
	for (size_t i = 0; i < conf->algorithms.n; i++) {
		if (digest_parse_list(conf->algorithms.v[i], &conf->mask, why) == -1)
			return -1;
	}
	if (conf->mask == 0)
		conf->mask = 1u << DIGEST_XXH128;
	return digest_usable(conf->mask, why) == 0 ? option_begin(&conf->archives, run, conf->filter, why) : -1;
}

static int
expand(void *arg, const struct rec *from, struct rec *rec, struct fail *why)
{
	return unfold_next(&((struct conf *)arg)->archives.unfold, from, rec, why);
}

static void
worker_free(void *arg)
{
	struct worker *w = arg;

	packed_fini(&w->packed);
	readfile_free(w->file);
	buf_fini(&w->text);
	free(w);
}

static void *
worker_new(void *arg)
{
	const struct conf *conf = arg;
	struct worker *w = calloc(1, sizeof *w);
	struct fail why;

	if (w == NULL)
		return NULL;
	w->packed.of = conf->archives.unfold.of;
	if ((w->file = readfile_new(conf->mask, &why)) != NULL)
		return w;
	free(w);
	return NULL;
}

static int
read_member(const struct state *noted, struct worker *w, struct rec *rec, digest_mask mask, struct fail *why)
{
	const struct flow from = {&w->packed, packed_read};

	if (packed_seek(&w->packed, rec, &w->file->st, why) == -1 ||
	    readfile_flow(w->file, mask, &from, &rec->meter, why) == -1)
		return -1;
	w->file->from_disk = false;
	if (noted != NULL && !state_agrees(noted, &w->file->st))
		return fail_set(why, FAIL_CHANGED, "read", "size or mtime changed since the record was made");
	return 0;
}

static int
read_file(const struct conf *conf, struct worker *w, struct rec *rec, digest_mask mask, struct fail *why)
{
	struct state noted;
	const struct readfile_how how = {
	    run_dirfd(conf->run), mask, conf->verify ? NULL : &noted, &rec->meter, conf->readback};

	if (!conf->verify && !rec_get_state(rec, &noted))
		return fail_set(why, FAIL_CHANGED, "open", "the record's size or mtime is none");
	if (rec->archive.len > 0 ? read_member(how.noted, w, rec, mask, why)
				 : readfile_digest(w->file, &how, rec->path.p, why))
		return -1;
	if (conf->readback && !w->file->from_disk)
		rec_warn(rec, "file-hash", FAIL_READBACK, "what was in memory of it could not be dropped");
	return 0;
}

static int
add_hash(struct worker *w, struct rec *rec, struct slice old, struct fail *why)
{
	buf_clear(&w->text, READFILE_BYTES);
	if (digest_merge_json(old, &w->file->now, &w->text, why) == -1)
		return -1;
	rec_set_json(rec, "hash", &w->text, 0);
	return 0;
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;
	struct worker *w = worker;
	struct digests was = {0}, damage;
	struct slice old = {0};

	verdict_take(rec, &damage);
	if (pool_now_ns() >= conf->ends_ns)
		return 0;
	if (rec_get(rec, "hash", &old) && digest_read_json(old, &was, why) == -1)
		return -1;
	if (read_file(conf, w, rec, conf->mask | was.mask, why) == -1)
		return conf->verify ? verdict_unread(rec, run_dirfd(conf->run), why) : -1;
	rec_drop(rec, "verified"); /* it was read now */
	if (conf->verify && was.mask != 0 && !digest_equal(&was, &w->file->now)) {
		verdict_mismatch(rec, w->file, &damage, &w->text);
		return 0;
	}
	rec_refresh_stat(rec, &w->file->st);
	if (conf->verify && was.mask != 0)
		word_set(rec, VERIFY_OK);
	else if (was.mask != 0 && !digest_equal(&was, &w->file->now))
		old = (struct slice){0};
	if (!conf->verify)
		w->file->now.mask = conf->mask; /* the others only told whether they are of this content */
	return add_hash(w, rec, old, why);
}

int
main(int argc, char **argv)
{
	struct filter f;
	struct conf conf = {.budget_s = -1, .filter = &f, .archives = OPTION_DEFAULT("file-hash")};
	int status;

	f = (struct filter){
	    .name = "file-hash",
	    .synopsis = "[-a DIGESTS] [--verify] [--readback] [--archives] [--max-member=SIZE] [--budget=SECONDS] "
			"[OPTION...] [PATH...]",
	    .purpose = "Add content digests to each record, from one read of the file.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_SKIP_KNOWN | FILTER_CONTENT | FILTER_READS | FILTER_MEMBERS,
	    .start = start,
	    .expand = expand,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .leave = packed_quit,
	    .pause = packed_pause,
	    .work = work,
	};
	status = filter_main(&f, argc, argv);
	option_end(&conf.archives);
	return status;
}
