/* hashdb-diff -- what two hash databases do not share; see hashdb-diff(1). */
#include "hashdb/hashdb.h"
#include "hashdb/list/diff.h"
#include "hashdb/list/rowrec.h"
#include "run/filter.h"

enum { DATABASES = 2 };

struct conf {
	bool relative;

	struct hashdb_conf open[DATABASES];
	struct hashdb *db[DATABASES];
	struct diff *diff;
	struct buf path, line, member;
};

static const struct opt opts[] = {
    OPT_FLAG(0, "relative", struct conf, relative, "paths as they are below the libraries' roots"),
    OPT_END,
};

static int
operands(void *arg, int argc, char **argv, struct fail *why)
{
	struct conf *conf = arg;

	if (argc != DATABASES)
		return fail_set(why, FAIL_INPUT, "options", "which two databases?");
	for (int i = 0; i < DATABASES; i++)
		conf->open[i].file = argv[i];
	return 0;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	(void)run;
	for (int i = 0; i < DATABASES; i++) {
		conf->open[i].lock_timeout_s = HASHDB_LOCK_TIMEOUT_S;
		if ((conf->db[i] = hashdb_open(&conf->open[i], why)) == NULL)
			return -1;
	}
	return (conf->diff = diff_new(conf->db[0], conf->db[1], why)) != NULL ? 0 : -1;
}

/* The file's own record, before anything is said of the other database. */
static int
write_row(struct conf *conf, const struct diff_found *found, struct rec *rec, struct fail *why)
{
	rowrec_path(found->db, conf->relative, found->row, &conf->path);
	rowrec_write(found->db, &conf->path, found->row, &conf->line);
	if (conf->path.failed || conf->line.failed)
		return fail_nomem(why);
	return rec_from_line(rec, conf->line.p, conf->line.len, why);
}

static int
next(void *arg, struct rec *rec, struct fail *why)
{
	struct conf *conf = arg;
	struct diff_found found;
	int rc = diff_next(conf->diff, &found, why);

	if (rc != 1)
		return rc;
	if (write_row(conf, &found, rec, why) == -1)
		return -1;
	rec_set_string(rec, "diff", word_text(found.word), strlen(word_text(found.word)));
	buf_clear(&conf->member, SIZE_MAX);
	query_write_json(BY_HASH, &found.known, &conf->member);
	rec_set_json(rec, "db", &conf->member, 0);
	rec_drop(rec, "other");
	if (found.other != NULL) {
		rowrec_path(found.other_db, conf->relative, found.other, &conf->path);
		rowrec_write_file(&conf->path, found.other, &conf->member);
		rec_set_json(rec, "other", &conf->member, 0);
	}
	return conf->path.failed || conf->member.failed ? fail_nomem(why) : 1;
}

int
main(int argc, char **argv)
{
	struct conf conf = {0};
	struct filter f = {
	    .name = "hashdb-diff",
	    .synopsis = "[--relative] [OPTION...] A B",
	    .purpose = "Write what one of two hash databases lacks, or has otherwise.",
	    .opts = opts,
	    .conf = &conf,
	    .operands = operands,
	    .start = start,
	    .next = next,
	};
	int status = filter_main(&f, argc, argv);

	diff_free(conf.diff);
	for (int i = 0; i < DATABASES; i++)
		hashdb_close(conf.db[i]);
	buf_fini(&conf.path);
	buf_fini(&conf.line);
	buf_fini(&conf.member);
	return status;
}
