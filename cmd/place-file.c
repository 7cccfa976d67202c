/* place-file -- put each file where a template says, never in the place of another; see place-file(1). */
#include "archive/archives.h"
#include "archive/packed.h"
#include "place/options.h"
#include "place/place.h"
#include "place/undo/undo.h"
#include "run/filter.h"

/* The words of --verify and --durable, in the order of their rows. */
enum { STREAM = 1, READBACK };
enum { BATCH = 1, EACH_FILE };

struct conf {
	const char *to, *template, *undated, *zone, *mode;
	struct opt_list from, mirrors, members, later;
	int how, verify, durable;
	uint64_t max_member;
	bool dry_run, weak_publish, portable, media_only, undo;
	struct filter *filter;
	struct run *run;
	struct place *place;
	struct archives *archives; /* of all workers, which may outlive place */
	struct undo *undoing;
};

static const struct opt opts[] = {
    OPT_STRING('t', "to", "DIR", struct conf, to, "the library ($DCIM_LIBRARY, else the current folder)"),
    OPT_LIST(0, "from", "DIR", struct conf, from, "{dir} in a template is the folder below DIR; may be repeated"),
    OPT_LIST(
	0, "mirror", "DIR", struct conf, mirrors, "copy all to this folder, too, from the same read; may be repeated"),
    OPT_STRING(0, "template", "T", struct conf, template, "where files go ({taken:%Y}/{taken:%Y-%m-%d}/{name})"),
    OPT_STRING(0, "undated", "T", struct conf, undated, "where files without a date go (undated/{dir}/{name})"),
    OPT_LIST(0, "member", "NAME", struct conf, members, "allow {NAME} in templates: another filter adds it"),
    OPT_STRING(0, "tz", "ZONE", struct conf, zone, "the zone for dates that are known in UTC (UTC)"),
    OPT_CHOICE(0, "copy", struct conf, how, PLACE_COPY, "copy, also what is in the library already"),
    OPT_CHOICE(0, "move", struct conf, how, PLACE_MOVE, "move, also inside the library"),
    OPT_CHOICE(0, "reflink", struct conf, how, PLACE_REFLINK, "copy by sharing blocks, or fail"),
    OPT_CHOICE(0, "hardlink", struct conf, how, PLACE_HARDLINK, "give the file a second name"),
    OPT_CHOICE(0, "symlink", struct conf, how, PLACE_SYMLINK, "make symbolic links to the files"),
    OPT_FLAG('n', "dry-run", struct conf, dry_run, "write nothing, say what would be done"),
    OPT_WORD(
	0, "verify", "stream|readback", struct conf, verify, "compare while copying (stream), or from the disk, too"),
    OPT_WORD(0, "durable", "batch|file", struct conf, durable, "flush many files at once (batch), or each"),
    OPT_STRING(0, "chmod", "MODE", struct conf, mode, "permissions of placed files, octal (0666 less the umask)"),
    OPT_FLAG(0, "portable-names", struct conf, portable, "keep to names that exFAT, NTFS and SMB can hold"),
    OPT_FLAG(0, "weak-publish", struct conf, weak_publish, "work where neither linking nor safe renaming is possible"),
    OPT_FLAG(0, "media-only", struct conf, media_only,
	"skip files that are not media: no type, not damaged, no sidecar; and what a cloud has in its trash"),
    OPT_SIZE(0, "max-member", "SIZE", struct conf, max_member, "read no larger member of an archive (64G)"),
    OPT_FLAG(0, "undo", struct conf, undo, "take back what the records say was placed, the last first"),
    OPT_LIST(0, "later", "LOG", struct conf, later,
	"with --undo: leave alone what this later log relies on; may be repeated"),
    OPT_END,
};

/* The filter is that of undo from now on. */
static int
begin_undo(struct conf *conf, struct run *run, struct fail *why)
{
	const struct undo_options o = {.tool = "place-file",
	    .root = conf->to,
	    .later = conf->later.v,
	    .nlater = conf->later.n,
	    .dry_run = conf->dry_run,
	    .weak_publish = conf->weak_publish};

	if (conf->mirrors.n > 0)
		return fail_set(why, FAIL_INPUT, "options", "--undo leaves mirrors as they are: leave out --mirror");
	if (conf->how != PLACE_UNSAID)
		return fail_set(why, FAIL_INPUT, "options",
		    "--undo goes by what the records say was done: leave out --copy, --move and their like");
	return (conf->undoing = undo_begin(&o, conf->filter, run, why)) != NULL ? 0 : -1;
}

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;
	struct place_options o = {
	    .tool = "place-file",
	    .root = options_library(conf->to),
	    .from = conf->from.v,
	    .nfrom = conf->from.n,
	    .mirrors = conf->mirrors.v,
	    .nmirrors = conf->mirrors.n,
	    .template = conf->template,
	    .undated = conf->undated,
	    .members = conf->members.v,
	    .nmembers = conf->members.n,
	    .zone = conf->zone,
	    .how = (enum place_how)conf->how,
	    .readback = conf->verify == READBACK,
	    .sync_each = conf->durable == EACH_FILE,
	    .dry_run = conf->dry_run,
	    .weak_publish = conf->weak_publish,
	    .portable = conf->portable,
	    .media_only = conf->media_only,
	    .max_member = conf->max_member,
	};

	conf->run = run;
	if ((conf->archives = archives_new(run_dirfd(run), conf->max_member)) == NULL)
		return fail_nomem(why);
	if (conf->undo)
		return begin_undo(conf, run, why);
	if (options_mode(conf->mode, &o.mode, why) == -1)
		return -1;
	return (conf->place = place_new(&o, run, why)) != NULL ? 0 : -1;
}

static void *
worker_new(void *arg)
{
	return packed_new(((struct conf *)arg)->archives);
}

static int
work(const void *arg, void *worker, struct rec *rec, struct fail *why)
{
	const struct conf *conf = arg;

	return place_stage(conf->place, worker, rec, why);
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;

	(void)out;
	return place_emit(conf->place, rec, verdict, why);
}

static int
commit(void *arg, struct run *run, struct rec **held, size_t nheld, struct fail *why)
{
	struct conf *conf = arg;

	(void)run;
	return place_commit(conf->place, held, nheld, why);
}

static int
finish(void *arg, struct buf *out, struct fail *why)
{
	struct conf *conf = arg;

	(void)out, (void)why;
	place_summary(conf->place);
	if (run_given_up(conf->run))
		return 0;
	place_free(conf->place);
	conf->place = NULL;
	return 0;
}

int
main(int argc, char **argv)
{
	static const char *const owns[] = {"place", NULL};
	struct conf conf = {.undated = "undated/{dir}/{name}", .max_member = ARCHIVES_MEMBER_MAX};
	struct filter f = {
	    .name = "place-file",
	    .synopsis = "[-t DIR] [--from=DIR] [--template=T] [--copy|--move|...] [OPTION...] [PATH...]",
	    .purpose = "Put each file where a template says; nothing is ever overwritten.",
	    .opts = opts,
	    .conf = &conf,
	    .owns = owns,
	    .flags = FILTER_CONTENT | FILTER_READS | FILTER_MEMBERS,
	    .start = start,
	    .worker_new = worker_new,
	    .worker_free = packed_free,
	    .leave = packed_quit,
	    .pause = packed_pause,
	    .work = work,
	    .emit = emit,
	    .commit = commit,
	    .drop = place_drop,
	    .finish = finish,
	};
	int status;

	conf.filter = &f;
	status = filter_main(&f, argc, argv);
	place_free(conf.place);
	undo_free(conf.undoing);
	archives_free(conf.archives);
	return status;
}
