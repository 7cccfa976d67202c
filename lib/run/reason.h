/* reason -- why a program did less with a file than it could have: a code for programs, a sentence for people. */
#ifndef RUN_REASON_H
#define RUN_REASON_H

#include <stdbool.h>

#include "run/rec.h"

enum reason {
	REASON_NONE,
#define REASON(name, code, text, words, lasting) REASON_##name,
#include "run/words.def"
	REASON_COUNT
};

const char *reason_code(enum reason reason); /* as records show it; "" for none */
const char *reason_text(enum reason reason);
const char *reason_words(enum reason reason); /* behind a number of files */
bool reason_is_lasting(enum reason reason);   /* whether the same command would meet it again */

/* reason_find() -- the one that a record's place.reason names; REASON_NONE also for one that is not in the table. */
enum reason reason_find(const struct rec *rec);

#endif
