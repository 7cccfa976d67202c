#include "media/companion.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

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
	const char *dot = strrchr(path, '.');

	for (size_t i = 0; dot != NULL && i < sizeof(companions) / sizeof(companions[0]); i++) {
		if (strcasecmp(dot + 1, companions[i].extension) == 0)
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
