#include "run/filter.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "run/control/retry.h"
#include "run/control/screen.h"
#include "run/control/timeout.h"
#include "run/cpus.h"
#include "run/run.h"

static const struct opt common[] = {
    OPT_COUNT('j', "jobs", "N", struct run_options, jobs, "worker threads (default, and 0: the CPUs available)"),
    OPT_CHOICE('0', "null", struct run_options, form, INPUT_NULL, "input is paths, each ended by NUL"),
    OPT_CHOICE(0, "ndjson", struct run_options, form, INPUT_NDJSON, "input is records, one JSON object a line"),
    OPT_STRING('C', NULL, "DIR", struct run_options, directory, "relative paths start at DIR"),
    OPT_LIST(0, "while", "DIR", struct run_options, whiles, "end quietly, with status 3, once DIR has gone"),
    OPT_FLAG('u', "unordered", struct run_options, unordered, "write records as they finish"),
    OPT_WORD(0, "schedule", "fifo|size|type|inode|priority", struct run_options, schedule,
	"which record is worked on first (fifo)"),
    OPT_COUNT(0, "window", "N", struct run_options, window, "records that --schedule chooses from (1024)"),
    OPT_COUNT(
	0, "retry", "N", struct run_options, retry, "work N times more on a file after an error that may pass (2)"),
    OPT_SECONDS(0, "retry-delay", "SECONDS", struct run_options, retry_delay,
	"wait so long before that, and twice as long each time (0.1)"),
    OPT_SECONDS(0, "timeout", "SECONDS", struct run_options, timeout,
	"give a file up that takes longer, even where its disk does not answer"),
    OPT_MAYBE(0, "progress", "auto|always|never", struct run_options, progress, "progress on stderr (never)"),
    OPT_SIZE(0, "total", "SIZE", struct run_options, total, "bytes of the files to come, for the time that is left"),
    OPT_STRING(0, "stats", "FILE", struct run_options, stats, "write what was done, and how fast, to FILE as JSON"),
    OPT_STRING(0, "metrics", "FILE", struct run_options, metrics, "the same for Prometheus, every five seconds"),
    OPT_FLAG('q', "quiet", struct run_options, quiet, "only usage and fatal errors on stderr"),
    OPT_FLAG('h', "help", struct run_options, help, "show this and exit"),
    OPT_FLAG('V', "version", struct run_options, version, "show the version and exit"),
    OPT_END,
};

int
run_dirfd(const struct run *run)
{
	return run->dirfd;
}

/* A line on stderr.  Messages hold names, which are anyone's. */
static void
tell(const struct run *run, const char *message)
{
	struct buf text = {0};

	quote_name(&text, message, strlen(message));
	fprintf(stderr, "%s%s: %s\n", run->clears ? SCREEN_CLEAR : "", run->f->name, buf_cstr(&text));
	buf_fini(&text);
}

void
run_note(const struct run *run, const char *fmt, ...)
{
	char *message;
	va_list ap;

	if (run->options.quiet)
		return;
	va_start(ap, fmt);
	if (vasprintf(&message, fmt, ap) != -1) {
		tell(run, message);
		free(message);
	}
	va_end(ap);
}

static int
say(const struct run *run, const struct fail *why, enum run_status status)
{
	tell(run, why->message);
	if (status == RUN_USAGE)
		fprintf(stderr, "%s: try '%s --help'\n", run->f->name, run->f->name);
	return status;
}

static int
show_help(const struct run *run, const struct opt_table *tables)
{
	struct fail why = {0};
	struct out out;

	out_init(&out, STDOUT_FILENO, false);
	buf_addf(&out.buf, "usage: %s %s\n%s\n", run->f->name, run->f->synopsis, run->f->purpose);
	if (tables[0].opts != NULL && tables[0].opts->kind != OPT_KIND_END) {
		buf_adds(&out.buf, "\n");
		opt_help(tables, 0, &out.buf);
	}
	buf_adds(&out.buf, "\nOptions of every filter:\n");
	opt_help(tables, 1, &out.buf);
	return out_close(&out, &why) == 0 ? RUN_OK : say(run, &why, RUN_FATAL);
}

static int
show_version(const struct run *run)
{
	if (printf("%s (dcim-utils) %s\n", run->f->name, VERSION) > 0 && fflush(stdout) == 0)
		return RUN_OK;
	return RUN_FATAL;
}

/* Of a pipeline, the last program is. */
static bool
is_for_a_person(void)
{
	struct stat st;

	return isatty(STDERR_FILENO) && !(fstat(STDOUT_FILENO, &st) == 0 && S_ISFIFO(st.st_mode));
}

static int
check_options(struct run *run, struct fail *why)
{
	struct run_options *o = &run->options;

	if (o->jobs > RUN_JOBS_MAX)
		return fail_set(why, FAIL_INPUT, "options", "--jobs: at most %d", RUN_JOBS_MAX);
	if (o->jobs == 0)
		o->jobs = cpus_available();
	if (o->schedule == 0)
		o->schedule = SCHEDULE_FIFO;
	if (o->window == 0 || o->window > RUN_WINDOW_MAX)
		return fail_set(why, FAIL_INPUT, "options", "--window: from 1 to %u", RUN_WINDOW_MAX);
	run->telling = o->progress == PROGRESS_ALWAYS || (o->progress == PROGRESS_AUTO && is_for_a_person());
	run->drawing = run->telling && screen_draws();
	return 0;
}

/* Operands go to the program that wants them; else they are the input. */
static int
set_input(struct run *run, int argc, char **argv, struct fail *why)
{
	const struct filter *f = run->f;
	struct input_conf conf = {.tool = f->name,
	    .fd = STDIN_FILENO,
	    .form = (enum input_form)run->options.form,
	    .wake = run->wake[0],
	    .dirfd = run->dirfd};

	if (f->operands != NULL && f->operands(f->conf, argc, argv, why) == -1)
		return -1;
	if (f->operands == NULL) {
		conf.operands = argv;
		conf.noperands = (size_t)argc;
	}
	if (f->next != NULL)
		return 0;
	if (conf.noperands == 0 && isatty(STDIN_FILENO))
		return fail_set(why, FAIL_INPUT, "input",
		    "standard input is a terminal: pipe paths into it (find ... -print0 | %s)", f->name);
	return (run->in = input_new(&conf, why)) != NULL ? 0 : -1;
}

static int
open_directory(struct run *run, struct fail *why)
{
	const char *dir = run->options.directory;

	run->dirfd = AT_FDCWD;
	if (dir == NULL)
		return 0;
	if ((run->dirfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s", dir);
	return run_watch_root(run, dir, why);
}

int
run_flush(struct run *run, struct fail *why)
{
	return run->out.buf.len < OUT_FLUSH_BYTES ? 0 : out_flush(&run->out, why);
}

static int
finish(struct run *run, struct fail *why)
{
	int rc = out_flush(&run->out, why); /* a log is closed by the program's own finish */

	if (run->f->finish != NULL && run->f->finish(run->f->conf, &run->out.buf, why) == -1)
		rc = -1;
	if (rc == 0)
		rc = out_flush(&run->out, why);
	return rc;
}

/* From threads to the end of the output.  Returns 0 or -1. */
static int
run_stream(struct run *run, struct fail *why)
{
	pthread_t watcher;
	int rc;

	if (watch_start(run, &watcher, why) == -1)
		return -1;
	rc = run->f->start != NULL ? run->f->start(run->f->conf, run, why) : 0;
	run->started = rc == 0;
	if (rc == 0)
		rc = stream_run(run, why);
	if (rc == 0)
		rc = finish(run, why);
	watch_stop(run, watcher);
	if (!run_given_up(run))
		pool_free(atomic_exchange(&run->pool, NULL));
	if (run->fatal.code != FAIL_NONE) {
		*why = run->fatal;
		rc = -1;
	}
	return rc;
}

static int
status_of(struct run *run, int rc, const struct fail *why)
{
	if (rc == -1 && root_left_alone(run))
		return RUN_FATAL;
	if (rc == -1 && !run->out.closed_by_reader)
		return say(run, why, !run->started && why->code == FAIL_INPUT ? RUN_USAGE : RUN_FATAL);
	if (run->out.failed || run->left_alone)
		return RUN_FATAL;
	return atomic_load(&run->failed) > 0 || run->unfinished ? RUN_ERRORS : RUN_OK;
}

/* All that may fail before there are threads.  Returns RUN_OK, or the status to end with. */
static int
prepare(struct run *run, int argc, char **argv)
{
	struct fail why = {0};

	if (pipe2(run->wake, O_CLOEXEC | O_NONBLOCK) == -1) {
		fail_errno(&why, "pipe", "cannot make a pipe");
		return say(run, &why, RUN_FATAL);
	}
	if (open_directory(run, &why) == -1)
		return say(run, &why, RUN_FATAL);
	if (set_input(run, argc, argv, &why) == -1)
		return say(run, &why, why.code == FAIL_INPUT ? RUN_USAGE : RUN_FATAL);
	if (root_watch_whiles(run, &why) == -1)
		return why.errnum == ENOMEM ? say(run, &why, RUN_FATAL) : RUN_FATAL;
	if (account_begin(run, &why) == -1)
		return say(run, &why, why.errnum == ENOMEM ? RUN_FATAL : RUN_USAGE);
	return RUN_OK;
}

static int
run_all(struct run *run, int argc, char **argv)
{
	struct fail why = {0};
	int rc, status = prepare(run, argc, argv);

	if (status != RUN_OK) {
		input_free(run->in);
		return status;
	}
	watch_block(run);
	out_init(&run->out, STDOUT_FILENO, run->f->flags & FILTER_CONTENT);
	rc = run_stream(run, &why);
	status = status_of(run, rc, &why);
	if (out_close(&run->out, &why) == -1 && status < RUN_FATAL)
		status = run->out.closed_by_reader ? RUN_FATAL : say(run, &why, RUN_FATAL);
	if (account_end(run, status, &why) == -1)
		status = say(run, &why, RUN_FATAL);
	input_free(run->in);
	if (run_given_up(run)) {
		guard_report(&run->guard, status, atomic_load(&run->signal));
		_exit(status);
	}
	if (atomic_load(&run->signal) != 0)
		watch_die(run);
	return status;
}

/* With a time limit the work is a child's, which is left behind where it cannot end. */
static int
run_guarded(struct run *run, int argc, char **argv)
{
	struct fail why = {0};
	int status, rc = timeout_ns(run) != 0 ? guard_begin(&run->guard, &status, &why) : 0;

	if (rc == -1)
		return say(run, &why, RUN_FATAL);
	return rc == 1 ? status : run_all(run, argc, argv);
}

/*
 * A standard descriptor that came closed would be given to the next file opened, and records would be written into it.
 * What stands in for it refuses the one thing that it is for.
 */
static void
fill_descriptors(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort();
	}
}

int
filter_main(const struct filter *f, int argc, char **argv)
{
	struct run run = {.f = f,
	    .dirfd = AT_FDCWD,
	    .share = {-1, -1},
	    .options = {.window = RUN_WINDOW, .retry = RETRY_TIMES, .retry_delay = RETRY_DELAY_S}};
	const struct opt_table tables[] = {{f->opts, f->conf}, {common, &run.options}};
	struct fail why = {0};
	int first, status;

	fill_descriptors();
#ifdef M_ARENA_MAX
	mallopt(M_ARENA_MAX, 1); /* memory that one thread frees for another would pile up in an arena for each */
#endif
	pthread_mutex_init(&run.lock, NULL);
	if (opt_parse(tables, 2, argc, argv, &first, &why) == -1)
		status = say(&run, &why, why.code == FAIL_INPUT ? RUN_USAGE : RUN_FATAL);
	else if (run.options.help)
		status = show_help(&run, tables);
	else if (run.options.version)
		status = show_version(&run);
	else if (check_options(&run, &why) == -1)
		status = say(&run, &why, RUN_USAGE);
	else
		status = run_guarded(&run, argc - first, argv + first);
	opt_free(tables, 2);
	stats_free(run.stats);
	share_close(&run.share);
	free(run.roots);
	return status;
}
