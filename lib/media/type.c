/* The table of types, asked in both directions. */
#include "media/media.h"

#include <string.h>

static const struct {
	const char *type, *mime, *extensions;
} types[] = {
#define TYPE(type, mime, extensions) {type, mime, extensions},
#include "media/types.def"
#undef TYPE
};

#define NTYPES (sizeof types / sizeof types[0])

void
media_set_type(struct media_info *info, const char *type)
{
	size_t i;

	for (i = 0; i < NTYPES; i++) {
		if (strcmp(types[i].type, type) == 0) {
			info->type = types[i].type;
			info->mime = types[i].mime;
			return;
		}
	}
}

/* Whether a list holds the extension, which has its blanks around it. */
static bool
lists(size_t i, const char *spaced)
{
	return strstr(types[i].extensions, spaced) != NULL;
}

bool
media_extension_fits(const char *type, const char *extension, size_t len)
{
	char spaced[16] = " ";
	bool known = false;
	size_t i;

	if (type == NULL || len == 0 || len > sizeof spaced - 3 || memchr(extension, ' ', len) != NULL)
		return true;
	for (i = 0; i < len; i++)
		spaced[i + 1] = (char)(extension[i] >= 'A' && extension[i] <= 'Z' ? extension[i] | 0x20 : extension[i]);
	spaced[len + 1] = ' ';
	for (i = 0; i < NTYPES; i++) {
		bool listed = lists(i, spaced);

		if (listed && strcmp(types[i].type, type) == 0)
			return true;
		known |= listed;
	}
	return !known;
}
