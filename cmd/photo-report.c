/* photo-report -- the records of a run as a summary for a person; see photo-report(1). */
#include "report/report.h"
#include "run/filter.h"

struct conf {
	bool list;
	bool any; /* a line was written */
	struct report *report;
};

static const struct opt opts[] = {
    OPT_FLAG('l', "list", struct conf, list, "name every file too, and where it went"), OPT_END};

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;

	(void)verdict;
	if (conf->list) {
		report_line(conf->report, rec, out);
		conf->any = true;
	}
	return report_add(conf->report, rec, why);
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	struct conf *conf = arg;

	if (conf->any)
		buf_addc(out, '\n');
	report_text(conf->report, out);
	return out->failed ? fail_nomem(why) : 0;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	(void)run;
	return (conf->report = report_new()) != NULL ? 0 : fail_nomem(why);
}

int
main(int argc, char **argv)
{
	struct conf conf = {0};
	struct filter f = {
	    .name = "photo-report",
	    .synopsis = "[-l] [OPTION...]",
	    .purpose = "Summarise the records of a run for a person.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_SINK,
	    .start = start,
	    .emit = emit,
	    .finish = finish,
	};
	int status = filter_main(&f, argc, argv);

	report_free(conf.report);
	return status;
}
