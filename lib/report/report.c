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

void
report_free(struct report *r)
{
	if (r == NULL)
		return;
	tally_fini(&r->folders);
	buf_fini(&r->skipped_list.text);
	buf_fini(&r->damaged_list.text);
	buf_fini(&r->gone_list.text);
	buf_fini(&r->spoilt_list.text);
	buf_fini(&r->kept_list.text);
	buf_fini(&r->failed_list.text);
	buf_fini(&r->orphan_list.text);
	buf_fini(&r->split_list.text);
	buf_fini(&r->unknown_list.text);
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

static enum outcome
outcome_of(const struct rec *rec)
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
put_name(const struct report *r, const struct rec *rec, struct buf *out)
{
	if (rec->path.len > 0) {
		quote_name(out, rec->path.p, rec->path.len);
		return;
	}
	buf_addf(out, "line %llu of ", (unsigned long long)rec->seq);
	if (r->log != NULL)
		quote_name(out, r->log, strlen(r->log));
	else
		buf_adds(out, "the input");
}

/* The text is of any origin: a message, a name. */
static void
add_name(const struct report *r, struct list *list, const struct rec *rec, const char *before, struct slice text)
{
	if (list->n++ >= REPORT_NAMES_MAX)
		return;
	buf_adds(&list->text, "  ");
	put_name(r, rec, &list->text);
	if (text.len > 0) {
		buf_addf(&list->text, ": %s", before);
		quote_name(&list->text, text.p, text.len);
	}
	buf_addc(&list->text, '\n');
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
		add_name(r, &r->skipped_list, rec, "", (struct slice){"is empty", strlen("is empty")});
	else
		add_name(r, &r->skipped_list, rec, "", words_of(r, rec, reason));
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
		add_name(r, &r->kept_list, rec, "", words_of(r, rec, reason));
}

/* Capture dates are told by their days; what is no date tells none. */
static bool
read_day(const struct rec *rec, struct buf *text, char day[DAY_LEN + 1])
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

	if (!read_day(rec, &r->text, day)) {
		r->undated++;
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
	struct list *list;

	/* place-file has found another content in the library's copy */
	if (rec_get_warning(rec, FAIL_VERIFY, &r->text)) {
		add_name(r, &r->spoilt_list, rec, "", buf_slice(&r->text));
		return;
	}
	if (word_is(rec, STATUS_MISSING))
		list = &r->gone_list;
	else if (word_is(rec, STATUS_DAMAGED))
		list = &r->spoilt_list;
	else
		return;
	rec_get_path(rec, "db.path", &r->text);
	add_name(r, list, rec, list == &r->gone_list ? "was " : "", buf_slice(&r->text));
}

/* A file that has, or is to get, a place in the library. */
static int
note_place(struct report *r, const struct rec *rec, struct fail *why)
{
	note_day(r, rec);
	note_before(r, rec);
	if (rec_get_damage(rec, &r->text))
		add_name(r, &r->damaged_list, rec, "", buf_slice(&r->text));
	if (r->root.len == 0)
		rec_get_path(rec, "place.root", &r->root);
	return rec_get_path(rec, "place.to", &r->text) ? tally_add(&r->folders, buf_cstr(&r->text), why) : 0;
}

/* Whether the file is, or is to be, in the library. */
static bool
is_there(enum outcome o)
{
	return o <= PLANNED || o == DUPLICATE || o == EXISTS || o == IMPORTED || o == KNOWN || o == RECORDED;
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
		add_name(r, &r->orphan_list, rec, "as ", buf_slice(&r->text));
	}
	if (rec_get_warning(rec, FAIL_GROUP_SPLIT, &r->text))
		add_name(r, &r->split_list, rec, "", buf_slice(&r->text));
	if (rec_group_unknown(rec, &r->text))
		add_name(r, &r->unknown_list, rec, "", buf_slice(&r->text));
	return 0;
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
	r->empty += is_empty(rec);
	note_source(r, rec);
	if (o == FAILED) {
		r->again++;
		rec_get_string(rec, "error.message", &r->text);
		add_name(r, &r->failed_list, rec, "", buf_slice(&r->text));
	} else if (o == SKIPPED) {
		note_skipped(r, rec);
	}
	if (is_there(o) && note_kind(r, rec, o, why) == -1)
		return -1;
	return o <= PLANNED || o == RECORDED ? note_place(r, rec, why) : 0;
}

void
report_line(struct report *r, const struct rec *rec, struct buf *out)
{
	enum outcome o = outcome_of(rec);

	buf_addf(out, "%s  ", outcomes[o].one);
	put_name(r, rec, out);
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
