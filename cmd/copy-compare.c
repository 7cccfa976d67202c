/* copy-compare -- compare each file with the copy that its record names, byte for byte; see copy-compare(1). */
#include "place/compare/named.h"
#include "run/filter.h"
#include "run/words.h"

struct conf {
	struct run *run;
	struct scratch_pool scratch_pool;
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	(void)why;
	conf->run = run;
	return 0;
}

static void *
worker_new(void *arg)
{
	struct conf *conf = arg;

	return named_new(&conf->scratch_pool);
}

static void
worker_free(void *worker)
{
	named_free(worker);
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;

	return named_compare(worker, run_dirfd(conf->run), rec, why);
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	const struct conf *conf = arg;
	struct buf message = {0};

	(void)out, (void)verdict, (void)why;
	if (rec_get_string(rec, "compare.message", &message))
		run_unfinished(conf->run, rec, message.p);
	else if (word_is(rec, READ_MEMORY))
		run_unfinished(conf->run, rec, "equal, but not all of both could be read from the disk");
	buf_fini(&message);
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const owns[] = {"compare", NULL};
	struct conf conf = {0};
	struct filter f = {
	    .name = "copy-compare",
	    .synopsis = "[OPTION...] [PATH...]",
	    .purpose = "Compare each file with the copy that its record names, byte for byte, from the disk.",
	    .conf = &conf,
	    .owns = owns,
	    .flags = FILTER_CONTENT | FILTER_READS,
	    .start = start,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .work = work,
	    .emit = emit,
	};
	int status;

	scratch_pool_init(&conf.scratch_pool, NULL);
	status = filter_main(&f, argc, argv);
	scratch_pool_fini(&conf.scratch_pool);
	return status;
}
