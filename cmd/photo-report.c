/* photo-report -- the records of a run as a summary for a person, or as a page; see photo-report(1). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/quote.h"
#include "file/io.h"
#include "report/page/page.h"
#include "report/report.h"
#include "run/filter.h"
#include "run/input.h"

struct conf {
	bool list, html;
	bool any; /* a line was written */
	struct report_end end;
	size_t not_reached;
	struct report *report;
	const char *library; /* NULL: it is where the logs say */
	struct page *page;   /* NULL: text is wanted */

	struct filter *filter;
	struct run *run;
	char **logs; /* NULL-terminated; none: standard input */
	int fd;      /* of the log that is being read … */
	struct input *in;
};

static const struct opt opts[] = {OPT_FLAG('l', "list", struct conf, list, "name every file too, and where it went"),
    OPT_FLAG(0, "html", struct conf, html, "write a page with pictures instead of text"),
    OPT_STRING(0, "library", "DIR", struct conf, library, "where the pictures of that page lie now"),
    OPT_STRING(0, "stopped", "WHY", struct conf, end.stopped, "say first that the run stopped before its end, and why"),
    OPT_COUNT(0, "not-reached", "N", struct conf, not_reached, "say how many files the run did not come to"), OPT_END};

/* A log's failure, from errno. */
static int
fail_log(const char *log, struct fail *why)
{
	struct buf name = {0};

	quote_name(&name, log, strlen(log));
	if (errno == EISDIR)
		fail_set(why, FAIL_INPUT, "open", "%s is a folder: name logs, such as those in LIBRARY/.dcim/runs",
		    buf_cstr(&name));
	else
		fail_errno(why, "open", "%s", buf_cstr(&name));
	buf_fini(&name);
	return -1;
}

static void
close_log(struct conf *conf)
{
	input_free(conf->in);
	conf->in = NULL;
	io_close(&conf->fd);
}

/* Begin with the log that is next. */
static int
open_log(struct conf *conf, struct fail *why)
{
	struct input_conf in = {.tool = conf->filter->name, .wake = -1, .form = INPUT_NDJSON};

	conf->fd = in.fd = openat(run_dirfd(conf->run), *conf->logs, O_RDONLY | O_CLOEXEC);
	if (conf->fd == -1)
		return fail_log(*conf->logs, why);
	return (conf->in = input_new(&in, why)) != NULL ? 0 : -1;
}

/* The reading thread: one log after the other.  A record's data is the log that it stands in. */
static int
next(void *arg, struct rec *rec, struct fail *why)
{
	struct conf *conf = arg;
	int got = 0;

	while (got == 0 && *conf->logs != NULL) {
		if (conf->in == NULL && open_log(conf, why) == -1)
			return -1;
		got = input_next(conf->in, rec, why);
		rec->data = *conf->logs;
		if (got == 0) {
			close_log(conf);
			conf->logs++;
		}
	}
	if (got == -1 && why->errnum != ENOMEM) {
		errno = why->errnum;
		fail_log(*conf->logs, why);
	}
	return got;
}

static int
operands(void *arg, int argc, char **argv, struct fail *why)
{
	struct conf *conf = arg;

	conf->logs = argv;
	if (conf->html && conf->list)
		return fail_set(
		    why, FAIL_INPUT, "options", "--html has no --list: every file has its place on the page");
	if (argc > 0)
		conf->filter->next = next;
	else if (isatty(STDIN_FILENO))
		return fail_set(why, FAIL_INPUT, "input", "standard input is a terminal: name a log");
	return 0;
}

/* All logs are looked for before the first is read: half a summary would mislead. */
static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	struct stat st;

	conf->run = run;
	conf->end.not_reached = conf->not_reached;
	conf->end.past = *conf->logs != NULL;
	for (char **log = conf->logs; *log != NULL; log++) {
		int rc = fstatat(run_dirfd(run), *log, &st, 0);

		if (rc == 0 && S_ISDIR(st.st_mode))
			errno = EISDIR;
		else if (rc == 0 && faccessat(run_dirfd(run), *log, R_OK, AT_EACCESS) == 0)
			continue;
		return fail_log(*log, why);
	}
	if (conf->html && (conf->page = page_new(run, conf->library, why)) == NULL)
		return -1;
	return (conf->report = report_new()) != NULL ? 0 : fail_nomem(why);
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;

	(void)verdict;
	if (rec->cut) { /* the run's end, not a failure of a file */
		rec->failed = rec->failed_here = false;
		conf->end.cut_lines++;
		return 0;
	}
	report_from(conf->report, rec->data);
	if (conf->list) {
		report_line(conf->report, rec, out);
		conf->any = true;
	}
	if (report_add(conf->report, rec, why) == -1)
		return -1;
	return conf->page != NULL && !run_stopping(conf->run) ? page_add(conf->page, rec, rec->data, why) : 0;
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	struct conf *conf = arg;

	if (run_stopping(conf->run))
		return 0;
	if (conf->page != NULL)
		return page_put(conf->page, &(struct page_report){conf->report, &conf->end}, out, why);
	if (conf->any)
		buf_addc(out, '\n');
	report_text(conf->report, &conf->end, out);
	return out->failed ? fail_nomem(why) : 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {.fd = -1};
	struct filter f = {
	    .name = "photo-report",
	    .synopsis = "[-l | --html] [OPTION...] [LOG...]",
	    .purpose = "Summarise the records of a run for a person.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_SINK | FILTER_MEMBERS,
	    .operands = operands,
	    .start = start,
	    .emit = emit,
	    .finish = finish,
	};
	int status;

	conf.filter = &f;
	status = filter_main(&f, argc, argv);
	close_log(&conf);
	page_free(conf.page);
	report_free(conf.report);
	return status;
}
