/* exif-read -- add to each record what the camera recorded; see exif-read(1). */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "file/hidden.h"
#include "file/io.h"
#include "format/format.h"
#include "format/unknown.h"
#include "media/record.h"
#include "media/src.h"
#include "media/taken.h"
#include "meta/sidecar.h"
#include "run/filter.h"

struct conf {
	bool all, no_sidecars;
	const char *date_from, *zone;
	struct taken_order order;
	const struct run *run;
	struct folders *folders;
};

struct worker {
	struct src *src;
	struct reader_worker *reader;
	struct media_info info;
	struct sidecar sidecar;
	struct buf tags, name;
	const char *path; /* of the record, or what it would be if the file did not lie aside */
};

static const struct opt opts[] = {
    OPT_FLAG('a', "all", struct conf, all, "add every tag as the member tags"),
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

	conf->run = run;
	if (conf->zone != NULL && !when_set_zone(conf->zone))
		return fail_set(why, FAIL_INPUT, "options", "--tz: no such time zone: %s", conf->zone);
	if (!conf->no_sidecars && (conf->folders = folders_new()) == NULL)
		return fail_nomem(why);
	return taken_parse(conf->date_from, &conf->order, why);
}

static void
worker_free(void *arg)
{
	struct worker *w = arg;

	sidecar_fini(&w->sidecar);
	src_free(w->src);
	reader_worker_free(w->reader);
	media_fini(&w->info);
	buf_fini(&w->tags);
	buf_fini(&w->name);
	free(w);
}

static void *
worker_new(void *arg)
{
	const struct conf *conf = arg;
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->sidecar.folders = conf->folders;
	if (conf->all)
		w->info.tags = &w->tags;
	if ((w->src = src_new()) != NULL && (w->reader = reader_worker_new()) != NULL)
		return w;
	worker_free(w);
	return NULL;
}

static int
read_file(const struct conf *conf, struct worker *w, const struct rec *rec, struct stat *st, struct fail *why)
{
	int fd, rc = -1;

	media_clear(&w->info);
	if ((fd = io_open(run_dirfd(conf->run), rec->path.p, st, why)) == -1)
		return -1;
	if (src_open(w->src, fd, (uint64_t)st->st_size, why) == 0)
		rc = format_read(w->src, w->reader, &w->info, why);
	if (rc == 0 && w->info.type == NULL)
		rc = unknown_read(w->src, w->reader, w->path, &w->info, why);
	io_close(&fd);
	return rc;
}

static int
read_sidecars(const struct conf *conf, struct worker *w, struct fail *why)
{
	struct sidecar_file file = {run_dirfd(conf->run), w->path, strlen(w->path)};
	struct reader r = {.src = w->src, .worker = w->reader, .info = &w->info, .why = why};

	if (conf->no_sidecars)
		return 0;
	return sidecar_read(&w->sidecar, &file, &r);
}

/* Worker: reads conf, changes only its own state and rec. */
static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;
	struct worker *w = worker;
	time_t now = time(NULL);
	struct record_facts facts = {.info = &w->info, .sidecars = &w->sidecar.found};
	struct slice value;

	if (rec_get(rec, "archive", &value))
		return fail_set(why, FAIL_INPUT, "open", "is a member of an archive: extract it first");
	if ((facts.path = w->path = hidden_own_path(rec->path.p, &w->name)) == NULL)
		return fail_nomem(why);
	if (read_file(conf, w, rec, &facts.st, why) == -1 || read_sidecars(conf, w, why) == -1)
		return -1;
	taken_names(&w->info, &conf->order, slice_of(w->path), &facts.st.st_mtim, now);
	taken_choose(&w->info, &conf->order, conf->zone != NULL, now, &facts.taken);
	return record_set(rec, &facts, "exif-read", why);
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
	folders_free(conf.folders);
	return status;
}
