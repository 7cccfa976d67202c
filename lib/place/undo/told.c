#include "place/undo/told.h"

#include <string.h>

#include "base/json.h"
#include "run/words.h"

static void
add_string(struct buf *out, const char *name, const char *value)
{
	json_comma(out);
	buf_addf(out, "\"%s\":", name);
	json_quote(out, value, strlen(value));
}

static const char *
message_of(const struct takeback *t)
{
	return t->message[0] != '\0' ? t->message : reason_text(t->reason);
}

/* Where the file was: hashdb-merge is to find the library by the name that it has now. */
static void
add_file(const struct told *told, const struct rec *rec, const struct takeback *t, struct buf *out)
{
	struct buf root = {0};

	if (told->root != NULL)
		buf_adds(&root, told->root);
	else
		rec_get_path(rec, "place.root", &root);
	json_comma(out);
	json_path(out, "to", t->to, strlen(t->to));
	json_comma(out);
	json_path(out, "root", buf_cstr(&root), root.len);
	out->failed |= root.failed;
	buf_fini(&root);
}

/* That it relied on a file is undone. */
static bool
relies_no_more(const struct takeback *t)
{
	return (t->reason == REASON_NOT_PLACED || t->reason == REASON_GIVEN_BACK) && *t->to != '\0';
}

/* Nothing is taken back there. */
static void
add_mirrors(const struct rec *rec, struct buf *out)
{
	struct slice mirrors;

	if (!rec_get(rec, "place.mirrors", &mirrors))
		return;
	buf_adds(out, ",\"mirrors\":");
	buf_add(out, mirrors.p, mirrors.len);
}

static void
set_place(const struct told *told, struct rec *rec, const struct takeback *t)
{
	enum word done = t->dry_run ? ACTION_PLANNED : ACTION_UNDONE;
	struct buf out = {0};

	buf_addc(&out, '{');
	add_string(&out, "action", word_text(t->done ? done : ACTION_SKIPPED));
	if (t->done || relies_no_more(t))
		add_file(told, rec, t, &out);
	if (t->reason != REASON_NONE) {
		add_string(&out, "reason", reason_code(t->reason));
		add_string(&out, "message", message_of(t));
	}
	add_mirrors(rec, &out);
	buf_addc(&out, '}');
	rec_drop(rec, "db"); /* what a database knew of it then */
	rec_set_json(rec, "place", &out, 0);
	buf_fini(&out);
}

static bool
is_left(const struct takeback *t)
{
	return !t->done && t->reason != REASON_NOT_PLACED && t->reason != REASON_UNDONE_BEFORE &&
	       t->reason != REASON_GIVEN_BACK;
}

void
told_record(struct told *told, struct rec *rec, const struct takeback *t)
{
	struct buf line = {0};

	if (t->why.code != FAIL_NONE) {
		rec_drop(rec, "place"); /* an undo's log is no later run's that has placed the file */
		rec_fail(rec, told->tool, &t->why);
		return;
	}
	set_place(told, rec, t);
	if (t->lost.len > 0)
		rec_warn(rec, told->tool, FAIL_KEEP, "%s", t->lost.p);
	if (!is_left(t))
		return;
	buf_addf(&line, "left alone: %s", message_of(t));
	run_unfinished(told->run, rec, told->left[t->reason]++ < RUN_LINES_MAX ? buf_cstr(&line) : NULL);
	buf_fini(&line);
}

void
told_summary(const struct told *told)
{
	for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		if (told->left[reason] > RUN_LINES_MAX)
			run_note(told->run, "also left alone: %zu %s", told->left[reason] - RUN_LINES_MAX,
			    reason_words(reason));
}
