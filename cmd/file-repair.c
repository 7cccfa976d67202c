/* file-repair -- put good copies in the place of files that have rotted or gone; see file-repair(1). */
#include <stdlib.h>

#include "place/options.h"
#include "place/repair/repairrec.h"
#include "run/filter.h"
#include "run/words.h"

struct conf {
	const char *to;
	struct opt_list from;
	bool weak;

	struct run *run;
	struct repairs *repairs; /* NULL: nothing was to be done yet */
};

static const struct opt opts[] = {
    OPT_STRING('t', "to", "DIR", struct conf, to, "the library ($DCIM_LIBRARY, else the current folder)"),
    OPT_LIST(0, "from", "DIR", struct conf, from, "a folder with copies, under the library's paths; may be repeated"),
    OPT_FLAG(0, "weak-publish", struct conf, weak, "work where neither linking nor safe renaming is possible"),
    OPT_END,
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	(void)why;
	conf->run = run;
	conf->to = options_library(conf->to);
	return 0;
}

static int
open_library(struct conf *conf, struct fail *why)
{
	struct repairs *r = calloc(1, sizeof *r);

	if (r == NULL)
		return fail_nomem(why);
	*r = (struct repairs){.dirfd = run_dirfd(conf->run),
	    .library = LIBRARY_NONE,
	    .temps = TEMPS_NONE,
	    .from = conf->from.v,
	    .nfrom = conf->from.n,
	    .weak = conf->weak};
	conf->repairs = r;
	if (repairs_open(r, conf->to, why) == -1)
		return -1;
	return run_watch_root(conf->run, r->library.real.p, why);
}

/* A library in which nothing is to be done is not written to. */
static int
plan(void *arg, struct rec *rec, struct fail *why)
{
	struct conf *conf = arg;

	if (conf->repairs != NULL || !repairrec_is_bad(rec) || open_library(conf, why) == 0)
		return 0;
	run_stop(conf->run, why);
	return -1;
}

static void *
worker_new(void *conf)
{
	(void)conf;
	return calloc(1, sizeof(struct repairrec));
}

static void
worker_free(void *worker)
{
	repairrec_fini(worker);
	free(worker);
}

static int
repair(const struct conf *conf, struct repairrec *worker, struct rec *rec, struct repair *f, struct fail *why)
{
	struct scratch *scratch;
	enum repair_result result;
	int rc;

	if (repairrec_read(worker, conf->repairs, rec, f, why) == -1 ||
	    (scratch = scratch_take(&conf->repairs->scratch_pool, why)) == NULL)
		return -1;
	rc = repair_file(conf->repairs, scratch, f, &result, why);
	scratch_return(&conf->repairs->scratch_pool, scratch);
	if (rc == -1)
		return -1;
	if (f->lost.len > 0)
		rec_warn(rec, "file-repair", FAIL_KEEP, "%s", buf_cstr(&f->lost));
	if (f->from_memory)
		rec_warn(rec, "file-repair", FAIL_READBACK, "what was in memory of it could not be dropped");
	repairrec_write(worker, f, result, rec);
	return 0;
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	struct repair f = {0};
	int rc = repairrec_is_bad(rec) ? repair(arg, worker, rec, &f, why) : 0;

	repair_fini(&f);
	return rc;
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	const struct conf *conf = arg;

	(void)out, (void)verdict, (void)why;
	if (word_is(rec, REPAIR_UNFOUND))
		run_unfinished(conf->run, rec, "no good copy of it was found");
	else if (word_is(rec, REPAIR_ALTERED))
		run_unfinished(
		    conf->run, rec, "it was written meanwhile, or another file has its name; it stays as it is");
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const owns[] = {"repair", NULL};
	struct conf conf = {0};
	struct filter f = {
	    .name = "file-repair",
	    .synopsis = "[-t DIR] [--from=DIR]... [OPTION...] [PATH...]",
	    .purpose = "Put good copies in the place of files that were read as corrupt or missing.",
	    .opts = opts,
	    .conf = &conf,
	    .owns = owns,
	    .flags = FILTER_ONCE,
	    .start = start,
	    .plan = plan,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .work = work,
	    .emit = emit,
	};
	int status = filter_main(&f, argc, argv);

	if (conf.repairs != NULL)
		repairs_close(conf.repairs);
	free(conf.repairs);
	return status;
}
