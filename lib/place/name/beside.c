#include "place/name/beside.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "place/name/variant.h"

/* What a template has done to the letters of a name. */
enum letters { AS_THEY_ARE, LOWER, UPPER };

static bool
has(int (*is)(int), struct slice text)
{
	for (size_t i = 0; i < text.len; i++) {
		if (is((unsigned char)text.p[i]))
			return true;
	}
	return false;
}

static enum letters
letters_of(struct slice was, struct slice is)
{
	if (memcmp(was.p, is.p, is.len) == 0)
		return AS_THEY_ARE;
	return has(isupper, is) ? UPPER : LOWER;
}

static void
add(struct buf *out, struct slice text, enum letters letters)
{
	for (size_t i = 0; i < text.len; i++) {
		int c = (unsigned char)text.p[i];

		if (isascii(c) && letters != AS_THEY_ARE)
			c = letters == LOWER ? tolower(c) : toupper(c);
		buf_addc(out, (char)c);
	}
}

/* Where a text stands in another for the last time, whatever its letters; or NULL. */
static const char *
find_last(struct slice in, struct slice text)
{
	for (size_t at = in.len - text.len + 1; text.len <= in.len && at-- > 0;) {
		if (strncasecmp(in.p + at, text.p, text.len) == 0)
			return in.p + at;
	}
	return NULL;
}

/* Cuts the other's tail off its target, in whatever letters; where it is not there, the extension. */
static struct slice
cut_tail(struct slice target, struct slice tail, enum letters *letters)
{
	const char *end = target.p + target.len - tail.len;

	*letters = AS_THEY_ARE;
	if (tail.len >= target.len || strncasecmp(end, tail.p, tail.len) != 0)
		return (struct slice){target.p, variant_stem(target)};
	*letters = letters_of(tail, (struct slice){end, tail.len});
	return (struct slice){target.p, target.len - tail.len};
}

int
beside_name(
    struct slice target, const struct beside_file *other, const struct beside_file *file, struct buf *out, size_t *stem)
{
	struct slice theirs = {other->name.p, other->stem}, mine = {file->name.p, file->stem};
	struct slice tail = {theirs.p + theirs.len, other->name.len - theirs.len};
	enum letters letters;
	struct slice head = cut_tail(target, tail, &letters);
	const char *at = find_last(head, theirs), *end = head.p + head.len;
	size_t start = out->len;

	buf_add(out, head.p, (size_t)((at != NULL ? at : end) - head.p));
	if (at != NULL) {
		add(out, mine, letters_of(theirs, (struct slice){at, theirs.len}));
		buf_add(out, at + theirs.len, (size_t)(end - at) - theirs.len);
	}
	*stem = out->len - start;
	add(out, (struct slice){mine.p + mine.len, file->name.len - mine.len}, letters);
	return out->failed ? -1 : 0;
}
