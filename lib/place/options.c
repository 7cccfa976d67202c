#include "place/options.h"

#include <stdlib.h>

const char *
options_library(const char *to)
{
	const char *env = getenv("DCIM_LIBRARY");

	if (to != NULL)
		return to;
	return env != NULL && *env != '\0' ? env : ".";
}

int
options_mode(const char *text, long *mode, struct fail *why)
{
	char *end;

	*mode = -1;
	if (text == NULL)
		return 0;
	*mode = strtol(text, &end, 8);
	if (*text >= '0' && *text <= '7' && *end == '\0' && *mode <= 0777)
		return 0;
	return fail_set(why, FAIL_INPUT, "options", "--chmod wants permissions in octal, such as 0644, not '%s'", text);
}
