/* hashdb-lookup -- what hash databases know of each file; see hashdb-lookup(1). */
#include <stdlib.h>

#include "file/io.h"
#include "file/volume.h"
#include "hashdb/group/leads.h"
#include "hashdb/lookup/divert.h"
#include "hashdb/lookup/query.h"
#include "hashdb/source.h"
#include "run/filter.h"
#include "run/words.h"

struct conf {
	const char *known_to;
	int by;
	bool missing_is_deleted;
	struct query_conf how;

	struct filter *filter;
	struct run *run;
	char **files;
	size_t nfiles;
	struct query *query;
	struct volumes *volumes;
	struct leads *leads; /* NULL: of files of the library nobody asks for them */
	struct volume_place at;
	struct buf text;
	struct divert known;
};

static const struct opt opts[] = {
    OPT_WORD(0, "by", "hash|source|path", struct conf, by, "what files are recognised by (hash)"),
    OPT_FLAG(0, "offline", struct conf, how.offline, "take recorded files for present"),
    OPT_FLAG(
	0, "missing-is-deleted", struct conf, missing_is_deleted, "answer as if missing files were marked as deleted"),
    OPT_STRING(0, "known-to", "FILE", struct conf, known_to, "write known records to FILE instead of stdout"),
    OPT_FLAG(0, "every", struct conf, how.every, "known is only what every database knows"),
    OPT_FLAG(0, "skipped", struct conf, how.skipped, "with --by=source: what was left out once is known"),
    OPT_END,
};

static int
operands(void *arg, int argc, char **argv, struct fail *why)
{
	static const enum word by[] = {BY_HASH, BY_HASH, BY_SOURCE, BY_PATH}; /* unsaid, and in the order of the row */
	struct conf *conf = arg;

	conf->how.by = by[conf->by];
	if (argc == 0)
		return fail_set(why, FAIL_INPUT, "options", "which database?");
	if (conf->how.by == BY_HASH) /* file-hash has read the content, and place-file will want it again */
		conf->filter->flags |= FILTER_CONTENT;
	else
		conf->filter->grain = 64;
	conf->files = argv;
	conf->nfiles = (size_t)argc;
	return 0;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	bool exists;

	conf->run = run;
	conf->how.dirfd = run_dirfd(run);
	if ((conf->query = query_new(&conf->how)) == NULL || (conf->volumes = volumes_new()) == NULL ||
	    (conf->how.by != BY_PATH && (conf->leads = leads_new(conf->query, conf->volumes, conf->how.dirfd)) == NULL))
		return fail_nomem(why);
	for (size_t i = 0; i < conf->nfiles; i++) {
		if (query_add(conf->query, conf->files[i], &exists, why) == -1)
			return -1;
		if (!exists)
			run_note(run, "no database at %s yet: every file counts as new", conf->files[i]);
	}
	return conf->known_to != NULL ? divert_open(&conf->known, conf->known_to, why) : 0;
}

/* A reading has found it missing: there is nothing to look at. */
static bool
is_gone(const struct conf *conf, const struct query_file *q)
{
	return conf->how.by == BY_PATH && q->verify == VERIFY_MISSING;
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;
	struct query_file *q = calloc(1, sizeof *q);
	struct slice hash;

	(void)worker;
	if ((rec->data = q) == NULL)
		return fail_nomem(why);
	q->path = rec->path.p;
	q->verify = word_find(rec, "verify");
	if (conf->how.by == BY_HASH)
		return rec_get(rec, "hash", &hash) ? digest_read_json(hash, &q->digests, why) : 0;
	if (conf->how.by == BY_PATH && rec->archive.len > 0)
		return fail_set(why, FAIL_INPUT, "open", "is a member of an archive, and no file of a library");
	return is_gone(conf, q) ? 0 : io_stat(conf->how.dirfd, rec_file(rec), &q->st, why);
}

/* A database that cannot answer ends the run: silence would be taken for "new". */
static int
stop(const struct conf *conf, enum emit *verdict, const struct fail *why)
{
	run_stop(conf->run, why);
	*verdict = EMIT_DROP;
	return 0;
}

/* A known record, on its way to --known-to. */
static int
divert(struct conf *conf, struct rec *rec, enum emit *verdict, struct fail *why)
{
	if (conf->known_to == NULL)
		return 0;
	*verdict = EMIT_DROP;
	return divert_add(&conf->known, rec, why) == -1 ? stop(conf, verdict, why) : 0;
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;
	struct query_file *q = rec->data;
	struct query_result a;
	int rc;

	(void)out;
	if (is_gone(conf, q))
		return 0;
	if (conf->how.by == BY_HASH && q->digests.mask == 0 && rec_known(rec))
		return divert(conf, rec, verdict, why); /* settled by its source */
	if (conf->how.by == BY_SOURCE) {
		if (volumes_locate(conf->volumes, conf->how.dirfd, rec_file(rec), &conf->at, why) == -1)
			return -1;
		source_path(&conf->at.below, rec->member);
	}
	q->volume = (struct slice){conf->at.volume.p, conf->at.volume.len};
	q->below = (struct slice){conf->at.below.p, conf->at.below.len};
	if ((rc = query_run(conf->query, q, &a, why)) == 0 && conf->leads != NULL && rec->archive.len == 0)
		rc = leads_add(conf->leads, rec, &q->digests, &a, why);
	if (rc != 0)
		return rc == 1 ? -1 : stop(conf, verdict, why);
	if (conf->how.by != BY_HASH && rec->archive.len == 0)
		rec_set_stat(rec, &q->st);
	if (conf->missing_is_deleted && a.status == LOOKUP_MISSING)
		a.status = LOOKUP_DELETED;
	buf_clear(&conf->text, SIZE_MAX);
	query_write_json(conf->how.by, &a, &conf->text);
	rec_set_json(rec, "db", &conf->text, 0);
	return a.status == LOOKUP_KNOWN ? divert(conf, rec, verdict, why) : 0;
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	struct conf *conf = arg;

	(void)out;
	return divert_flush(&conf->known, why);
}

int
main(int argc, char **argv)
{
	struct conf conf = {.known.fd = -1};
	struct filter f = {
	    .name = "hashdb-lookup",
	    .synopsis = "[--by=hash|source|path] [--offline] [--missing-is-deleted] [--known-to=FILE] [--skipped]"
			" [--every] [OPTION...] DB...",
	    .purpose = "Add what hash databases know of each file.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_MEMBERS,
	    .operands = operands,
	    .start = start,
	    .work = work,
	    .emit = emit,
	    .drop = rec_free_data,
	    .finish = finish,
	};
	int status = (conf.filter = &f, filter_main(&f, argc, argv));
	leads_free(conf.leads);
	query_free(conf.query);
	volumes_free(conf.volumes);
	divert_close(&conf.known);
	volume_place_fini(&conf.at);
	buf_fini(&conf.text);
	return status;
}
