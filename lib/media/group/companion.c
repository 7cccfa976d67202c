#include "media/group/companion.h"

#include <ctype.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "file/hidden.h"

static const struct companion companions[] = {
#define COMPANION(extension, comes, role, first, what) {extension, COMPANION_##comes, GROUP_##role, GROUP_##first},
#include "media/group/companions.def"
#undef COMPANION
};

const struct companion *
companion_find(struct slice extension)
{
	char first = extension.len > 0 ? (char)tolower((unsigned char)extension.p[0]) : '\0';

	for (size_t i = 0; i < sizeof(companions) / sizeof(companions[0]); i++) {
		if (companions[i].extension[0] == first && strlen(companions[i].extension) == extension.len &&
		    strncasecmp(companions[i].extension, extension.p, extension.len) == 0)
			return &companions[i];
	}
	return NULL;
}

const struct companion *
companion_of(const char *path)
{
	struct slice name = hidden_own(path);
	const char *dot = memrchr(name.p, '.', name.len);

	if (dot == NULL)
		return NULL;
	return companion_find((struct slice){dot + 1, (size_t)(name.p + name.len - dot) - 1});
}
