#include "place/decide/dryrun.h"

#include <string.h>

#define FREED 0 /* as a mark; that of a content is 1 or more */

static uint64_t
mark_of(const struct digests *content)
{
	uint64_t mark = 0;

	memcpy(&mark, content->bytes[DIGEST_XXH128], sizeof(mark));
	return mark != FREED ? mark : FREED + 1;
}

int
dryrun_set(struct contents *d, const uint8_t key[PATH_KEY], const struct digests *content, struct fail *why)
{
	return contents_put_number(d, key, content != NULL ? mark_of(content) : FREED, why);
}

enum match
dryrun_look(struct contents *d, const uint8_t key[PATH_KEY], const struct digests *content, struct fail *why)
{
	uint64_t mark = 0;
	int rc = contents_number(d, key, &mark, why);

	if (rc != 1)
		return rc == -1 ? MATCH_ERROR : MATCH_SIZE;
	if (mark == FREED)
		return MATCH_FREE;
	return content->mask != 0 && mark == mark_of(content) ? MATCH_FILE : MATCH_OTHER;
}
