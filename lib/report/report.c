/*
 * A record has one outcome, which its action, its error or its db member tells.  Damage, dates and folders are told
 * of those that are, or are to be, in the library.
 */
#include "report/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/human.h"
#include "report/tally.h"
#include "run/quote.h"

#define DAY_LEN 10

/* What became of a file, in the order in which it is told. */
enum outcome {
	COPIED,
	MOVED,
	REFLINKED,
	HARDLINKED,
	SYMLINKED,
	PLANNED,
	UNDONE,
	DUPLICATE,
	EXISTS,
	SKIPPED,
	KNOWN,
	RECORDED,
	READ,
	FAILED,
	OUTCOMES
};

static const struct {
	const char *action, *one, *many;
} outcomes[OUTCOMES] = {
    {"copied", "copied", "copied"},
    {"moved", "moved", "moved"},
    {"reflinked", "reflinked", "reflinked"},
    {"hardlinked", "hard-linked", "hard-linked"},
    {"symlinked", "linked", "linked"},
    {"planned", "to be placed", "to be placed"},
    {"undone", "undone", "undone"},
    {"duplicate", "duplicate", "duplicates"},
    {"exists", "already there", "already there"},
    {"skipped", "skipped", "skipped"},
    {NULL, "imported before and not read again", "imported before and not read again"},
    {NULL, "recorded where it is", "recorded where they are"},
    {NULL, "only read", "only read"},
    {NULL, "failed", "failed"},
};

/* The first files of a kind, by name, and how many there are. */
struct list {
	struct buf text;
	uint64_t n;
};

struct report {
	uint64_t n[OUTCOMES], files, bytes, undated, removed;
	char first[DAY_LEN + 1], last[DAY_LEN + 1];
	struct list skipped, damaged, failed;
	struct tally folders;
	struct buf root, text;
};

struct report *
report_new(void)
{
	return calloc(1, sizeof(struct report));
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	tally_fini(&r->folders);
	buf_fini(&r->skipped.text);
	buf_fini(&r->damaged.text);
	buf_fini(&r->failed.text);
	buf_fini(&r->root);
	buf_fini(&r->text);
	free(r);
}

static enum outcome
outcome_of(const struct rec *rec)
{
	struct slice hash;

	if (rec->failed)
		return FAILED;
	if (rec_known(rec) && !rec_is(rec, "db.by", "hash"))
		return KNOWN;
	for (enum outcome o = COPIED; o <= SKIPPED; o++) {
		if (rec_is(rec, "place.action", outcomes[o].action))
			return o;
	}
	return rec_get(rec, "hash", &hash) ? RECORDED : READ;
}

static void
put_name(struct buf *out, const struct rec *rec)
{
	if (rec->path.len > 0)
		quote_name(out, rec->path.p, rec->path.len);
	else
		buf_addf(out, "line %llu of the input", (unsigned long long)rec->seq);
}

static void
add_name(struct list *list, const struct rec *rec, const char *text, size_t len)
{
	if (list->n++ >= REPORT_NAMES_MAX)
		return;
	buf_adds(&list->text, "  ");
	put_name(&list->text, rec);
	if (len > 0) {
		buf_adds(&list->text, ": ");
		quote_name(&list->text, text, len);
	}
	buf_addc(&list->text, '\n');
}

/* Damage is a file that does not hold what its format says; its first such warning tells. */
static int
note_damage(struct report *r, const struct rec *rec, struct fail *why)
{
	struct slice value;
	const char *code, *message;
	json_t *warnings, *w;
	size_t i;

	if (!rec_get(rec, "warnings", &value))
		return 0;
	errno = 0;
	if ((warnings = json_loadb(value.p, value.len, 0, NULL)) == NULL)
		return errno == ENOMEM ? fail_nomem(why) : 0;
	json_array_foreach(warnings, i, w)
	{
		code = json_string_value(json_object_get(w, "code"));
		message = json_string_value(json_object_get(w, "message"));
		if (code == NULL || message == NULL || (strcmp(code, "ETRUNCATED") != 0 && strcmp(code, "EFORMAT") != 0))
			continue;
		add_name(&r->damaged, rec, message, strlen(message));
		break;
	}
	json_decref(warnings);
	return 0;
}

static void
note_day(struct report *r, const struct rec *rec)
{
	char day[DAY_LEN + 1];

	if (!rec_get_string(rec, "taken", &r->text) || strspn(r->text.p, "0123456789-") < strlen("2000")) {
		r->undated++;
		return;
	}
	snprintf(day, sizeof(day), "%.*s", (int)strspn(r->text.p, "0123456789-"), r->text.p);
	if (r->first[0] == '\0' || strcmp(day, r->first) < 0)
		memcpy(r->first, day, sizeof(day));
	if (strcmp(day, r->last) > 0)
		memcpy(r->last, day, sizeof(day));
}

/* A file that has, or is to get, a place in the library. */
static int
note_place(struct report *r, const struct rec *rec, struct fail *why)
{
	note_day(r, rec);
	if (note_damage(r, rec, why) == -1)
		return -1;
	if (r->root.len == 0)
		rec_get_path(rec, "place.root", &r->root);
	return rec_get_path(rec, "place.to", &r->text) ? tally_add(&r->folders, buf_cstr(&r->text), why) : 0;
}

int
report_add(struct report *r, const struct rec *rec, struct fail *why)
{
	enum outcome o = outcome_of(rec);
	uint64_t size;

	r->n[o]++;
	r->files++;
	if (rec_get_u64(rec, "size", &size))
		r->bytes += size; /* a sum for people: wrapping at 18 EB harms nobody */
	if (rec_is(rec, "place.source", "removed"))
		r->removed++;
	if (o == FAILED) {
		rec_get_string(rec, "error.message", &r->text);
		add_name(&r->failed, rec, buf_cstr(&r->text), r->text.len);
	} else if (o == SKIPPED) {
		rec_get_string(rec, "place.reason", &r->text);
		add_name(&r->skipped, rec, buf_cstr(&r->text), r->text.len);
	}
	return o <= PLANNED || o == RECORDED ? note_place(r, rec, why) : 0;
}

void
report_line(struct report *r, const struct rec *rec, struct buf *out)
{
	buf_addf(out, "%s  ", outcomes[outcome_of(rec)].one);
	put_name(out, rec);
	if (rec_get_path(rec, "place.to", &r->text)) {
		buf_adds(out, " -> ");
		quote_name(out, r->text.p, r->text.len);
	}
	buf_addc(out, '\n');
}

static void
put_totals(const struct report *r, struct buf *out)
{
	const char *before = ": ";

	human_things(out, r->files, "file", "files");
	buf_adds(out, ", ");
	human_bytes(out, r->bytes);
	for (enum outcome o = COPIED; o < OUTCOMES; o++) {
		if (r->n[o] == 0)
			continue;
		buf_adds(out, before);
		human_things(out, r->n[o], outcomes[o].one, outcomes[o].many);
		before = ", ";
	}
	buf_addc(out, '\n');
	if (r->first[0] != '\0')
		buf_addf(out, "Taken from %s to %s.\n", r->first, r->last);
	if (r->undated > 0)
		human_things(out, r->undated, "file has no date.\n", "files have no date.\n");
	if (r->removed > 0)
		human_things(out, r->removed, "source was removed.\n", "sources were removed.\n");
}

static void
put_folders(const struct report *r, struct buf *out)
{
	struct buf count = {0};

	if (r->folders.n == 0)
		return;
	buf_adds(out, "\nIn ");
	quote_name(out, buf_cstr(&r->root), r->root.len);
	buf_adds(out, ":\n");
	for (size_t i = 0; i < r->folders.n; i++) {
		const char *name = r->folders.row[i].name;

		buf_clear(&count, 0);
		human_count(&count, r->folders.row[i].n);
		buf_addf(out, "%9s  ", buf_cstr(&count));
		out->failed |= count.failed;
		if (*name != '\0')
			quote_name(out, name, strlen(name));
		buf_adds(out, *name != '\0' ? "/\n" : "./\n");
	}
	buf_fini(&count);
}

static void
put_list(const char *heading, const struct list *list, struct buf *out)
{
	if (list->n == 0)
		return;
	buf_addf(out, "\n%s:\n", heading);
	buf_add(out, list->text.p, list->text.len);
	out->failed |= list->text.failed;
	if (list->n > REPORT_NAMES_MAX) {
		buf_adds(out, "  and ");
		human_count(out, list->n - REPORT_NAMES_MAX);
		buf_adds(out, " more\n");
	}
}

void
report_text(const struct report *r, struct buf *out)
{
	put_totals(r, out);
	put_folders(r, out);
	put_list("Skipped", &r->skipped, out);
	put_list("Damaged, and kept as they are", &r->damaged, out);
	put_list("Failed", &r->failed, out);
}
