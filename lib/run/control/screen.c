#include "run/control/screen.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define USUAL 80

bool
screen_draws(void)
{
	const char *term = getenv("TERM"), *plain = getenv("NO_COLOR");

	if (term == NULL || *term == '\0' || strcmp(term, "dumb") == 0 || (plain != NULL && *plain != '\0'))
		return false;
	return isatty(STDERR_FILENO) == 1;
}

size_t
screen_columns(void)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == -1 || size.ws_col == 0)
		return USUAL - 1;
	return size.ws_col > 1 ? size.ws_col - 1u : 1;
}
