/* What is written of a run besides its records: --stats, --metrics, and the counts for the other programs of a
 * pipeline. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "file/replace.h"
#include "run/control/metrics.h"
#include "run/control/screen.h"
#include "run/run.h"

#define METRICS_NS 5000000000u

static bool
is_open_as(const char *file, int fd, struct stat *open)
{
	struct stat at;

	return stat(file, &at) == 0 && fstat(fd, open) == 0 && io_same_file(&at, open);
}

/* Others write there, too: to replace it would take from them what they say later. */
static bool
is_stderr(const char *file)
{
	struct stat err;

	return strcmp(file, "-") == 0 || is_open_as(file, STDERR_FILENO, &err);
}

/* Whether it would get between the output's lines, or in their place.  What discards all takes both. */
static bool
is_stdout(const char *file)
{
	struct stat out;

	return is_open_as(file, STDOUT_FILENO, &out) && (!S_ISCHR(out.st_mode) || isatty(STDOUT_FILENO));
}

/* The run itself may have made a file of that name since: a picture that was placed, a database. */
static int
put(const char *file, const char *beginning, const struct buf *text, struct fail *why)
{
	if (text->failed)
		return fail_nomem(why);
	if (is_stderr(file))
		return io_write(STDERR_FILENO, text->p, text->len, why);
	return replace_suits(file, beginning, why) == 0 ? replace_file(file, buf_slice(text), why) : -1;
}

static int
put_metrics(struct run *run, int status, struct fail *why)
{
	struct metrics_run about = {run->share.dir != -1 ? &run->share : NULL, run->options.total, status};
	struct buf text = {0};
	int rc;

	metrics_write(run->stats, &about, &text);
	rc = put(run->options.metrics, METRICS_BEGINNING, &text, why);
	buf_fini(&text);
	return rc;
}

static int
put_stats(struct run *run, struct fail *why)
{
	struct buf text = {0};
	int rc;

	stats_json(run->stats, pool_now_ns(), &text);
	rc = put(run->options.stats, STATS_BEGINNING, &text, why);
	buf_fini(&text);
	return rc;
}

static int
check(const char *file, const char *beginning, struct fail *why)
{
	if (file != NULL && is_stdout(file))
		return fail_set(why, FAIL_INPUT, "options", "cannot write %s: it is the standard output", file);
	return file == NULL || is_stderr(file) ? 0 : replace_check(file, beginning, why);
}

int
account_begin(struct run *run, struct fail *why)
{
	const struct run_options *o = &run->options;

	share_open(&run->share, getenv("DCIM_COUNTS"), run->f->name);
	run->clears = run->drawing || (run->share.dir != -1 && screen_draws());
	if (o->stats == NULL && o->metrics == NULL)
		return 0;
	if ((run->stats = stats_new(run->f->name, o->jobs)) == NULL)
		return fail_nomem(why);
	if (check(o->stats, STATS_BEGINNING, why) == -1 || check(o->metrics, METRICS_BEGINNING, why) == -1)
		return -1;
	if (o->metrics != NULL && put_metrics(run, METRICS_RUNNING, why) == -1)
		return -1;
	return check(o->stats, STATS_BEGINNING, why); /* which is the same file, perhaps */
}

void
account_share(const struct run *run)
{
	const struct share_counts counts = {
	    .reads = (run->f->flags & FILTER_READS) != 0,
	    .done = atomic_load(&run->done),
	    .bytes = atomic_load(&run->bytes),
	    .passed = run->f->flags & FILTER_SINK ? 0 : atomic_load(&run->passed),
	};

	share_write(&run->share, &counts);
}

void
account_beat(struct run *run, uint64_t now_ns)
{
	struct fail ignored; /* it is told at the end, if that is so then */

	account_share(run);
	if (run->options.metrics == NULL || now_ns < run->metrics_at_ns)
		return;
	run->metrics_at_ns = now_ns + METRICS_NS;
	put_metrics(run, METRICS_RUNNING, &ignored);
}

int
account_end(struct run *run, int status, struct fail *why)
{
	int rc = 0;

	if (run->options.metrics != NULL)
		rc = put_metrics(run, status, why);
	if (run->options.stats != NULL && put_stats(run, why) == -1)
		rc = -1;
	return rc;
}
