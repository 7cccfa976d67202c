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

const char media_raw_extensions[] =
    " dng gpr cr2 cr3 crw nef nrw arw sr2 srf orf ori rw2 rwl raf pef srw x3f mrw iiq 3fr fff "
    "erf kdc dcr mos mef raw cap eip ";

/* Puts an extension between blanks, in lower case; false for one that no list can hold. */
static bool
space(char spaced[16], const char *extension, size_t len)
{
	size_t i;

	if (len == 0 || len > 16 - 3 || memchr(extension, ' ', len) != NULL)
		return false;
	spaced[0] = ' ';
	for (i = 0; i < len; i++)
		spaced[i + 1] = (char)(extension[i] >= 'A' && extension[i] <= 'Z' ? extension[i] | 0x20 : extension[i]);
	spaced[len + 1] = ' ';
	spaced[len + 2] = '\0';
	return true;
}

bool
media_extension_is_raw(const char *extension, size_t len)
{
	char spaced[16];

	return space(spaced, extension, len) && strstr(media_raw_extensions, spaced) != NULL;
}

bool
media_extension_fits(const char *type, const char *extension, size_t len)
{
	bool known = false;
	char spaced[16];
	size_t i;

	if (type == NULL || !space(spaced, extension, len))
		return true;
	for (i = 0; i < NTYPES; i++) {
		bool listed = lists(i, spaced);

		if (listed && strcmp(types[i].type, type) == 0)
			return true;
		known |= listed;
	}
	return !known;
}
