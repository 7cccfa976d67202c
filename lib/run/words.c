#include "run/words.h"

#include <string.h>

static const struct {
	const char *member, *text;
} words[WORD_COUNT] = {
    [WORD_NONE] = {"", ""},
#define WORD(name, member, word, meaning) [name] = {member, word},
#include "run/words.def"
};

const char *
word_text(enum word word)
{
	return words[word].text;
}

bool
word_is(const struct rec *rec, enum word word)
{
	return rec_is(rec, words[word].member, words[word].text);
}

enum word
word_find(const struct rec *rec, const char *member)
{
	for (enum word word = WORD_NONE + 1; word < WORD_COUNT; word++)
		if (strcmp(words[word].member, member) == 0 && word_is(rec, word))
			return word;
	return WORD_NONE;
}

void
word_set(struct rec *rec, enum word word)
{
	rec_set_string(rec, words[word].member, words[word].text, strlen(words[word].text));
}
