#include "run/never.h"

#include <string.h>
#include <strings.h>

static const char *const names[] = {
#define NEVER(name) name,
#include "run/never-sources.def"
#undef NEVER
};

static bool
is_never(const char *name, size_t len)
{
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]);
		bool prefix = names[i][n - 1] == '*';

		n -= prefix;
		if ((prefix ? len >= n : len == n) && strncasecmp(name, names[i], n) == 0)
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
