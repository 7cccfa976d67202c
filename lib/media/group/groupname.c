#include "media/group/groupname.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "media/group/companion.h"
#include "media/media.h"

#define NUMBER_MAX (GROUPNAME_DIGITS + 1) /* bytes, with its dash */

enum needs { NOTHING, PICTURE, FILM, ITS_PICTURE };

#define WHOLE ""
#define ANY '\0'

static const struct row {
	const char *word, *pattern, *key, *extensions;
	char mark;
	enum group_role role;
	enum needs needs;
} rows[GROUP_RULES] = {
#define GROUP_NAME(name, word, pattern, mark, key, extensions, role, needs, example, picture, meaning) \
	{word, pattern, key, extensions, mark, GROUP_##role, needs},
#include "media/group/group-names.def"
#undef GROUP_NAME
};

static const char *const roles[] = {
#define GROUP_ROLE(name, word, meaning) word,
#include "media/group/group-roles.def"
#undef GROUP_ROLE
};

const char *
group_role_word(enum group_role role)
{
	return roles[role];
}

enum group_role
group_role_parse(struct slice word)
{
	size_t i = 0;

	while (i < GROUP_NO_ROLE && !slice_eq(word, roles[i]))
		i++;
	return (enum group_role)i;
}

const char *
group_rule_word(enum group_rule rule)
{
	return rows[rule].word;
}

bool
group_is_companion(enum group_role role)
{
	return role >= GROUP_THUMBNAIL && role < GROUP_NO_ROLE;
}

/* ---- one name and one pattern ---- */

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* How many bytes a pattern stands for from here on, but for those of its star and its number. */
static size_t
fixed_length(const char *p)
{
	size_t n = 0;

	for (; *p != '\0'; p++) {
		if (*p == '[')
			p = strchr(p, ']');
		n += *p != '(' && *p != ')' && *p != '|' && *p != '*';
	}
	return n;
}

/* Whether a byte is of the pattern's next element, which is skipped. */
static bool
is_element(const char **p, char c)
{
	const char *set = *p, *end;

	(*p)++;
	if (*set == '#')
		return is_digit(c);
	if (*set != '[')
		return c == *set;
	end = strchr(set, ']');
	*p = end + 1;
	return memchr(set + 1, c, (size_t)(end - set) - 1) != NULL;
}

/* How many bytes a number has that begins at a place; 0: there is none. */
static size_t
number_at(struct slice s, size_t at)
{
	size_t n = 1;

	if (at + 1 >= s.len || s.p[at] != '-' || s.p[at + 1] == '0')
		return 0;
	while (n < NUMBER_MAX && at + n < s.len && is_digit(s.p[at + n]))
		n++;
	return n > 1 ? n : 0;
}

/* The same of one that ends before a place, and does not stand at the beginning. */
static size_t
number_before(struct slice s, size_t end)
{
	size_t at = end;

	while (at > 0 && end - at < NUMBER_MAX - 1 && is_digit(s.p[at - 1]))
		at--;
	return at > 1 && at < end ? number_at((struct slice){s.p, end}, at - 1) : 0;
}

/* How many bytes the star of a pattern stands for that is met at a place; SIZE_MAX: what is behind it has no room. */
static size_t
star_length(const char *star, struct slice base, size_t at)
{
	const char *number = strchr(star, '|');
	size_t behind = fixed_length(star), tail = number != NULL ? fixed_length(number) : 0;

	if (behind > base.len - at)
		return SIZE_MAX;
	if (number != NULL)
		behind += number_before((struct slice){base.p + at, base.len - at}, base.len - at - tail);
	return behind > base.len - at ? SIZE_MAX : base.len - at - behind;
}

static void
add_key(struct groupname *out, const char *bytes, size_t len)
{
	if (len > sizeof(out->key) - out->key_len)
		len = sizeof(out->key) - out->key_len;
	memcpy(out->key + out->key_len, bytes, len);
	out->key_len += len;
}

/* How many bytes of the base the pattern's next part takes, which is skipped; SIZE_MAX: it is another one. */
static size_t
take_part(const char **p, struct slice base, size_t at)
{
	const char *part = *p;

	if (*part != '*' && *part != '|')
		return at < base.len && is_element(p, base.p[at]) ? 1 : SIZE_MAX;
	(*p)++;
	return *part == '*' ? star_length(part, base, at) : number_at(base, at);
}

static bool
match(const struct row *row, struct slice base, struct groupname *out)
{
	const char *p = row->pattern;
	size_t i = 0, key = SIZE_MAX; /* where what goes into the key begins */

	out->stem = out->key_len = 0;
	add_key(out, row->key, strlen(row->key));
	while (*p != '\0') {
		char part = *p;
		size_t n = 0;

		if (part == '(') {
			key = i;
			p++;
		} else if (part == ')') {
			if (i == key)
				return false;
			add_key(out, base.p + key, i - key);
			key = SIZE_MAX;
			p++;
		} else if ((n = take_part(&p, base, i)) == SIZE_MAX) {
			return false;
		}
		if (part == '|' && key == SIZE_MAX)
			add_key(out, base.p + i, n);
		i += n;
		if (part == '|')
			out->stem = i;
	}
	return i == base.len;
}

/* The last byte of a name but for digits, and for a number behind it. */
static char
mark_of(struct slice base)
{
	size_t n = base.len - number_before(base, base.len);

	while (n > 0 && is_digit(base.p[n - 1]))
		n--;
	return n > 0 ? base.p[n - 1] : ANY;
}

/* ---- what the extension says ---- */

/* Cut the extension off a name, at its last dot; empty where it has none. */
static struct slice
cut_extension(struct slice *name)
{
	const char *dot = memrchr(name->p, '.', name->len);
	struct slice extension = {name->p + name->len, 0};

	if (dot != NULL && dot > name->p) {
		extension = (struct slice){dot + 1, (size_t)(name->p + name->len - dot) - 1};
		name->len = (size_t)(dot - name->p);
	}
	return extension;
}

static enum group_role
role_of_media(struct slice extension)
{
	const char *mime = media_extension_mime(extension.p, extension.len);

	if (mime == NULL)
		return GROUP_NO_ROLE;
	if (media_extension_is_raw(extension.p, extension.len))
		return GROUP_RAW;
	if (strncmp(mime, "image/", 6) == 0)
		return GROUP_STILL;
	return strncmp(mime, "video/", 6) == 0 || strcmp(mime, "application/mxf") == 0 ? GROUP_FILM : GROUP_NO_ROLE;
}

/* Role and owner; false: it is of no group. */
static bool
read_extension(struct slice extension, struct groupname *out)
{
	const struct companion *c = companion_find(extension);

	out->role = c != NULL ? c->role : role_of_media(extension);
	out->first = c != NULL ? c->first : GROUP_NO_ROLE;
	return c != NULL ? c->comes != COMPANION_NEVER : out->role != GROUP_NO_ROLE;
}

/* Whether a list, with a blank before and behind each, holds an extension in whatever case, or is of all. */
static bool
lists(const char *list, struct slice extension)
{
	const char *end;

	for (const char *p = list + 1; *p != '\0'; p = end + 1) {
		end = strchr(p, ' ');
		if (*p == '*' ||
		    ((size_t)(end - p) == extension.len && strncasecmp(p, extension.p, extension.len) == 0))
			return true;
	}
	return false;
}

/* ---- all rows ---- */

static bool
is_picture(struct slice extension)
{
	return companion_find(extension) == NULL && role_of_media(extension) != GROUP_NO_ROLE;
}

/* A name in its parts: of IMG_1.CR2.xmp, IMG_1.CR2 and xmp, and IMG_1 and CR2 where that is a picture's. */
struct parts {
	struct slice base, extension, inner_base, inner;
	char mark; /* of the base */
};

/* The parts, and what the extension says; false: it is of no group. */
static bool
take_apart(struct slice name, struct parts *parts, struct groupname *out)
{
	parts->base = name;
	parts->extension = cut_extension(&parts->base);
	if (!read_extension(parts->extension, out))
		return false;
	parts->mark = mark_of(parts->base);
	parts->inner_base = parts->base;
	parts->inner = cut_extension(&parts->inner_base);
	if (parts->inner.len > 0 && !is_picture(parts->inner))
		parts->inner = (struct slice){parts->base.p + parts->base.len, 0};
	return true;
}

static bool
is_whole(const struct row *row)
{
	return row->pattern[0] == '\0';
}

/* Whether what a row needs is there, for the key that was read. */
static bool
is_met(const struct row *row, struct slice inner, groupname_has *has, void *arg, struct groupname *out)
{
	struct groupname_need need = {.extension = {"", 0}, .film = row->needs == FILM};

	if (row->needs == NOTHING)
		return true;
	if (row->needs == ITS_PICTURE)
		need.extension = inner;
	out->beside = true;
	return has != NULL && has(arg, groupname_key(out), &need);
}

/* Whether a row may be of such names, by their mark and first byte: most are left here. */
static bool
may_fit(const struct row *row, const struct parts *parts)
{
	char first = row->pattern[row->pattern[0] == '('];

	return (row->mark == ANY || row->mark == parts->mark) &&
	       (first == '*' || first == '[' || first == '#' || first == parts->base.p[0] || is_whole(row));
}

/* A name by a row with a pattern. */
static bool
read_pattern(const struct row *row, const struct parts *parts, groupname_has *has, void *arg, struct groupname *out)
{
	struct slice base = row->needs == ITS_PICTURE ? parts->inner_base : parts->base;

	return !is_whole(row) && (row->needs != ITS_PICTURE || parts->inner.len > 0) &&
	       lists(row->extensions, parts->extension) && match(row, base, out) &&
	       is_met(row, parts->inner, has, arg, out);
}

/* A name by the row that its picture's reads by. */
static bool
read_whole(const struct row *row, const struct parts *parts, groupname_has *has, void *arg, struct groupname *out)
{
	struct parts picture = {.base = parts->inner_base, .extension = parts->inner};
	size_t i = 0;

	if (parts->inner.len == 0 || !lists(row->extensions, parts->extension))
		return false;
	picture.mark = mark_of(picture.base);
	while (i < GROUP_RULES && !(may_fit(&rows[i], &picture) && read_pattern(&rows[i], &picture, has, arg, out)))
		i++;
	return i < GROUP_RULES && is_met(row, parts->inner, has, arg, out);
}

bool
groupname_read(struct slice name, groupname_has *has, void *arg, struct groupname *out)
{
	struct parts parts;
	size_t i = 0;

	if (name.len > GROUPNAME_MAX || !take_apart(name, &parts, out))
		return false;
	out->beside = false;
	while (i < GROUP_RULES && !(may_fit(&rows[i], &parts) && (is_whole(&rows[i]) ? read_whole : read_pattern)(
								     &rows[i], &parts, has, arg, out)))
		i++;
	if (i == GROUP_RULES)
		return false;
	out->rule = (enum group_rule)i;
	out->inner = is_whole(&rows[i]) || rows[i].needs == ITS_PICTURE ? parts.inner : (struct slice){"", 0};
	if (rows[i].role != GROUP_NO_ROLE && !group_is_companion(out->role))
		out->role = rows[i].role;
	if (rows[i].needs == FILM)
		out->first = GROUP_FILM;
	return true;
}

bool
groupname_meets(struct slice name, const struct groupname_need *need)
{
	struct slice extension = cut_extension(&name);

	if (need->film && role_of_media(extension) != GROUP_FILM)
		return false;
	return need->extension.len == 0 || (need->extension.len == extension.len &&
					       strncasecmp(extension.p, need->extension.p, extension.len) == 0);
}

bool
groupname_may_belong(struct slice name)
{
	struct parts parts;
	struct groupname read;

	return name.len <= GROUPNAME_MAX && take_apart(name, &parts, &read);
}

bool
groupname_alone(struct slice name, struct groupname *out)
{
	return groupname_read(name, NULL, NULL, out);
}

/* ---- what may stand behind a stem ---- */

/* Whether bytes are what the end of a pattern says. */
static bool
is_behind(const char *p, struct slice s, bool exact)
{
	size_t i = 0;

	for (; *p != '\0' && i < s.len; i++) {
		const char *element = p;

		if (is_element(&p, s.p[i]))
			continue;
		p = element;
		if (!exact && is_element(&p, (char)tolower((unsigned char)s.p[i])))
			continue;
		p = element;
		if (exact || !is_element(&p, (char)toupper((unsigned char)s.p[i])))
			return false;
	}
	return *p == '\0' && i == s.len;
}

/* Where a stem ends, and whether what is behind it has the letters of the rule. */
struct behind {
	size_t stem;
	bool exact;
};

static bool
row_knows(const struct row *row, struct slice base, struct slice extension, struct behind at)
{
	const char *behind = strchr(row->pattern, '|');

	return behind != NULL && behind[1] != '\0' && at.stem < base.len && lists(row->extensions, extension) &&
	       is_behind(behind + 1, (struct slice){base.p + at.stem, base.len - at.stem}, at.exact);
}

bool
groupname_behind(struct slice name, size_t stem, bool exact)
{
	struct behind at = {stem, exact};
	struct groupname read;
	struct parts parts;
	size_t i = 0;

	if (name.len > GROUPNAME_MAX || !take_apart(name, &parts, &read))
		return false;
	while (i < GROUP_RULES && !row_knows(&rows[i], parts.base, parts.extension, at) &&
	       !(parts.inner.len > 0 && (row_knows(&rows[i], parts.inner_base, parts.extension, at) ||
					    row_knows(&rows[i], parts.inner_base, parts.inner, at))))
		i++;
	return i < GROUP_RULES;
}
