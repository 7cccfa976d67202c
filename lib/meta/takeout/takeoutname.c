/*
 * A name is split at its last dot, and before that at a number in brackets: Takeout puts that number behind the stem of
 * a picture, and behind all else but the extension of its JSON.
 */
#include "meta/takeout/takeoutname.h"

#include <stdint.h>
#include <strings.h>

#include "base/utf8.h"

#define UNITS_MAX 46 /* of a JSON's name, in UTF-16, without its number and extension */
#define STEM_CUT 46  /* from so many units on a stem may have been cut */
#define EXTENSION ".json"
#define BEHIND "supplemental-metadata"

enum cut { WHOLE, CUT };

static const struct {
	const char *word, *behind;
	enum cut cut;
} names[] = {
#define TAKEOUT_NAME(name, word, behind, cut) {word, behind, cut},
#include "meta/takeout/takeout-names.def"
#undef TAKEOUT_NAME
};

#define NAMES (sizeof names / sizeof names[0])

static const char *const edited[] = {
#define TAKEOUT_EDITED(suffix) suffix,
#include "meta/takeout/takeout-edited.def"
#undef TAKEOUT_EDITED
};

static const char *const stills[] = {".HEIC", ".heic", ".JPG", ".jpg", ".JPEG", ".jpeg", ".HEIF", ".heif", ".PNG",
    ".png", ".DNG", ".dng", ".WEBP", ".webp"};
static const char *const films[] = {".mov", ".mp4", ".m4v", ".3gp"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *
takeout_rule_word(enum takeout_rule rule)
{
	static const char *const others[] = {"title-number", "stem", "inner-number"};

	return rule < NAMES ? names[rule].word : others[rule - NAMES];
}

const char *
takeout_of_word(enum takeout_of of)
{
	static const char *const words[] = {NULL, "original", "still"};

	return words[of];
}

/* ---- names in parts ---- */

struct parts {
	struct slice stem, number, extension; /* the number with its brackets, the extension with its dot */
};

/* A name that is put together; one that no file can have is failed. */
struct name {
	char text[TAKEOUTNAME_MAX + 1];
	size_t len;
	bool failed;
};

static void
add(struct name *to, struct slice s)
{
	to->failed |= s.len > TAKEOUTNAME_MAX - to->len;
	if (to->failed)
		return;
	memcpy(to->text + to->len, s.p, s.len);
	to->len += s.len;
	to->text[to->len] = '\0';
}

static struct name
join(struct slice a, struct slice b, struct slice c)
{
	struct name to = {.len = 0};

	add(&to, a);
	add(&to, b);
	add(&to, c);
	return to;
}

static struct slice
text_of(const struct name *name)
{
	return (struct slice){name->text, name->len};
}

static struct slice
behind(struct slice s, size_t n)
{
	return (struct slice){s.p + n, s.len - n};
}

/* Takes a number in brackets off the end. */
static struct slice
take_number(struct slice *s)
{
	size_t at = s->len, end = s->len;

	if (end < 4 || s->p[end - 1] != ')')
		return (struct slice){"", 0};
	for (at = end - 1; at > 0 && s->p[at - 1] >= '0' && s->p[at - 1] <= '9'; at--)
		;
	if (at < 2 || at == end - 1 || s->p[at - 1] != '(')
		return (struct slice){"", 0};
	s->len = at - 1;
	return (struct slice){s->p + at - 1, end - at + 1};
}

static struct parts
split(struct slice name)
{
	const char *dot = memrchr(name.p, '.', name.len);
	struct parts parts = {.stem = name, .extension = {"", 0}};

	if (dot != NULL && dot != name.p) {
		parts.stem.len = (size_t)(dot - name.p);
		parts.extension = behind(name, parts.stem.len);
	}
	parts.number = take_number(&parts.stem);
	return parts;
}

/* Whether a character is one that decomposition takes off another: an accent, a kana's mark, a later letter of Hangul.
 */
static bool
is_mark(const unsigned char *p, size_t len)
{
	uint32_t c = len == 2   ? (uint32_t)(p[0] & 0x1f) << 6 | (p[1] & 0x3f)
		     : len == 3 ? (uint32_t)(p[0] & 0x0f) << 12 | (uint32_t)(p[1] & 0x3f) << 6 | (p[2] & 0x3f)
				: 0;

	return (c >= 0x300 && c <= 0x36f) || (c >= 0x1160 && c <= 0x11ff) || c == 0x3099 || c == 0x309a;
}

enum form { AS_IT_IS, COMPOSED };

/*
 * How many bytes `units` of UTF-16 are, or as many as there are; of a pair that is cut nothing stays.  COMPOSED: the
 * units that the text had before a file system took it apart.
 */
static size_t
measure(struct slice s, size_t units, enum form form)
{
	const unsigned char *p = (const unsigned char *)s.p, *end = p + s.len;
	size_t ill, len, wide;

	for (; p < end; p += len, units -= wide) {
		len = utf8_length(p, end, &ill);
		wide = len == 4 ? 2 : form == AS_IT_IS || !is_mark(p, len);
		if (wide > units)
			break;
		len = len > 0 ? len : ill;
	}
	return s.len - (size_t)(end - p);
}

static bool
is_any(struct slice s, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strlen(list[i]) == s.len && strncasecmp(list[i], s.p, s.len) == 0)
			return true;
	}
	return false;
}

/* ---- the JSON of a name ---- */

struct search {
	const struct takeoutname_folder *folder;
	struct takeoutname *out;
};

static bool
has(const struct search *x, const struct name *name)
{
	return !name->failed && x->folder->has(x->folder->arg, name->text);
}

/* By the first len bytes of the name that a row of the table makes of base. */
static bool
look_cut(const struct search *x, const struct name *whole, size_t len, const struct name *base, struct slice number)
{
	struct name json = join((struct slice){whole->text, len}, number, slice_of(EXTENSION));

	if (whole->failed || !has(x, &json))
		return false;
	x->out->cut = len < base->len;
	memcpy(x->out->json, json.text, json.len + 1);
	memcpy(x->out->base, base->text, base->len + 1);
	return x->folder->take(x->folder->arg, x->out);
}

/* By one row of the table. */
static bool
look(const struct search *x, size_t row, const struct name *base, struct slice number, enum takeout_rule rule)
{
	struct name whole = join(text_of(base), slice_of(names[row].behind), slice_of(""));
	size_t len = measure(text_of(&whole), UNITS_MAX, AS_IT_IS),
	       composed = measure(text_of(&whole), UNITS_MAX, COMPOSED);
	bool again = row > 0 && strcmp(names[row - 1].behind, names[row].behind) == 0;

	if (again && len == whole.len) /* as the row before */
		return false;
	x->out->rule = rule == TAKEOUT_RULES ? (enum takeout_rule)row : rule;
	if (names[row].cut == WHOLE)
		return look_cut(x, &whole, whole.len, base, number);
	return look_cut(x, &whole, len, base, number) ||
	       (composed > len && look_cut(x, &whole, composed, base, number));
}

/* rule: TAKEOUT_RULES for that of the row. */
static bool
try_rows(const struct search *x, struct name base, struct slice number, enum takeout_rule rule)
{
	for (size_t i = 0; i < NAMES && base.len > 0 && !base.failed; i++) {
		if (look(x, i, &base, number, rule))
			return true;
	}
	return false;
}

/* What was uploaded without an extension. */
static bool
try_stem(const struct search *x, const struct parts *parts)
{
	struct slice none = {"", 0}, whole = {parts->stem.p, parts->stem.len + parts->number.len};
	struct parts inner = split(parts->stem);

	if (parts->extension.len == 0)
		return false;
	if (try_rows(x, join(parts->stem, none, none), parts->number, TAKEOUT_BY_STEM) ||
	    (parts->number.len > 0 && try_rows(x, join(whole, none, none), none, TAKEOUT_BY_STEM)))
		return true;
	return parts->number.len == 0 && inner.number.len > 0 && inner.extension.len > 0 &&
	       try_rows(x, join(inner.stem, inner.extension, none), inner.number, TAKEOUT_BY_INNER_NUMBER);
}

static bool
try_name(const struct search *x, struct slice name)
{
	struct parts parts = split(name);
	struct slice none = {"", 0};

	return try_rows(x, join(parts.stem, parts.extension, none), parts.number, TAKEOUT_RULES) ||
	       (parts.number.len > 0 && try_rows(x, join(name, none, none), none, TAKEOUT_BY_TITLE_NUMBER)) ||
	       try_stem(x, &parts);
}

/* ---- the JSON of another file ---- */

static bool
try_other(const struct search *x, const struct name *other, enum takeout_of of)
{
	x->out->of = of;
	return !other->failed && try_name(x, text_of(other));
}

/* The file of this stem whose extension is one of the list. */
static bool
try_beside(const struct search *x, struct slice stem, struct slice number, enum takeout_of of, struct slice but)
{
	for (size_t i = 0; i < COUNT(stills); i++) {
		struct name other = join(stem, number, slice_of(stills[i]));

		if (!slice_eq(but, stills[i]) && has(x, &other) && try_other(x, &other, of))
			return true;
	}
	return false;
}

/* Whether it ends with a suffix of the table, or with the beginning of one, where the name was cut. */
static bool
is_edited(struct slice tail, bool *whole)
{
	bool found = false;

	*whole = is_any(tail, edited, COUNT(edited));
	for (size_t i = 0; i < COUNT(edited) && tail.len > 1; i++)
		found |= tail.len <= strlen(edited[i]) && strncasecmp(edited[i], tail.p, tail.len) == 0;
	return found;
}

/* A copy has the extension of its original, or, made of a HEIC, that of a JPEG. */
static bool
try_original(const struct search *x, const struct parts *parts)
{
	const char *dash = memrchr(parts->stem.p, '-', parts->stem.len);
	struct slice stem = parts->stem;
	struct name same;
	bool whole;

	if (dash == NULL || dash == stem.p)
		return false;
	stem.len = (size_t)(dash - stem.p);
	if (!is_edited(behind(parts->stem, stem.len), &whole))
		return false;
	same = join(stem, parts->number, parts->extension);
	if ((whole || has(x, &same)) && try_other(x, &same, TAKEOUT_OF_ORIGINAL))
		return true;
	return try_beside(x, stem, parts->number, TAKEOUT_OF_ORIGINAL, parts->extension);
}

/* Whether an extension is that of a motion photo's film: .MP, .MP~2.  Without what stands from the ~ on in *plain. */
static bool
is_motion(struct slice extension, struct slice *plain)
{
	const char *tilde = memchr(extension.p, '~', extension.len);

	*plain = extension;
	if (tilde != NULL)
		plain->len = (size_t)(tilde - extension.p);
	return slice_eq(*plain, ".MP") || slice_eq(*plain, ".MV");
}

static bool
is_film(const struct parts *parts)
{
	return is_any(parts->extension, films, COUNT(films));
}

/* X.MP, X.MP~2 and X_MP.mp4 belong to X.MP.jpg. */
static bool
try_motion(const struct search *x, const struct parts *parts)
{
	struct slice stem = parts->stem, plain = {"", 0};
	struct name other;

	if (is_motion(parts->extension, &plain)) {
		other = join(stem, parts->extension, (struct slice){"", 0});
		if (try_beside(x, text_of(&other), parts->number, TAKEOUT_OF_STILL, (struct slice){"", 0}))
			return true;
	} else if (is_film(parts) && stem.len > 3 && memcmp(stem.p + stem.len - 3, "_MP", 3) == 0) {
		stem.len -= 3;
		plain = slice_of(".MP");
	} else {
		return false;
	}
	other = join(stem, plain, (struct slice){"", 0});
	return try_beside(x, text_of(&other), parts->number, TAKEOUT_OF_STILL, (struct slice){"", 0});
}

static bool
try_still(const struct search *x, const struct parts *parts)
{
	return (is_film(parts) && try_beside(x, parts->stem, parts->number, TAKEOUT_OF_STILL, (struct slice){"", 0})) ||
	       try_motion(x, parts);
}

bool
takeoutname_find(struct slice name, const struct takeoutname_folder *folder, struct takeoutname *out)
{
	struct search x = {folder, out};
	struct parts parts = split(name);

	out->of = TAKEOUT_OF_ITSELF;
	if (name.len > TAKEOUTNAME_MAX || takeoutname_is_json(name))
		return false;
	return try_name(&x, name) || try_original(&x, &parts) || try_still(&x, &parts);
}

/* ---- titles ---- */

static bool
is_sign(char c)
{
	return c > ' ' && c < 0x7f && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z') && !(c >= '0' && c <= '9');
}

/* Bytes of a title that one _ stands for: a sign, which may be written as HTML does. */
static size_t
sign_length(struct slice title)
{
	const char *end = title.p[0] == '&' ? memchr(title.p, ';', title.len < 8 ? title.len : 8) : NULL;

	return end != NULL ? (size_t)(end - title.p) + 1 : is_sign(title.p[0]);
}

/* Takes off both what they have in common.  Whether the same character may be spelled in another way there. */
static bool
walk(struct slice *stem, struct slice *title)
{
	while (stem->len > 0 && title->len > 0) {
		size_t n = *stem->p == '_' ? sign_length(*title) : strncasecmp(stem->p, title->p, 1) == 0;

		if (n == 0)
			return ((*stem->p | *title->p) & 0x80) != 0;
		*stem = behind(*stem, 1);
		*title = behind(*title, n);
	}
	return false;
}

bool
takeoutname_fits(const struct takeoutname *found, struct slice title)
{
	struct parts parts = split(slice_of(found->base));
	struct slice stem = {found->base, parts.stem.len + parts.number.len};
	bool by_stem = found->rule == TAKEOUT_BY_STEM;

	if (!found->cut && found->rule < (enum takeout_rule)NAMES)
		return true;
	if (by_stem)
		stem = slice_of(found->base);
	if (walk(&stem, &title))
		return true;
	return stem.len == 0 && (title.len == 0 || (!by_stem && title.p[0] == '.') ||
				    measure(slice_of(found->base), STEM_CUT, AS_IT_IS) < strlen(found->base));
}

struct slice
takeoutname_stem(struct slice json)
{
	struct slice s = {json.p, json.len - strlen(EXTENSION)};
	const char *dot;

	take_number(&s);
	if ((dot = memrchr(s.p, '.', s.len)) != NULL && dot != s.p &&
	    strncmp(BEHIND, dot + 1, s.len - (size_t)(dot + 1 - s.p)) == 0)
		s.len = (size_t)(dot - s.p);
	if ((dot = memrchr(s.p, '.', s.len)) != NULL && dot != s.p)
		s.len = (size_t)(dot - s.p);
	take_number(&s);
	return s;
}
