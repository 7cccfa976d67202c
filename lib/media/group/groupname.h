/*
 * groupname -- which names belong together, by the tables group-names.def and companions.def.
 *
 * A name is read as a key, which the files of one shot have in common, and a stem, behind which a number goes where the
 * name is taken: of C0001M01.XML the key and the stem are C0001, of IMG_E1234.HEIC the key is IMG_1234 and the stem
 * IMG_E1234.  Names are bytes; the case of an extension does not matter.
 */
#ifndef MEDIA_GROUP_GROUPNAME_H
#define MEDIA_GROUP_GROUPNAME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define GROUP_FILES_MAX 256 /* files of one group */
#define GROUPNAME_MAX 255   /* bytes of a name; a longer one is of no group */

enum group_role {
#define GROUP_ROLE(name, word, meaning) GROUP_##name,
#include "media/group/group-roles.def"
#undef GROUP_ROLE
	GROUP_NO_ROLE
};

enum group_rule {
#define GROUP_NAME(name, word, pattern, mark, key, extensions, role, needs, example, picture, meaning) GROUP_BY_##name,
#include "media/group/group-names.def"
#undef GROUP_NAME
	GROUP_RULES
};

/* The rule of a Live Photo's half that has another name than the lead; no name tells it. */
#define GROUP_RULE_CONTENT_ID "content-id"

/* Digits of a number that place-file puts behind a stem: -1 to -99999. */
#define GROUPNAME_DIGITS 5

struct groupname {
	enum group_rule rule;
	enum group_role role;  /* by the name; GROUP_NO_ROLE: neither media nor a companion */
	enum group_role first; /* of a companion: whose it is before all others; else GROUP_NO_ROLE */
	bool beside;           /* it may read otherwise by what lies beside it */
	size_t stem;           /* bytes of the name before the place of a number */
	size_t key_len;
	char key[GROUPNAME_MAX + 16];
	struct slice inner; /* of IMG_1.CR2.xmp: CR2, in the name; else empty */
};

/* groupname_key() -- the key that a name was read as, borrowed. */
static inline struct slice
groupname_key(const struct groupname *name)
{
	return (struct slice){name->key, name->key_len};
}

/*
 * groupname_has() -- whether a picture or film is there whose name reads as this key by a rule that needs nothing, and
 * meets the need.
 */
struct groupname_need {
	struct slice extension; /* which it must have, in whatever case; empty: any */
	bool film;              /* it must be a film */
};
typedef bool groupname_has(void *arg, struct slice key, const struct groupname_need *need);

/* groupname_meets() -- whether the name of a picture or film meets a need. */
bool groupname_meets(struct slice name, const struct groupname_need *need);

/*
 * groupname_read() -- read a file's name, without its folder.  Returns false for one that is of no group, whatever lies
 * beside it: no extension of media or of a companion that comes, or too long.
 */
bool groupname_read(struct slice name, groupname_has *has, void *arg, struct groupname *out);

/* groupname_alone() -- the same by the rules alone that need nothing beside it. */
bool groupname_alone(struct slice name, struct groupname *out);

/* groupname_may_belong() -- whether groupname_read() would return true, at less cost. */
bool groupname_may_belong(struct slice name);

/*
 * groupname_behind() -- whether what a name has from a place on is what a rule knows behind a stem, as -Edit in
 * IMG_1-Edit.tif, whatever lies beside it.
 *
 *   exact  as names are read; else in whatever case
 */
bool groupname_behind(struct slice name, size_t stem, bool exact);

/* group_is_companion() -- whether files of a role are nothing without a picture or film. */
bool group_is_companion(enum group_role role);

const char *group_role_word(enum group_role role);   /* of the record */
enum group_role group_role_parse(struct slice word); /* GROUP_NO_ROLE: none */
const char *group_rule_word(enum group_rule rule);

#endif
