#include "run/reason.h"

const char *
reason_code(enum reason reason)
{
	static const char *const codes[] = {
	    "",
#define REASON(name, code, text, words) code,
#include "run/reason-codes.def"
#undef REASON
	};

	return codes[reason];
}

const char *
reason_text(enum reason reason)
{
	static const char *const texts[] = {
	    "",
#define REASON(name, code, text, words) text,
#include "run/reason-codes.def"
#undef REASON
	};

	return texts[reason];
}

const char *
reason_words(enum reason reason)
{
	static const char *const words_of[] = {
	    "",
#define REASON(name, code, text, words) words,
#include "run/reason-codes.def"
#undef REASON
	};

	return words_of[reason];
}
