#include "media/companion.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "run/hidden.h"

bool
companion_is(const char *path)
{
	static const char *const extensions[] = {
#define COMPANION(extension, what) extension,
#include "media/companions.def"
#undef COMPANION
	};
	struct slice name = hidden_own(path);
	const char *dot = memrchr(name.p, '.', name.len);
	size_t len;

	if (dot == NULL)
		return false;
	len = (size_t)(name.p + name.len - ++dot);
	for (size_t i = 0; i < sizeof(extensions) / sizeof(extensions[0]); i++) {
		if (strlen(extensions[i]) == len && strncasecmp(dot, extensions[i], len) == 0)
			return true;
	}
	return false;
}
