#include "file/never.h"

#include <ctype.h>
#include <fnmatch.h>
#include <limits.h>
#include <string.h>
#include <strings.h>

static const struct {
	const char *name;
	size_t len;
} names[] = {
#define NEVER(name) {name, sizeof(name) - 1},
#include "file/never-sources.def"
#undef NEVER
};

/* fnmatch(3) wants a string. */
static bool
matches(const char *pattern, const char *name, size_t len)
{
	char copy[NAME_MAX + 1];

	if (len > NAME_MAX)
		return false;
	memcpy(copy, name, len);
	copy[len] = '\0';
	return fnmatch(pattern, copy, FNM_CASEFOLD) == 0;
}

/* Most names differ in the first byte: that keeps this cheap. */
static bool
is_never(const char *name, size_t len)
{
	int first = tolower((unsigned char)name[0]);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = names[i].len;
		bool prefix;

		if (names[i].name[0] == '*' && matches(names[i].name, name, len))
			return true;
		if (first != tolower((unsigned char)names[i].name[0]))
			continue;
		prefix = names[i].name[n - 1] == '*';
		n -= prefix;
		if ((prefix ? len >= n : len == n) && strncasecmp(name, names[i].name, n) == 0)
			return true;
	}
	return false;
}

bool
never_source(struct slice path)
{
	const char *p = path.p, *end = path.p + path.len;

	while (p < end) {
		const char *slash = memchr(p, '/', (size_t)(end - p));
		size_t len = (size_t)((slash != NULL ? slash : end) - p);

		if (len > 0 && is_never(p, len))
			return true;
		p += len + 1;
	}
	return false;
}
