#include "media/companion.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "file/hidden.h"

struct companion {
	const char *extension;
	bool comes;
};

static const struct companion companions[] = {
#define COMPANION(extension, comes, what) {extension, comes},
#include "media/companions.def"
#undef COMPANION
};

static const struct companion *
find(const char *path)
{
	struct slice name = hidden_own(path);
	const char *dot = memrchr(name.p, '.', name.len);
	size_t len = dot != NULL ? (size_t)(name.p + name.len - dot) - 1 : 0;

	for (size_t i = 0; len > 0 && i < sizeof(companions) / sizeof(companions[0]); i++) {
		if (strlen(companions[i].extension) == len && strncasecmp(dot + 1, companions[i].extension, len) == 0)
			return &companions[i];
	}
	return NULL;
}

bool
companion_is(const char *path)
{
	return find(path) != NULL;
}

bool
companion_comes(const char *path)
{
	const struct companion *c = find(path);

	return c != NULL && c->comes;
}
