/* words -- what the members of a record can say: one table for those who write them and those who read them. */
#ifndef RUN_WORDS_H
#define RUN_WORDS_H

#include <stdbool.h>

#include "run/rec.h"

enum word {
	WORD_NONE,
#define WORD(name, member, word, meaning) name,
#include "run/words.def"
	WORD_COUNT
};

const char *word_text(enum word word);

/* word_is() -- whether the record's member says this. */
bool word_is(const struct rec *rec, enum word word);

/* word_find() -- what a member says; WORD_NONE where the record lacks it, or it says what this version does not know.
 */
enum word word_find(const struct rec *rec, const char *member);

/* word_set() -- let a member that stands in no other say this, as rec_set_string(). */
void word_set(struct rec *rec, enum word word);

#endif
