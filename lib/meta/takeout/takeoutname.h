/*
 * takeoutname -- which JSON of a Google Takeout speaks of a picture or film, told by their names.
 *
 * It is always the picture's name that leads to the JSON's: the way back has several ends.  A number is never dropped,
 * and nothing is taken because it looks alike: of a thousand JSONs that are taken so, hundreds are another picture's.
 */
#ifndef META_TAKEOUT_TAKEOUTNAME_H
#define META_TAKEOUT_TAKEOUTNAME_H

#include <stdbool.h>

#include "base/buf.h"

#define TAKEOUTNAME_MAX 255 /* bytes of a file's name */

enum takeout_rule {
#define TAKEOUT_NAME(name, word, behind, cut) TAKEOUT_BY_##name,
#include "meta/takeout/takeout-names.def"
#undef TAKEOUT_NAME
	TAKEOUT_BY_TITLE_NUMBER, /* image(2).png: the number is the picture's own, image(2).png.json */
	TAKEOUT_BY_STEM,         /* the picture had no extension when it was uploaded: 20030616.json */
	TAKEOUT_BY_INNER_NUMBER, /* nor had this one, and what stood behind its last dot is behind the number:
				    21.12(1).11 - 1.jpg, 21.12.11 - 1.json with the number */
	TAKEOUT_RULES
};

/* Whose JSON it is. */
enum takeout_of {
	TAKEOUT_OF_ITSELF,
	TAKEOUT_OF_ORIGINAL, /* of the picture that this one is an edited copy of */
	TAKEOUT_OF_STILL,    /* of the picture that this film belongs to */
	TAKEOUT_OFS
};

struct takeoutname {
	enum takeout_rule rule;
	enum takeout_of of;
	bool cut;                       /* json has not the whole name that it speaks of */
	char json[TAKEOUTNAME_MAX + 1]; /* its name */
	char base[TAKEOUTNAME_MAX + 1]; /* the name that it speaks of, without a number that is not its own */
};

/* Who knows the folder. */
struct takeoutname_folder {
	bool (*has)(void *arg, const char *name);                 /* whether there is a file of this name */
	bool (*take)(void *arg, const struct takeoutname *found); /* found->json is there: whether it is to be taken */
	void *arg;
};

/*
 * takeoutname_find() -- the JSON of a file, by its name without its folder: the first that is there and taken.
 *
 *   out  filled on success, else undefined
 *
 * Threads: safe where the folder's functions are.
 */
bool takeoutname_find(struct slice name, const struct takeoutname_folder *folder, struct takeoutname *out);

/*
 * takeoutname_fits() -- whether a JSON whose `title`, the name before Takeout cut it, is this may have been found so.
 * Characters that names may not have are _ in a file's name.  One whose name has the picture's whole name is that
 * picture's, whatever its title says.
 */
bool takeoutname_fits(const struct takeoutname *found, struct slice title);

/* takeoutname_is_json() -- whether a name has the extension of Takeout's JSONs. */
static inline bool
takeoutname_is_json(struct slice name)
{
	return name.len > 5 && memcmp(name.p + name.len - 5, ".json", 5) == 0;
}

/* takeoutname_is_table() -- the same of the tables of an iCloud export. */
static inline bool
takeoutname_is_table(struct slice name)
{
	return name.len > 4 && memcmp(name.p + name.len - 4, ".csv", 4) == 0;
}

/* takeoutname_stem() -- the beginning that the name of every picture has whose JSON may have this name. */
struct slice takeoutname_stem(struct slice json);

const char *takeout_rule_word(enum takeout_rule rule);
const char *takeout_of_word(enum takeout_of of); /* NULL: of itself */

#endif
