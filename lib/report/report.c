/*
 * A record has one outcome, which its action, its error or its db member tells, so that the outcomes add up to the
 * files.  Damage, dates and folders are told of those that are, or are to be, in the library.
 */
#include "report/report.h"

#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/quote.h"
#include "base/span.h"
#include "report/report-parts.h"
#include "run/reason.h"
#include "run/words.h"

static const struct {
	enum word action;
	const char *one;
} outcomes[OUTCOMES] = {
#define OUTCOME(name, action, one, many) {action, one},
#include "report/outcomes.def"
#undef OUTCOME
};

struct report *
report_new(void)
{
	return calloc(1, sizeof(struct report));
}

static void
free_list(struct list *list)
{
	for (size_t i = 0; i < REPORT_NAMES_MAX; i++) {
		buf_fini(&list->row[i].name);
		buf_fini(&list->row[i].text);
	}
}

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	tally_fini(&r->folders);
	for (size_t i = 0; i < LISTS; i++)
		free_list(&r->list[i]);
	rec_group_fini(&r->group);
	buf_fini(&r->root);
	buf_fini(&r->text);
	free(r);
}

/* What a database recognised without the content's being read: a source, or a file of the library. */
static enum outcome
settled_before(const struct rec *rec)
{
	struct slice path;

	if (!word_is(rec, BY_SOURCE))
		return KNOWN;
	return rec_get(rec, "db.path", &path) ? IMPORTED : SKIPPED; /* it was looked at, and left out */
}

enum outcome
report_outcome(const struct rec *rec)
{
	enum word action;
	struct slice hash;

	if (rec->failed)
		return FAILED;
	if (word_is(rec, VERIFY_MISSING) && rec_get(rec, "deleted", &hash))
		return DELETED;
	action = word_find(rec, "place.action");
	if (rec_known(rec) && !word_is(rec, BY_HASH))
		return settled_before(rec);
	for (enum outcome o = COPIED; o < OUTCOMES && action != WORD_NONE; o++)
		if (outcomes[o].action == action)
			return o;
	return rec_get(rec, "hash", &hash) ? RECORDED : READ;
}

/* Why a file was skipped or a source kept; REASON_NONE stands for what is none of ours, too. */
static enum reason
reason_of(const struct rec *rec)
{
	struct slice place;

	/* only what is no media is remembered as left out */
	return rec_get(rec, "place", &place) ? reason_find(rec) : REASON_NOT_MEDIA;
}

void
report_from(struct report *r, const char *log)
{
	r->log = log;
}

static void
add_name(const struct report *r, const struct rec *rec, struct buf *name)
{
	if (rec->path.len > 0)
		buf_add(name, rec->path.p, rec->path.len);
	else
		buf_addf(name, "line %llu of %s", (unsigned long long)rec->seq, r->log != NULL ? r->log : "the input");
}

/* `before` is static; the text is of any origin: a message, a name. */
static void
list_file(struct report *r, enum list_id id, const struct rec *rec, const char *before, struct slice text)
{
	struct list *list = &r->list[id];
	struct list_row *row;

	if (list->n++ >= REPORT_NAMES_MAX)
		return;
	row = &list->row[list->n - 1];
	add_name(r, rec, &row->name);
	buf_add(&row->text, text.p, text.len);
	row->before = before;
}

static bool
is_empty(const struct rec *rec)
{
	uint64_t size;

	return rec_get_u64(rec, "size", &size) && size == 0;
}

/* Why, in a sentence. */
static struct slice
words_of(struct report *r, const struct rec *rec, enum reason reason)
{
	const char *words = reason_text(reason);

	if (rec_get_string(rec, "place.message", &r->text) ||
	    (reason == REASON_NONE && rec_get_string(rec, "place.reason", &r->text)))
		return buf_slice(&r->text);
	return (struct slice){words, strlen(words)};
}

static void
note_skipped(struct report *r, const struct rec *rec)
{
	enum reason reason = reason_of(rec);

	r->skipped[reason]++;
	if (reason == REASON_NOT_PLACED || reason == REASON_UNDONE_BEFORE)
		return; /* there is nothing to see to */
	if (reason == REASON_NOT_MEDIA && is_empty(rec))
		list_file(r, LIST_SKIPPED, rec, "", (struct slice){"is empty", strlen("is empty")});
	else
		list_file(r, LIST_SKIPPED, rec, "", words_of(r, rec, reason));
}

/* A source that was to be removed.  Of a card that nobody can write to, one line tells for all. */
static void
note_source(struct report *r, const struct rec *rec)
{
	enum reason reason;

	if (word_is(rec, PLACE_SOURCE_REMOVED))
		r->removed++;
	if (!word_is(rec, PLACE_SOURCE_KEPT))
		return;
	reason = reason_of(rec);
	r->kept[reason]++;
	r->again += !reason_is_lasting(reason);
	if (reason != REASON_READ_ONLY)
		list_file(r, LIST_KEPT, rec, "", words_of(r, rec, reason));
}

/* Capture dates are told by their days; what is no date tells none. */
bool
report_day(const struct rec *rec, struct buf *text, char day[DAY_LEN + 1])
{
	size_t len;

	if (!rec_get_string(rec, "taken", text))
		return false;
	len = strspn(buf_cstr(text), "0123456789-");
	len = len < DAY_LEN ? len : DAY_LEN;
	memcpy(day, buf_cstr(text), len);
	day[len] = '\0';
	return len >= strlen("1974");
}

static void
note_day(struct report *r, const struct rec *rec)
{
	char day[DAY_LEN + 1];

	if (!report_day(rec, &r->text, day)) {
		list_file(r, LIST_UNDATED, rec, "", (struct slice){"", 0});
		return;
	}
	if (r->first[0] == '\0' || strcmp(day, r->first) < 0)
		memcpy(r->first, day, sizeof(day));
	if (strcmp(day, r->last) > 0)
		memcpy(r->last, day, sizeof(day));
}

/* What the library had of this content, and has no more. */
static void
note_before(struct report *r, const struct rec *rec)
{
	enum list_id id;

	/* place-file has found another content in the library's copy */
	if (rec_get_warning(rec, FAIL_VERIFY, &r->text)) {
		list_file(r, LIST_SPOILT, rec, "", buf_slice(&r->text));
		return;
	}
	if (word_is(rec, STATUS_MISSING))
		id = LIST_GONE;
	else if (word_is(rec, STATUS_DAMAGED))
		id = LIST_SPOILT;
	else
		return;
	rec_get_path(rec, "db.path", &r->text);
	list_file(r, id, rec, id == LIST_GONE ? "was " : "", buf_slice(&r->text));
}

/* A file that has, or is to get, a place in the library. */
static int
note_place(struct report *r, const struct rec *rec, struct fail *why)
{
	note_day(r, rec);
	note_before(r, rec);
	if (rec_get_damage(rec, &r->text))
		list_file(r, LIST_DAMAGED, rec, "", buf_slice(&r->text));
	if (r->root.len == 0)
		rec_get_path(rec, "place.root", &r->root);
	return rec_get_path(rec, "place.to", &r->text) ? tally_add(&r->folders, buf_cstr(&r->text), why) : 0;
}

bool
report_came(enum outcome o)
{
	return o <= PLANNED || o == RECORDED;
}

/* Whether the file is, or is to be, in the library. */
static bool
is_there(enum outcome o)
{
	return report_came(o) || o == DUPLICATE || o == EXISTS || o == IMPORTED || o == KNOWN;
}

/* What it is, and what belongs to it; of what nobody has read again a name may not tell.  Returns 0 or -1 (ENOMEM). */
static int
note_kind(struct report *r, const struct rec *rec, enum outcome o, struct fail *why)
{
	enum kind kind;

	if (!rec_get_group(rec, &r->group) && rec_group_failed(&r->group))
		return fail_nomem(why);
	kind = kind_of(rec, &r->group);
	r->kinds[kind] += kind != OTHER || (o != IMPORTED && o != KNOWN);
	if (kind_is_orphan(rec, &r->group)) {
		if (!rec_get_path(rec, "place.to", &r->text))
			buf_clear(&r->text, SIZE_MAX);
		list_file(r, LIST_ORPHANS, rec, "as ", buf_slice(&r->text));
	}
	if (rec_get_warning(rec, FAIL_GROUP_SPLIT, &r->text))
		list_file(r, LIST_SPLIT, rec, "", buf_slice(&r->text));
	if (rec_group_unknown(rec, &r->text))
		list_file(r, LIST_UNKNOWN, rec, "", buf_slice(&r->text));
	return 0;
}

int
report_add(struct report *r, const struct rec *rec, struct fail *why)
{
	enum outcome o = report_outcome(rec);
	uint64_t size;

	r->n[o]++;
	r->files++;
	if (rec_get_u64(rec, "size", &size))
		r->bytes += size; /* a sum for people: wrapping at 18 EB harms nobody */
	r->empty += is_empty(rec);
	note_source(r, rec);
	if (o == FAILED) {
		r->again++;
		rec_get_string(rec, "error.message", &r->text);
		list_file(r, LIST_FAILED, rec, "", buf_slice(&r->text));
	} else if (o == SKIPPED) {
		note_skipped(r, rec);
	}
	if (is_there(o) && note_kind(r, rec, o, why) == -1)
		return -1;
	return report_came(o) ? note_place(r, rec, why) : 0;
}

void
report_line(struct report *r, const struct rec *rec, struct buf *out)
{
	enum outcome o = report_outcome(rec);

	buf_addf(out, "%s  ", outcomes[o].one);
	buf_clear(&r->text, SIZE_MAX);
	add_name(r, rec, &r->text);
	quote_name(out, r->text.p, r->text.len);
	out->failed |= r->text.failed;
	if (rec_get_path(rec, "place.to", &r->text)) {
		buf_adds(out, " -> ");
		quote_name(out, r->text.p, r->text.len);
	}
	if (o == SKIPPED) {
		struct slice words = words_of(r, rec, reason_of(rec));

		buf_adds(out, ": ");
		quote_name(out, words.p, words.len);
	}
	rec_get_group(rec, &r->group);
	if (is_there(o) && kind_is_orphan(rec, &r->group))
		buf_adds(out, ": without a picture or film");
	buf_addc(out, '\n');
}
