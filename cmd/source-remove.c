/* source-remove -- remove the sources whose copies are durable, re-read and recorded; see source-remove(1). */
#include <unistd.h>

#include "hashdb/removal.h"
#include "run/filter.h"
#include "run/json.h"
#include "run/span.h"

struct conf {
	const char *file;
	int dirfd;
	struct removal *removal;
	struct buf text;
};

static const struct opt opts[] = {
	OPT_STRING(0, "db", "DB", struct conf, file, "the library's database (.dcim/hash.db below place.root)"),
	OPT_END
};

static int
start(void *arg, struct run *run, struct fail *why)
{
	struct conf *conf = arg;

	conf->dirfd = run_dirfd(run);
	conf->removal = removal_new(conf->dirfd, conf->file);
	return conf->removal != NULL ? 0 : fail_nomem(why);
}

/* place, with its source as removed. */
static void
set_removed(struct rec *rec, struct buf *text)
{
	struct spans members = { 0 };
	struct slice place;
	struct fail why;

	buf_clear(text, SIZE_MAX);
	buf_addc(text, '{');
	if (rec_get(rec, "place", &place) && span_scan(place, &members, &why) == -1)
		text->failed = true;
	else {
		for (size_t i = 0; i < members.n; i++) {
			const struct span *m = &members.v[i];

			if (slice_eq(m->key, "source"))
				continue;
			json_comma(text);
			buf_add(text, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
		}
	}
	json_comma(text);
	buf_adds(text, "\"source\":\"removed\"}");
	rec_set_json(rec, "place", text, 0);
	spans_fini(&members);
}

static bool
is_candidate(const struct rec *rec)
{
	static const char *const actions[] = { "copied", "reflinked", "duplicate", "exists" };

	for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
		if (rec_is(rec, "place.action", actions[i]))
			return !rec_is(rec, "place.source", "removed");
	return false;
}

static int
emit(void *arg, struct rec *rec, struct buf *out, enum emit *verdict, struct fail *why)
{
	(void)arg, (void)out, (void)why;
	if (is_candidate(rec))
		*verdict = EMIT_HOLD;
	return 0;
}

static int
commit(void *arg, struct run *run, struct rec **held, size_t nheld, struct fail *why)
{
	struct conf *conf = arg;
	struct fail bad = { 0 };

	(void)run, (void)why;
	for (size_t i = 0; i < nheld; i++) {
		const char *doubt = removal_doubt(conf->removal, held[i]);

		if (doubt != NULL)
			rec_warn(held[i], "source-remove", FAIL_SOURCE, "not removed: %s", doubt);
		else if (unlinkat(conf->dirfd, held[i]->path.p, 0) == 0)
			set_removed(held[i], &conf->text);
		else {
			fail_errno(&bad, "unlink", "the source cannot be removed");
			rec_fail(held[i], "source-remove", &bad);
		}
	}
	return 0;
}

int
main(int argc, char **argv)
{
	struct conf conf = { 0 };
	struct filter f = {
		.name = "source-remove",
		.synopsis = "[--db=DB] [OPTION...] [PATH...]",
		.purpose = "Remove the sources whose copies are durable, were read back, and are recorded.",
		.opts = opts,
		.conf = &conf,
		.start = start,
		.emit = emit,
		.commit = commit,
	};
	int status = filter_main(&f, argc, argv);

	removal_free(conf.removal);
	buf_fini(&conf.text);
	return status;
}
