#include "lying.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Letters with their accents: as one character, and as a letter with a mark. */
static const char *const accents[][2] = {
    {"\303\244", "a\314\210"},
    {"\303\266", "o\314\210"},
    {"\303\274", "u\314\210"},
    {"\303\251", "e\314\201"},
    {"\303\250", "e\314\200"},
    {"\303\261", "n\314\203"},
    {"\303\245", "a\314\212"},
    {"\303\204", "A\314\210"},
    {"\303\226", "O\314\210"},
    {"\303\234", "U\314\210"},
    {"\303\211", "E\314\201"},
};

static void
decomposed(const char *name, char out[NAME_MAX + 1])
{
	size_t n = 0, i;

	while (*name != '\0' && n + 4 < NAME_MAX) {
		for (i = 0; i < sizeof accents / sizeof accents[0] && strncmp(name, accents[i][0], 2) != 0; i++)
			;
		if (i < sizeof accents / sizeof accents[0]) {
			memcpy(out + n, accents[i][1], 3);
			n += 3;
			name += 2;
		} else {
			out[n++] = *name++;
		}
	}
	out[n] = '\0';
}

static bool
same_name(const char *a, const char *b)
{
	char plain[2][NAME_MAX + 1];

	decomposed(a, plain[0]);
	decomposed(b, plain[1]);
	return strcasecmp(plain[0], plain[1]) == 0;
}

const char *
lying_spelled(const struct node *folder, const char *name, char out[NAME_MAX + 1])
{
	struct dirent *e = NULL;
	struct stat st;
	DIR *dir;

	snprintf(out, NAME_MAX + 1, "%s", name);
	if (lie.fold == NULL || fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0)
		return out;
	if ((dir = fdopendir(openat(folder->fd, ".", O_RDONLY | O_DIRECTORY))) != NULL) {
		while ((e = readdir(dir)) != NULL && !same_name(e->d_name, name))
			;
		if (e != NULL)
			snprintf(out, NAME_MAX + 1, "%s", e->d_name);
		closedir(dir);
	}
	if (e == NULL && lie.decompose != NULL)
		decomposed(name, out);
	return out;
}
