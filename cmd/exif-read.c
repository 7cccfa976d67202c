/* exif-read -- add to each record what the camera recorded; see exif-read(1). */
#include <stdlib.h>

#include "archive/forward.h"
#include "archive/option.h"
#include "file/hidden.h"
#include "format/facts.h"
#include "meta/group/group.h"
#include "run/filter.h"

struct conf {
	bool no_sidecars, no_groups;
	const char *date_from, *zone;
	struct taken_order order;
	struct facts_options read;
	struct groups *groups;
	struct filter *filter;
	struct option_archives archives;
};

struct worker {
	struct packed packed; /* first: packed_quit() and packed_pause() are given the worker */
	struct facts_reader reader;
	struct seen_reader seen;
	struct group_worker *groups; /* NULL with --no-groups */
	struct forward forward;
	struct buf name, member;
};

static const struct opt opts[] = {
    OPT_FLAG('a', "all", struct conf, read.all, "add every tag as the member tags"),
    OPT_STRING(0, "date-from", "DATES", struct conf, date_from,
	"where capture dates may come from, best first (" TAKEN_FROM_DEFAULT "); also mtime, modified"),
    OPT_STRING(0, "tz", "ZONE", struct conf, zone, "zone of times without one, and into which UTC is turned"),
    OPT_FLAG(0, "no-sidecars", struct conf, no_sidecars,
	"do not look for XMP files beside the file, nor for what clouds' exports have there"),
    OPT_FLAG(0, "no-groups", struct conf, no_groups, "do not look for files that belong together"),
    OPTION_ARCHIVES(struct conf, archives),
    OPT_END,
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	unsigned wants;

	if (conf->zone != NULL && !when_set_zone(conf->zone))
		return fail_set(why, FAIL_INPUT, "options", "--tz: no such time zone: %s", conf->zone);
	if (taken_parse(conf->date_from, &conf->order, why) == -1)
		return -1;
	conf->read.dirfd = run_dirfd(run);
	conf->read.order = &conf->order;
	conf->read.to_zone = conf->zone != NULL;
	conf->read.sidecars = !conf->no_sidecars;
	wants = (conf->no_groups ? 0 : FOLDERS_KEYS) | (conf->no_sidecars ? 0 : FOLDERS_EXPORTS);
	if ((conf->read.folders = folders_new(wants)) == NULL)
		return fail_nomem(why);
	if (!conf->no_groups && (conf->groups = groups_new(conf->read.folders, conf->read.dirfd)) == NULL)
		return fail_nomem(why);
	return option_begin(&conf->archives, run, conf->filter, why);
}

static int
expand(void *arg, const struct rec *from, struct rec *rec, struct fail *why)
{
	return unfold_next(&((struct conf *)arg)->archives.unfold, from, rec, why);
}

static void
worker_free(void *arg)
{
	struct worker *w = arg;

	group_worker_free(w->groups);
	forward_fini(&w->forward);
	packed_fini(&w->packed);
	facts_free(w->seen.facts);
	facts_free(w->seen.spare);
	facts_reader_fini(&w->reader);
	buf_fini(&w->name);
	buf_fini(&w->member);
	free(w);
}

/* A file whose name may be hidden. */
static int
read_file(void *arg, const char *path, struct facts *out, struct fail *why)
{
	struct worker *w = arg;
	const char *own = hidden_own_path(path, &w->member);

	return own != NULL ? facts_read(&w->reader, path, own, out, why) : fail_nomem(why);
}

static void *
worker_new(void *arg)
{
	const struct conf *conf = arg;
	struct worker *w = calloc(1, sizeof *w);

	if (w == NULL)
		return NULL;
	w->packed.of = conf->archives.unfold.of;
	w->forward.spool.fd = -1;
	w->seen = (struct seen_reader){.read = read_file, .arg = w, .facts = calloc(1, sizeof(*w->seen.facts))};
	if (w->seen.facts != NULL && facts_reader_init(&w->reader, &conf->read) == 0 &&
	    (conf->groups == NULL || (w->groups = group_worker_new(conf->groups)) != NULL))
		return w;
	worker_free(w);
	return NULL;
}

/* Neither sidecars nor a group are looked for in an archive. */
static int
read_member(struct worker *w, struct rec *rec, struct fail *why)
{
	const struct src_from from = {&w->forward, forward_read};
	const struct record_file file = {.path = rec->path.p};
	struct stat st;
	uint64_t size;

	if (packed_seek(&w->packed, rec, &st, why) == -1 || forward_begin(&w->forward, &w->packed, &size, why) == -1)
		return -1;
	st.st_size = (off_t)size;
	if (facts_read_from(&w->reader, &from, &st, file.path, w->seen.facts, why) == -1)
		return -1;
	return record_set(rec, &file, w->seen.facts, "exif-read", why);
}

/* Worker: changes only its own state and rec. */
static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	struct worker *w = worker;
	struct record_group group = {0};
	struct record_file file = {.group = w->groups != NULL ? &group : NULL};
	int rc;

	(void)arg;
	if (rec->archive.len > 0)
		return read_member(w, rec, why);
	if ((file.path = hidden_own_path(rec->path.p, &w->name)) == NULL)
		return fail_nomem(why);
	if (w->groups != NULL)
		rc = group_read(w->groups, &w->seen, rec->path.p, file.path, &group, why);
	else
		rc = read_file(w, rec->path.p, w->seen.facts, why);
	return rc == 0 ? record_set(rec, &file, w->seen.facts, "exif-read", why) : -1;
}

int
main(int argc, char **argv)
{
	struct filter f;
	struct conf conf = {.date_from = TAKEN_FROM_DEFAULT, .filter = &f, .archives = OPTION_DEFAULT("exif-read")};
	int status;

	f = (struct filter){
	    .name = "exif-read",
	    .synopsis =
		"[-a] [--date-from=DATES] [--tz=ZONE] [--no-sidecars] [--no-groups] [--archives] [--max-member=SIZE] "
		"[OPTION...] [PATH...]",
	    .purpose =
		"Add to each record what the camera recorded: date, make, model, lens, exposure, position, size.",
	    .opts = opts,
	    .conf = &conf,
	    .owns = record_members,
	    .flags = FILTER_SKIP_KNOWN | FILTER_MEMBERS,
	    .grain = 16,
	    .start = start,
	    .expand = expand,
	    .worker_new = worker_new,
	    .worker_free = worker_free,
	    .leave = packed_quit,
	    .pause = packed_pause,
	    .work = work,
	};
	status = filter_main(&f, argc, argv);
	option_end(&conf.archives);
	groups_free(conf.groups);
	folders_free(conf.read.folders);
	return status;
}
