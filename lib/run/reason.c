#include "run/reason.h"

#define MEMBER "place.reason"

/*
 * The first logs have sentences in place of codes.  The sources of this one are remembered, so that a database which is
 * rebuilt from such logs does not ask for them again; all others are only shown.
 */
#define OLD_NOT_MEDIA "not media"

static const struct {
	const char *code, *text, *words;
	bool lasting;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {"", "", "", false},
#define REASON(name, code, text, words, lasting) [REASON_##name] = {code, text, words, lasting},
#include "run/words.def"
};

const char *
reason_code(enum reason reason)
{
	return reasons[reason].code;
}

const char *
reason_text(enum reason reason)
{
	return reasons[reason].text;
}

const char *
reason_words(enum reason reason)
{
	return reasons[reason].words;
}

bool
reason_is_lasting(enum reason reason)
{
	return reasons[reason].lasting;
}

enum reason
reason_find(const struct rec *rec)
{
	for (enum reason reason = REASON_NONE + 1; reason < REASON_COUNT; reason++)
		if (rec_is(rec, MEMBER, reasons[reason].code))
			return reason;
	return rec_is(rec, MEMBER, OLD_NOT_MEDIA) ? REASON_NOT_MEDIA : REASON_NONE;
}
