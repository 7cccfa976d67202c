#include "archive/calls.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

#define LIBRARY "libarchive.so.13"

static const struct {
	const char *name;
	size_t at;
} table[] = {
#define CALL(name) {#name, offsetof(struct calls, name)},
#include "archive/calls.def"
#undef CALL
};

int
calls_load(struct calls *c, struct fail *why)
{
	void *found;

	/* What it keeps for good is still in use when the process ends, and no leak. */
	if ((c->library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE)) == NULL)
		return fail_set(
		    why, FAIL_INPUT, "open", "is an archive, and %s, which reads them, is not installed", LIBRARY);
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if ((found = dlsym(c->library, table[i].name)) == NULL) {
			calls_unload(c);
			return fail_set(
			    why, FAIL_INPUT, "open", "is an archive, and %s is too old to read it", LIBRARY);
		}
		memcpy((char *)c + table[i].at, &found, sizeof(found));
	}
	return 0;
}

void
calls_unload(struct calls *c)
{
	if (c->library != NULL)
		dlclose(c->library);
	*c = (struct calls){0};
}
