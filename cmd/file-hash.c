/* file-hash -- add content digests to each record, or compare with those it has; see file-hash(1). */
#include <stdlib.h>

#include "file/state.h"
#include "hash/readfile.h"
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
};

struct worker {
	struct readfile *file;
	struct buf text;
};

static const struct opt opts[] = {
    OPT_LIST('a', "algorithm", "LIST", struct conf, algorithms,
	"digests to compute: xxh128 xxh3 xxh64 sha256 sha1 md5 sha512, separated by commas (xxh128)"),
    OPT_FLAG(0, "verify", struct conf, verify, "compare with the hash that the record has, and set verify"),
    OPT_FLAG(0, "readback", struct conf, readback, "read from the disk, not what memory has of the file"),
    OPT_SECONDS(0, "budget", "SECONDS", struct conf, budget_s, "begin no file later than that; the others pass unread"),
    OPT_END};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	struct digest *probe;
	digest_mask more;

	conf->run = run;
	conf->ends_ns = pool_after_ns(conf->budget_s);
	for (size_t i = 0; i < conf->algorithms.n; i++) {
		if (digest_parse_list(conf->algorithms.v[i], &more, why) == -1)
			return -1;
		conf->mask |= more;
	}
	conf->mask = conf->mask != 0 ? conf->mask : 1u << DIGEST_XXH128;
	if ((probe = digest_new(conf->mask, why)) == NULL)
		return -1;
	digest_free(probe);
	return 0;
}

static void
worker_free(void *arg)
{
	struct worker *w = arg;

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

	if (w == NULL || (w->file = readfile_new(conf->mask, &why)) != NULL)
		return w;
	free(w);
	return NULL;
}

static int
read_file(const struct conf *conf, struct worker *w, struct rec *rec, digest_mask mask, struct fail *why)
{
	struct state noted;
	struct readfile_how how = {.dirfd = run_dirfd(conf->run), .mask = mask, .readback = conf->readback};

	if (!conf->verify && !rec_get_state(rec, &noted))
		return fail_set(why, FAIL_CHANGED, "open", "the record's size or mtime is none");
	if (!conf->verify)
		how.noted = &noted;
	if (readfile_digest(w->file, &how, rec->path.p, why) == -1)
		return -1;
	if (conf->readback && !w->file->from_disk)
		rec_warn(rec, "file-hash", FAIL_READBACK,
		    "what was in memory of it could not be dropped before it was read");
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

/* What an earlier reading has said of the file is not said again; *damage: the content that it found to be damage. */
static void
take_verdict(struct rec *rec, struct digests *damage)
{
	struct slice now;
	struct fail ignored;

	if (word_is(rec, VERIFY_CORRUPT) && rec_get(rec, "hash_now", &now) &&
	    digest_read_json(now, damage, &ignored) == -1)
		damage->mask = 0;
	rec_drop(rec, "hash_now");
	rec_drop(rec, "verify");
}

/* The content is not what the record says.  Damage stays damage, whatever has touched it; no edit leaves nothing. */
static void
set_mismatch(struct worker *w, struct rec *rec, const struct digests *damage)
{
	bool is_empty = w->file->st.st_size == 0;
	bool is_damage = is_empty || rec_agrees(rec, &w->file->st) || digest_equal(damage, &w->file->now);

	if (!is_empty) /* a good copy has the size that is recorded */
		rec_refresh_stat(rec, &w->file->st);
	buf_clear(&w->text, READFILE_BYTES);
	digest_write_json(&w->file->now, &w->text);
	rec_set_json(rec, "hash_now", &w->text, 0);
	word_set(rec, is_damage ? VERIFY_CORRUPT : VERIFY_MODIFIED);
}

/* A file that has gone is an answer; one that cannot be read is an answer and a failure. */
static int
set_unread(const struct conf *conf, struct rec *rec, const struct fail *why)
{
	struct fail unseen;
	struct stat st;

	if (state_look(run_dirfd(conf->run), rec->path.p, &st, &unseen) == 1) {
		rec->absent = true;
		word_set(rec, VERIFY_MISSING);
		return 0;
	}
	if (why->code == FAIL_SYSTEM || why->code == FAIL_INPUT)
		word_set(rec, VERIFY_UNREADABLE);
	return -1;
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;
	struct worker *w = worker;
	struct digests was = {0}, damage = {0};
	struct slice old = {0};

	take_verdict(rec, &damage);
	if (pool_now_ns() >= conf->ends_ns)
		return 0;
	if (rec_get(rec, "archive", &old))
		return fail_set(why, FAIL_INPUT, "open", "is a member of an archive: extract it first");
	if (rec_get(rec, "hash", &old) && digest_read_json(old, &was, why) == -1)
		return -1;
	if (read_file(conf, w, rec, conf->mask | was.mask, why) == -1)
		return conf->verify ? set_unread(conf, rec, why) : -1;
	rec_drop(rec, "verified"); /* it was read now */
	if (conf->verify && was.mask != 0 && !digest_equal(&was, &w->file->now)) {
		set_mismatch(w, rec, &damage);
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
	struct conf conf = {.budget_s = -1};
	struct filter f = {
	    .name = "file-hash",
	    .synopsis = "[-a LIST] [--verify] [--readback] [--budget=SECONDS] [OPTION...] [PATH...]",
	    .purpose = "Add content digests to each record, from one read of the file.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_SKIP_KNOWN | FILTER_CONTENT,
	    .start = start,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .work = work,
	};

	return filter_main(&f, argc, argv);
}
