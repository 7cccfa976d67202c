#include "file/hidden.h"

#include <string.h>

#include "base/pathname.h"

#define MARK_LEN (sizeof(HIDDEN_MARK) - 1)

static bool
is_hex_digit(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

size_t
hidden_own_length(const char *name, size_t len)
{
	const size_t tail = MARK_LEN + HIDDEN_DIGITS;

	if (len < 1 + 1 + tail || name[0] != '.' || memcmp(name + len - tail, HIDDEN_MARK, MARK_LEN) != 0)
		return 0;
	for (size_t i = len - HIDDEN_DIGITS; i < len; i++) {
		if (!is_hex_digit(name[i]))
			return 0;
	}
	return len - 1 - tail;
}

struct slice
hidden_own(const char *path)
{
	struct slice name = slice_of(pathname_last(path));
	size_t own;

	while ((own = hidden_own_length(name.p, name.len)) > 0)
		name = (struct slice){name.p + 1, own};
	return name;
}

const char *
hidden_own_path(const char *path, struct buf *out)
{
	struct slice folder = pathname_folder(path), own = hidden_own(path);

	if (own.p[own.len] == '\0')
		return path;
	buf_clear(out, SIZE_MAX);
	buf_add(out, folder.p, folder.len);
	buf_add(out, own.p, own.len);
	return out->failed ? NULL : buf_cstr(out);
}
