/* hashdb-merge -- the only writer of a hash database; see hashdb-merge(1). */
#include <stdlib.h>

#include "hashdb/change.h"
#include "hashdb/hashdb.h"
#include "hashdb/log.h"
#include "hashdb/transaction.h"
#include "run/filter.h"

struct conf {
	const char *require, *log_file;
	size_t batch_records;
	bool forget, mark;

	struct filter *filter;
	struct run *run;
	struct hashdb_conf open;
	digest_mask required;
	struct hashdb *db;
	struct transaction *transaction;
	struct log *log;
	struct change_conf change;
	size_t known_damage; /* what a killed run has left tells of it: no failure of this one */
	struct buf damage;
};

static const struct opt opts[] = {
    OPT_STRING(0, "root", "DIR", struct conf, open.root, "the library's root (the folder that holds .dcim/, or DB's)"),
    OPT_COUNT(0, "batch", "N", struct conf, batch_records, "records in one transaction, at most 100000 (100000)"),
    OPT_SECONDS(0, "lock-timeout", "SECONDS", struct conf, open.lock_timeout_s, "wait so long for other programs (60)"),
    OPT_STRING(0, "log", "FILE", struct conf, log_file, "append each record to FILE before it is recorded"),
    OPT_STRING(0, "require", "DIGESTS", struct conf, require, "digests that every file must have from now on"),
    OPT_FLAG(0, "forget-missing", struct conf, forget, "drop the files that were read as missing"),
    OPT_FLAG(0, "mark-deleted", struct conf, mark, "mark the files that were read as missing: not wanted again"),
    OPT_END,
};

static int
operands(void *arg, int argc, char **argv, struct fail *why)
{
	struct conf *conf = arg;

	if (argc != 1)
		return fail_set(why, FAIL_INPUT, "options", argc == 0 ? "which database?" : "more than one database");
	if (conf->batch_records == 0 || conf->batch_records > TRANSACTION_MAX)
		return fail_set(why, FAIL_INPUT, "options", "--batch takes a number from 1 to %u", TRANSACTION_MAX);
	if (conf->require != NULL && digest_parse_list(conf->require, &conf->required, why) == -1)
		return -1;
	if (conf->forget && conf->mark)
		return fail_set(
		    why, FAIL_INPUT, "options", "--forget-missing and --mark-deleted cannot be used together");
	conf->open.file = argv[0];
	return 0;
}

static int
begin_log(struct conf *conf, struct fail *why)
{
	struct log_conf log = {conf->log_file, conf->db, conf->transaction, &conf->change};
	uint64_t added = 0;

	if ((conf->log = log_new(&log, &added, why)) == NULL)
		return -1;
	conf->known_damage = transaction_damaged(conf->transaction, &conf->damage);
	if (added > 0)
		run_note(conf->run, "%s: %llu records that an interrupted run had left are recorded now",
		    conf->log_file, (unsigned long long)added);
	run_log(conf->run, log_fd(conf->log));
	return 0;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	conf->run = run;
	conf->filter->hold_records = conf->batch_records;
	if ((conf->db = hashdb_open(&conf->open, why)) == NULL || hashdb_raise(conf->db, conf->required, why) == -1 ||
	    (conf->transaction = transaction_new(conf->db, conf->mark, why)) == NULL)
		return -1;
	conf->change = (struct change_conf){.dirfd = run_dirfd(run),
	    .root = hashdb_real_root(conf->db),
	    .id = hashdb_id(conf->db),
	    .root_given = conf->open.root != NULL,
	    .forget = conf->forget || conf->mark};
	if ((conf->change.forget && hashdb_mounted(conf->db, why) == -1) ||
	    (conf->log_file != NULL && begin_log(conf, why) == -1))
		return -1;
	return run_watch_root(run, hashdb_real_root(conf->db), why);
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;
	struct change *c;

	if (change_make(worker, &conf->change, rec, &c, why) == -1)
		return -1;
	rec->data = c;
	return 0;
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;
	struct change *c = rec->data;

	(void)out;
	if (c == NULL)
		return 0;
	if (change_allowed(c, conf->db, why) == -1)
		return -1;
	if (transaction_add(conf->transaction, c, why) == -1) {
		run_stop(conf->run, why);
		return -1;
	}
	change_annotate(c, conf->mark, rec);
	*verdict = EMIT_HOLD;
	return 0;
}

static int
commit(void *arg, struct run *run, struct rec **held, size_t nheld, struct fail *why)
{
	struct conf *conf = arg;

	(void)run, (void)held, (void)nheld;
	if ((conf->change.forget && hashdb_mounted(conf->db, why) == -1) ||
	    (conf->log != NULL && log_flush(conf->log, conf->transaction, why) == -1))
		return -1;
	return transaction_commit(conf->transaction, why);
}

static void
close_all(struct conf *conf)
{
	transaction_free(conf->transaction);
	hashdb_close(conf->db);
	log_free(conf->log);
	buf_fini(&conf->damage);
	*conf = (struct conf){0};
}

/* Before a signal that came ends the process: one file is left. */
static int
finish(void *arg, struct buf *out, struct fail *why)
{
	struct conf *conf = arg;
	size_t damaged = transaction_damaged(conf->transaction, &conf->damage);

	(void)out, (void)why;
	if (damaged > conf->known_damage)
		run_unfinished(conf->run, NULL, NULL);
	if (damaged > 0)
		run_note(conf->run, "%s", buf_cstr(&conf->damage));
	if (!run_given_up(conf->run))
		close_all(conf);
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {
	    .batch_records = TRANSACTION_MAX, .open = {.writer = true, .lock_timeout_s = HASHDB_LOCK_TIMEOUT_S}};
	struct filter f = {
	    .name = "hashdb-merge",
	    .synopsis = "[OPTION...] DB",
	    .purpose = "Record files in a hash database; each record is passed on once it is durable there.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_DRAIN | FILTER_SPOOL | FILTER_MEMBERS,
	    .grain = 64,
	    .hold_bytes = UINT64_MAX,
	    .operands = operands,
	    .start = start,
	    .worker_new = changer_new,
	    .worker_free = changer_free,
	    .work = work,
	    .emit = emit,
	    .commit = commit,
	    .drop = rec_free_data,
	    .finish = finish,
	};
	int status;

	conf.filter = &f;
	status = filter_main(&f, argc, argv);
	close_all(&conf);
	return status;
}
