/* reason -- why a program did less with a file than it could have: a code for programs, a sentence for people. */
#ifndef RUN_REASON_H
#define RUN_REASON_H

enum reason {
	REASON_NONE,
#define REASON(name, code, text, words) REASON_##name,
#include "run/reason-codes.def"
#undef REASON
	REASON_COUNT
};

const char *reason_code(enum reason reason); /* as records show it; "" for none */
const char *reason_text(enum reason reason);
const char *reason_words(enum reason reason); /* behind a number of files */

#endif
