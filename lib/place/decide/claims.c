#include "place/decide/claims.h"

#include <ctype.h>
#include <string.h>

#define FREED 0 /* as a mark; that of a content is 1 or more */

void
claims_init(struct claims *c)
{
	*c = (struct claims){0};
	twins_init(&c->names);
}

void
claims_fini(struct claims *c)
{
	twins_fini(&c->names);
}

/* Names that a file system takes for one have one key. */
static void
update(const struct claims *c, struct digest *d, struct slice text)
{
	char lower[64];

	if (!c->folds) {
		digest_update(d, text.p, text.len);
		return;
	}
	for (size_t from = 0, n; from < text.len; from += n) {
		for (n = 0; n < sizeof(lower) && from + n < text.len; n++) {
			char byte = text.p[from + n];

			lower[n] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
		}
		digest_update(d, lower, n);
	}
}

int
claims_key(const struct claims *c, struct kit *kit, struct claims_name name, uint8_t key[TWINS_KEY], struct fail *why)
{
	struct digests out;

	if (digest_start(kit->digest, 1u << DIGEST_XXH128, why) == -1)
		return -1;
	update(c, kit->digest, name.folder);
	digest_update(kit->digest, "/", 1);
	update(c, kit->digest, name.name);
	if (digest_final(kit->digest, &out, why) == -1)
		return -1;
	memcpy(key, out.bytes[DIGEST_XXH128], TWINS_KEY);
	return 0;
}

static uint64_t
mark_of(const struct digests *content)
{
	uint64_t mark = 0;

	memcpy(&mark, content->bytes[DIGEST_XXH128], sizeof(mark));
	return mark != FREED ? mark : FREED + 1;
}

static int
put(struct claims *c, struct kit *kit, struct claims_name name, uint64_t mark, struct fail *why)
{
	uint8_t key[TWINS_KEY];

	if (claims_key(c, kit, name, key, why) == -1)
		return -1;
	c->any = true;
	return twins_put(&c->names, key, mark, "x", 1, why);
}

int
claims_give(struct claims *c, struct kit *kit, struct claims_name name, const struct digests *content, struct fail *why)
{
	return put(c, kit, name, mark_of(content), why);
}

int
claims_free(struct claims *c, struct kit *kit, struct claims_name name, struct fail *why)
{
	return put(c, kit, name, FREED, why);
}

enum match
claims_look(struct claims *c, struct kit *kit, struct claims_name name, const struct digests *content, struct fail *why)
{
	uint8_t key[TWINS_KEY];
	struct buf found = {0};
	uint64_t mark = 0;
	bool known;

	if (!c->any)
		return MATCH_SIZE;
	if (claims_key(c, kit, name, key, why) == -1 || twins_find(&c->names, key, &mark, &found, why) == -1) {
		buf_fini(&found);
		return MATCH_ERROR;
	}
	known = found.len > 0;
	buf_fini(&found);
	if (!known)
		return MATCH_SIZE;
	if (mark == FREED)
		return MATCH_FREE;
	return content->mask != 0 && mark == mark_of(content) ? MATCH_FILE : MATCH_OTHER;
}
