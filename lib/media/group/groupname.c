#include "media/group/groupname.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "media/group/companion.h"
#include "media/media.h"

#define NUMBER_MAX 6 /* bytes of "-99999", which place-file puts behind a stem */

enum needs { NOTHING, PICTURE, ITS_PICTURE };

#define WHOLE NULL

static const struct row {
	const char *word, *pattern, *key, *extensions;
	enum group_role role;
	enum needs needs;
} rows[GROUP_RULES] = {
#define GROUP_NAME(name, word, pattern, key, extensions, role, needs, example, picture, meaning) \
	{word, pattern, key, extensions, GROUP_##role, needs},
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

/* How many bytes a pattern stands for, but for those of its star and its number; *star: whether it has one. */
static size_t
fixed_length(const char *p, bool *star)
{
	size_t n = 0;

	for (*star = false; *p != '\0'; p++) {
		if (*p == '*')
			*star = true;
		else if (strchr("()|", *p) == NULL)
			n++;
		if (*p == '[')
			p = strchr(p, ']');
	}
	return n;
}

static bool
is_number(const char *p, size_t len)
{
	if (len == 0)
		return true;
	if (len < 2 || p[0] != '-' || p[1] == '0')
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!isdigit((unsigned char)p[i]))
			return false;
	}
	return true;
}

/* Whether a byte is of the pattern's next element, which is skipped. */
static bool
is_element(const char **p, char c)
{
	const char *set = *p, *end;

	(*p)++;
	if (*set == '#')
		return isdigit((unsigned char)c);
	if (*set != '[')
		return c == *set;
	end = strchr(set, ']');
	*p = end + 1;
	return memchr(set + 1, c, (size_t)(end - set) - 1) != NULL;
}

static void
add_key(struct groupname *out, const char *bytes, size_t len)
{
	if (len > sizeof(out->key) - out->key_len)
		len = sizeof(out->key) - out->key_len;
	memcpy(out->key + out->key_len, bytes, len);
	out->key_len += len;
}

/* The base, where the star stands for so many bytes and the number has so many. */
static bool
fits(const char *p, struct slice base, size_t star, size_t number, struct groupname *out)
{
	bool inside = false;
	size_t i = 0;

	while (*p != '\0') {
		size_t n = 1;

		if (*p == '(' || *p == ')') {
			inside = *p++ == '(';
			continue;
		}
		if (*p == '|' || *p == '*') {
			n = *p == '|' ? number : star;
			if (*p == '|' && !is_number(base.p + i, n))
				return false;
			if (*p == '|')
				out->stem = i + n;
			inside |= *p == '|';
			p++;
		} else if (!is_element(&p, base.p[i])) {
			return false;
		}
		if (inside)
			add_key(out, base.p + i, n);
		inside &= p[-1] != '|';
		i += n;
	}
	return out->stem > 0;
}

static bool
match(const struct row *row, struct slice base, struct groupname *out)
{
	bool star;
	size_t fixed = fixed_length(row->pattern, &star);

	for (size_t number = NUMBER_MAX + 1; number-- > 0;) {
		size_t len = fixed + number;

		if (base.len < len || (base.len > len && !star))
			continue;
		out->stem = out->key_len = 0;
		add_key(out, row->key, strlen(row->key));
		if (fits(row->pattern, base, base.len - len, number, out))
			return true;
	}
	return false;
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

static bool
lists(const char *list, struct slice extension)
{
	const char *p = list + strspn(list, " ");
	size_t n;

	for (; *p != '\0'; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		if (*p == '*' || (n == extension.len && strncasecmp(p, extension.p, n) == 0))
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

/* The name by one row.  Rows with a need are left out where nothing is known of the folder. */
static bool
read_row(const struct row *row, struct slice name, groupname_has *has, struct groupname *out)
{
	struct slice base = name, extension = cut_extension(&base), whole = base;
	struct groupname picture;

	out->inner = (struct slice){base.p + base.len, 0};
	if ((row->needs != NOTHING && has == NULL) || !lists(row->extensions, extension))
		return false;
	if (row->pattern != WHOLE && row->needs != ITS_PICTURE)
		return match(row, base, out);
	out->inner = cut_extension(&base);
	if (!is_picture(out->inner))
		return false;
	if (row->pattern != WHOLE)
		return match(row, base, out);
	if (!groupname_alone(whole, &picture))
		return false;
	out->stem = picture.stem;
	out->key_len = 0;
	add_key(out, picture.key, picture.key_len);
	return true;
}

static bool
is_met(const struct row *row, const struct groupname *name, groupname_has *has, void *arg)
{
	struct slice key = {name->key, name->key_len}, any = {"", 0};

	return row->needs == NOTHING || has(arg, key, row->needs == ITS_PICTURE ? name->inner : any);
}

bool
groupname_read(struct slice name, groupname_has *has, void *arg, struct groupname *out)
{
	struct slice base = name, extension = cut_extension(&base);
	size_t i = 0;

	if (name.len > GROUPNAME_MAX || !read_extension(extension, out))
		return false;
	while (i < GROUP_RULES && !(read_row(&rows[i], name, has, out) && is_met(&rows[i], out, has, arg)))
		i++;
	if (i == GROUP_RULES)
		return false;
	out->rule = (enum group_rule)i;
	if (rows[i].role != GROUP_NO_ROLE && !group_is_companion(out->role))
		out->role = rows[i].role;
	return true;
}

bool
groupname_alone(struct slice name, struct groupname *out)
{
	return groupname_read(name, NULL, NULL, out);
}
