/* The table of types, asked in both directions. */
#include "base/pathname.h"
#include "media/media.h"

#include <string.h>

static const struct {
	const char *type, *mime, *extensions;
} types[] = {
#define TYPE(type, mime, extensions) {type, mime, extensions},
#define RAW TYPE
#include "media/types.def"
#undef RAW
#undef TYPE
};

#define NTYPES (sizeof types / sizeof types[0])

/* NTYPES where there is no such type. */
static size_t
find(const char *type)
{
	size_t i = 0;

	while (i < NTYPES && strcmp(types[i].type, type) != 0)
		i++;
	return i;
}

void
media_set_type(struct media_info *info, const char *type)
{
	size_t i = find(type);

	if (i == NTYPES)
		return;
	info->type = types[i].type;
	info->mime = types[i].mime;
}

bool
media_is_picture(const char *type)
{
	size_t i = find(type);

	return i < NTYPES && strncmp(types[i].mime, "image/", 6) == 0;
}

/* Whether a list holds the extension, which has its blanks around it. */
static bool
lists(size_t i, const char *spaced)
{
	return strstr(types[i].extensions, spaced) != NULL;
}

/* clang-format off */
const char media_raw_extensions[] =
#define TYPE(type, mime, extensions)
#define RAW(type, mime, extensions) extensions
#include "media/types.def"
#undef RAW
#undef TYPE
;
/* clang-format on */

#define SPACED_SIZE 16

/* An extension in lower case, with blanks around it; false where it cannot be one. */
static bool
space(const char *extension, size_t len, char spaced[SPACED_SIZE])
{
	size_t i;

	if (len == 0 || len > SPACED_SIZE - 3 || memchr(extension, ' ', len) != NULL)
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
	char spaced[SPACED_SIZE];

	return space(extension, len, spaced) && strstr(media_raw_extensions, spaced) != NULL;
}

const char *
media_extension_mime(const char *extension, size_t len)
{
	char spaced[SPACED_SIZE];
	size_t i = 0;

	if (!space(extension, len, spaced))
		return NULL;
	while (i < NTYPES && !lists(i, spaced))
		i++;
	return i < NTYPES ? types[i].mime : NULL;
}

bool
media_extension_fits(const char *type, const char *extension, size_t len)
{
	char spaced[SPACED_SIZE];
	bool known = false;
	size_t i;

	if (type == NULL || !space(extension, len, spaced))
		return true;
	for (i = 0; i < NTYPES; i++) {
		bool listed = lists(i, spaced);

		if (listed && strcmp(types[i].type, type) == 0)
			return true;
		known |= listed;
	}
	return !known;
}

bool
media_extension_promises(const char *path, bool is_text)
{
	static const char others[] = " json plist ", other_texts[] = " ts ps raw cap mod ";
	const char *extension = pathname_extension(path);
	char spaced[SPACED_SIZE];
	size_t len;

	if (extension == NULL || !space(extension, len = strlen(extension), spaced) || strstr(others, spaced) != NULL ||
	    (is_text && strstr(other_texts, spaced) != NULL))
		return false;
	return media_extension_mime(extension, len) != NULL;
}
