#include "place/remove/kept.h"

#include <string.h>

#include "base/json.h"
#include "base/span.h"
#include "run/words.h"

void
kept_tell(struct kept *k, struct rec *rec, enum reason reason, const char *message)
{
	struct buf line = {0};

	if (reason == REASON_NONE) {
		k->removed++;
		return;
	}
	buf_addf(&line, "not removed: %s", message);
	rec_warn(rec, k->tool, FAIL_SOURCE, "%s", buf_cstr(&line));
	if (reason != REASON_GONE) {
		bool told = reason != REASON_READ_ONLY && k->stay[reason] < RUN_LINES_MAX;

		k->stay[reason]++;
		run_unfinished(k->run, rec, told ? buf_cstr(&line) : NULL);
	}
	buf_fini(&line);
}

void
kept_summary(const struct kept *k)
{
	const char *what = k->removed == 0 ? "nothing was removed" : "they were not removed";

	if (k->stay[REASON_READ_ONLY] > 0)
		run_note(
		    k->run, "%zu copied and safe; the card is write-protected, %s", k->stay[REASON_READ_ONLY], what);
	for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++) {
		if (reason != REASON_READ_ONLY && k->stay[reason] > RUN_LINES_MAX)
			run_note(
			    k->run, "also not removed: %zu %s", k->stay[reason] - RUN_LINES_MAX, reason_words(reason));
	}
}

/* An object without its end, and without what is said anew. */
static void
add_others(struct buf *text, struct slice object)
{
	struct spans members = {0};
	struct fail why;

	if (span_scan(object, &members, &why) == -1)
		text->failed = true;
	buf_addc(text, '{');
	for (size_t i = 0; i < members.n; i++) {
		const struct span *m = &members.v[i];

		if (slice_eq(m->key, "source") || slice_eq(m->key, "reason") || slice_eq(m->key, "message"))
			continue;
		json_comma(text);
		buf_add(text, m->key.p - 1, (size_t)(m->value.p + m->value.len - m->key.p) + 1);
	}
	json_comma(text);
	spans_fini(&members);
}

void
kept_set(struct rec *rec, enum reason reason, const char *message)
{
	struct buf text = {0};
	struct slice place;

	if (reason == REASON_GONE || !rec_get(rec, "place", &place))
		return;
	add_others(&text, place);
	buf_addf(
	    &text, "\"source\":\"%s\"", word_text(reason == REASON_NONE ? PLACE_SOURCE_REMOVED : PLACE_SOURCE_KEPT));
	if (reason != REASON_NONE) {
		buf_adds(&text, ",\"reason\":");
		json_quote(&text, reason_code(reason), strlen(reason_code(reason)));
		buf_adds(&text, ",\"message\":");
		json_quote(&text, message, strlen(message));
	}
	buf_addc(&text, '}');
	rec_set_json(rec, "place", &text, 0);
	buf_fini(&text);
}
