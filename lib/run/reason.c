#include "run/reason.h"

static const struct {
	const char *code, *text, *words;
} reasons[REASON_COUNT] = {
    [REASON_NONE] = {"", "", ""},
#define REASON(name, code, text, words) [REASON_##name] = {code, text, words},
#include "run/reason-codes.def"
#undef REASON
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
