#include "media/companion.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

bool
companion_is(const char *path)
{
	static const char *const extensions[] = {
#define COMPANION(extension, what) extension,
#include "media/companions.def"
#undef COMPANION
	};
	const char *dot = strrchr(path, '.');

	if (dot == NULL || strchr(dot, '/') != NULL)
		return false;
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (strcasecmp(dot + 1, extensions[i]) == 0)
			return true;
	}
	return false;
}
