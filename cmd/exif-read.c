/* exif-read -- add to each record what the camera recorded; see exif-read(1). */
#include <stdlib.h>

#include "file/hidden.h"
#include "format/facts.h"
#include "run/filter.h"

struct conf {
	bool no_sidecars;
	const char *date_from, *zone;
	struct taken_order order;
	struct facts_options read;
};

struct worker {
	struct facts_reader reader;
	struct facts facts;
	struct buf name;
};

static const struct opt opts[] = {
    OPT_FLAG('a', "all", struct conf, read.all, "add every tag as the member tags"),
    OPT_STRING(0, "date-from", "LIST", struct conf, date_from,
	"where capture dates may come from, best first (" TAKEN_FROM_DEFAULT "); also mtime, modified"),
    OPT_STRING(0, "tz", "ZONE", struct conf, zone, "zone of times without one, and into which UTC is turned"),
    OPT_FLAG(0, "no-sidecars", struct conf, no_sidecars, "do not look for XMP files beside the file"),
    OPT_END,
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	if (conf->zone != NULL && !when_set_zone(conf->zone))
		return fail_set(why, FAIL_INPUT, "options", "--tz: no such time zone: %s", conf->zone);
	if (taken_parse(conf->date_from, &conf->order, why) == -1)
		return -1;
	conf->read.dirfd = run_dirfd(run);
	conf->read.order = &conf->order;
	conf->read.to_zone = conf->zone != NULL;
	conf->read.sidecars = !conf->no_sidecars;
	return (conf->read.folders = folders_new()) != NULL ? 0 : fail_nomem(why);
}

static void
worker_free(void *arg)
{
	struct worker *w = arg;

	facts_reader_fini(&w->reader);
	facts_fini(&w->facts);
	buf_fini(&w->name);
	free(w);
}

static void *
worker_new(void *arg)
{
	const struct conf *conf = arg;
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL || facts_reader_init(&w->reader, &conf->read) == 0)
		return w;
	free(w);
	return NULL;
}

/* Worker: reads conf, changes only its own state and rec. */
static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	struct worker *w = worker;
	struct record_file file = {0};
	struct slice value;

	(void)arg;
	if (rec_get(rec, "archive", &value))
		return fail_set(why, FAIL_INPUT, "open", "is a member of an archive: extract it first");
	if ((file.path = hidden_own_path(rec->path.p, &w->name)) == NULL)
		return fail_nomem(why);
	if (facts_read(&w->reader, rec->path.p, file.path, &w->facts, why) == -1)
		return -1;
	return record_set(rec, &file, &w->facts, "exif-read", why);
}

int
main(int argc, char **argv)
{
	struct conf conf = {.date_from = TAKEN_FROM_DEFAULT};
	struct filter f = {
	    .name = "exif-read",
	    .synopsis = "[-a] [--date-from=LIST] [--tz=ZONE] [--no-sidecars] [OPTION...] [PATH...]",
	    .purpose =
		"Add to each record what the camera recorded: date, make, model, lens, exposure, position, size.",
	    .opts = opts,
	    .conf = &conf,
	    .owns = record_members,
	    .flags = FILTER_SKIP_KNOWN,
	    .grain = 16,
	    .start = start,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .work = work,
	};
	int status;

	status = filter_main(&f, argc, argv);
	folders_free(conf.read.folders);
	return status;
}
