/* hashdb-list -- a hash database as records or paths; see hashdb-list(1). */
#include "hashdb/hashdb.h"
#include "hashdb/list/presence.h"
#include "hashdb/list/rowrec.h"
#include "hashdb/store/check.h"
#include "hashdb/store/cursor.h"
#include "run/filter.h"
#include "run/pool.h"

struct conf {
	bool null, stale_first, groups, relative, with_deleted, lacking, gone, required, check;
	double budget_s; /* negative: none */
	uint64_t ends_ns;

	struct filter *filter;
	struct hashdb_conf open;
	struct hashdb *db;
	struct cursor *cursor;
	struct buf path, line;
	const struct run *run;
	struct presence presence;
};

static const struct opt opts[] = {
    OPT_FLAG('0', "null", struct conf, null, "paths, each ended by NUL, instead of records"),
    OPT_FLAG(0, "stale-first", struct conf, stale_first, "those whose content was read longest ago first"),
    OPT_FLAG(0, "groups", struct conf, groups, "files that belong together one after the other, the lead first"),
    OPT_FLAG(0, "relative", struct conf, relative, "paths as they are below the library's root"),
    OPT_FLAG(0, "with-deleted", struct conf, with_deleted, "also the files that were marked as deleted"),
    OPT_FLAG(0, "lacking", struct conf, lacking, "only files that are there and lack a required digest"),
    OPT_FLAG(0, "gone", struct conf, gone, "only files that have gone from the library"),
    OPT_FLAG(0, "required", struct conf, required, "write only the digests which the database requires, as a list"),
    OPT_SECONDS(0, "budget", "SECONDS", struct conf, budget_s, "begin no record later than that"),
    OPT_FLAG(0, "check", struct conf, check, "write nothing, but check that the database is whole"),
    OPT_END,
};

static int
operands(void *arg, int argc, char **argv, struct fail *why)
{
	struct conf *conf = arg;

	if (argc != 1)
		return fail_set(why, FAIL_INPUT, "options", argc == 0 ? "which database?" : "more than one database");
	if (conf->lacking && conf->gone)
		return fail_set(why, FAIL_INPUT, "options", "--lacking and --gone cannot be used together");
	if (conf->stale_first && conf->groups)
		return fail_set(why, FAIL_INPUT, "options", "--stale-first and --groups cannot be used together");
	if (conf->with_deleted && (conf->null || conf->stale_first || conf->groups || conf->lacking || conf->gone))
		return fail_set(why, FAIL_INPUT, "options",
		    "--with-deleted cannot be used together with -0, --stale-first, --groups, --lacking or --gone");
	conf->filter->flags |= conf->null ? FILTER_SINK : 0;
	conf->open.file = argv[0];
	return 0;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	enum cursor_order order = conf->groups ? CURSOR_GROUPS : conf->stale_first ? CURSOR_STALE : CURSOR_PATHS;

	conf->run = run;
	conf->ends_ns = pool_after_ns(conf->budget_s);
	if ((conf->db = hashdb_open(&conf->open, why)) == NULL ||
	    ((conf->lacking || conf->gone) && presence_open(&conf->presence, conf->db, conf->gone, why) == -1))
		return -1;
	if (conf->check)
		return check_all(conf->db, why);
	if (conf->required)
		return 0;
	return (conf->cursor = cursor_new(conf->db, order, why)) != NULL ? 0 : -1;
}

/* Behind the files that are there come those that were marked. */
static int
turn_to_marks(struct conf *conf, struct fail *why)
{
	conf->with_deleted = false;
	cursor_free(conf->cursor);
	return (conf->cursor = cursor_new(conf->db, CURSOR_MARKS, why)) != NULL ? 0 : -1;
}

/* The next row that is wanted: 1, 0 at the end, -1. */
static int
next_row(struct conf *conf, struct cursor_row *row, struct fail *why)
{
	int rc, wanted = 1;

	while ((rc = cursor_next(conf->cursor, row, why)) == 1 &&
	       (wanted = presence_wants(&conf->presence, row, why)) == 0)
		continue;
	if (rc == 0 && conf->with_deleted)
		return turn_to_marks(conf, why) == -1 ? -1 : cursor_next(conf->cursor, row, why);
	return wanted == -1 ? -1 : rc;
}

static int
next(void *arg, struct rec *rec, struct fail *why)
{
	struct conf *conf = arg;
	struct cursor_row row;
	bool ended = conf->check || conf->required || pool_now_ns() >= conf->ends_ns;
	int rc = ended ? 0 : next_row(conf, &row, why);

	if (rc != 1)
		return rc;
	rowrec_path(conf->db, conf->relative, &row, &conf->path);
	if (!conf->null)
		rowrec_write(conf->db, &conf->path, &row, &conf->line);
	if (conf->path.failed || conf->line.failed)
		return fail_nomem(why);
	rc = conf->null ? rec_from_path(rec, conf->path.p, conf->path.len, why)
			: rec_from_line(rec, conf->line.p, conf->line.len, why);
	return rc == -1 ? -1 : 1;
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	const struct conf *conf = arg;

	(void)verdict;
	return conf->null && buf_add(out, rec->path.p, rec->path.len + 1) == -1 ? fail_nomem(why) : 0;
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	const struct conf *conf = arg;

	if (conf->required)
		hashdb_put_required(conf->db, out);
	if (conf->presence.passed_over > 0)
		run_note(conf->run, "files that are no longer in the library, and left out: %zu",
		    conf->presence.passed_over);
	return out->failed ? fail_nomem(why) : 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {.budget_s = -1, .open.lock_timeout_s = HASHDB_LOCK_TIMEOUT_S};
	struct filter f = {
	    .name = "hashdb-list",
	    .synopsis = "[-0] [--stale-first | --groups] [--relative] [--with-deleted] [--lacking | --gone] "
			"[--budget=SECONDS] [--required] [--check] [OPTION...] DB",
	    .purpose = "Write what a hash database contains, as records or as paths.",
	    .opts = opts,
	    .conf = &conf,
	    .operands = operands,
	    .start = start,
	    .next = next,
	    .emit = emit,
	    .finish = finish,
	};
	int status = (conf.filter = &f, filter_main(&f, argc, argv));
	presence_close(&conf.presence);
	cursor_free(conf.cursor);
	hashdb_close(conf.db);
	buf_fini(&conf.path);
	buf_fini(&conf.line);
	return status;
}
