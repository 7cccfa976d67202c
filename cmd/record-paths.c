/* record-paths -- records to NUL-separated paths; see record-paths(1). */
#include <string.h>

#include "run/filter.h"

struct conf {
	const char *member;
	bool errors;
	struct buf path;
};

static const struct opt opts[] = {
    OPT_STRING('m', "member", "MEMBER", struct conf, member, "the member that holds the path (default: path)"),
    OPT_FLAG('e', "errors", struct conf, errors, "records that failed, in place of all others"), OPT_END};

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	struct conf *conf = arg;

	(void)verdict;
	if (rec->failed != conf->errors || !rec_get_path(rec, conf->member, &conf->path))
		return 0;
	if (memchr(conf->path.p, '\0', conf->path.len) != NULL)
		return fail_set(why, FAIL_INPUT, "path", "%s has a NUL in it and cannot be a path", conf->member);
	if (buf_add(out, conf->path.p, conf->path.len + 1) == -1)
		return fail_nomem(why);
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = {.member = "path"};
	struct filter f = {
	    .name = "record-paths",
	    .synopsis = "[-e] [-m MEMBER] [OPTION...] [PATH...]",
	    .purpose = "Write the paths of records, each ended by NUL.",
	    .opts = opts,
	    .conf = &conf,
	    .flags = FILTER_SINK,
	    .emit = emit,
	};
	int status = filter_main(&f, argc, argv);

	buf_fini(&conf.path);
	return status;
}
