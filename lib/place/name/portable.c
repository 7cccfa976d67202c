#include "place/name/portable.h"

#include <errno.h>
#include <string.h>
#include <strings.h>

#include "base/utf8.h"

/* Bytes of a device's name that opens a file's, up to a dot; 0 where there is none. */
static size_t
device(struct slice name)
{
	static const char *const plain[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
	static const char *const numbered[] = {"COM", "LPT"};
	static const char *const digits[] = {
	    "0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "\302\271", "\302\262", "\302\263"};
	const char *dot = memchr(name.p, '.', name.len);
	size_t len = dot != NULL ? (size_t)(dot - name.p) : name.len;

	while (len > 0 && name.p[len - 1] == ' ')
		len--;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (len == strlen(plain[i]) && strncasecmp(name.p, plain[i], len) == 0)
			return len;
	}
	for (size_t i = 0; i < sizeof(numbered) / sizeof(numbered[0]); i++) {
		if (len < 4 || strncasecmp(name.p, numbered[i], 3) != 0)
			continue;
		for (size_t k = 0; k < sizeof(digits) / sizeof(digits[0]); k++) {
			if (len - 3 == strlen(digits[k]) && memcmp(name.p + 3, digits[k], len - 3) == 0)
				return len;
		}
	}
	return 0;
}

/* Append a name's characters, `_` for each that cannot stay. */
static void
add_characters(struct buf *out, struct slice name)
{
	const unsigned char *p = (const unsigned char *)name.p, *end = p + name.len;

	while (p < end) {
		size_t ill, len = utf8_length(p, end, &ill);

		if (len == 0 || *p < 0x20 || *p == 0x7f || strchr(":?*\"<>|\\", *p) != NULL)
			buf_addc(out, '_');
		else
			buf_add(out, (const char *)p, len);
		p += len != 0 ? len : ill;
	}
}

static void
add_name(struct buf *out, struct slice name)
{
	size_t begin = out->len, reserved = device(name);

	add_characters(out, (struct slice){name.p, reserved});
	if (reserved > 0)
		buf_addc(out, '_');
	add_characters(out, (struct slice){name.p + reserved, name.len - reserved});
	if (out->failed)
		return;
	for (size_t i = out->len; i > begin && (out->p[i - 1] == '.' || out->p[i - 1] == ' '); i--)
		out->p[i - 1] = '_';
}

int
portable_path(struct buf *path, bool *last, struct fail *why)
{
	struct buf out = {0};

	for (size_t from = 0, to; from <= path->len; from = to + 1) {
		size_t begin = out.len;

		to = from + strcspn(path->p + from, "/");
		add_name(&out, (struct slice){path->p + from, to - from});
		if (out.failed)
			break;
		*last = out.len - begin != to - from || memcmp(out.p + begin, path->p + from, to - from) != 0;
		if (to < path->len)
			buf_addc(&out, '/');
	}
	if (out.failed) {
		buf_fini(&out);
		return fail_nomem(why);
	}
	buf_fini(path);
	*path = out;
	return 0;
}

/* What file systems say of a name that they cannot hold; ENOENT is exfat-fuse's. */
static bool
is_refusal(const struct fail *why)
{
	return why->code == FAIL_SYSTEM &&
	       (why->errnum == EINVAL || why->errnum == EILSEQ || why->errnum == EIO || why->errnum == ENOENT);
}

void
portable_explain(const struct buf *path, struct fail *why)
{
	struct buf other = {0};
	struct fail ignored;
	bool last;

	if (!is_refusal(why) || path->len == 0 || buf_add(&other, path->p, path->len) == -1)
		return;
	if (portable_path(&other, &last, &ignored) == 0 &&
	    (other.len != path->len || memcmp(other.p, path->p, path->len) != 0)) {
		errno = EINVAL; /* no sign that the library itself fails, as EIO would be */
		fail_errno(why, why->op,
		    "the library's file system does not allow this name (try --portable-names): %s", path->p);
	}
	buf_fini(&other);
}
