/* The table of readers.  A new format is a file with its reader, and a row here. */
#include "media/media.h"

#include <stdlib.h>
#include <string.h>

#include "media/sniff.h"
#include "media/tags.h"
#include "media/work.h"

static const struct media_reader *const readers[] = {
    &media_jpeg,
    &media_tiff,
    &media_bmff,
};

struct media_work *
media_work_new(void)
{
	return calloc(1, sizeof(struct media_work));
}

void
media_work_free(struct media_work *w)
{
	if (w == NULL)
		return;
	tags_free(w->tags);
	free(w);
}

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

static const struct media_reader *
recognise(struct media_info *info, const uint8_t *head, size_t len)
{
	const char *type;
	size_t i;

	for (i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		if (readers[i]->bid(head, len, &info->type, &info->mime))
			return readers[i];
	}
	if ((type = sniff_type(head, len)) != NULL)
		media_set_type(info, type);
	return NULL;
}

/* The position's clock as a field; a clock that was never set tells nothing. */
static void
set_gps_time(struct media_info *info)
{
	struct media_value *v = &info->field[MEDIA_GPS_TIME];
	size_t at = info->text.len;

	if (info->gps.precision == WHEN_NONE || !when_plausible(&info->gps, time(NULL)))
		return;
	when_format(&info->gps, &info->text);
	if (!info->text.failed)
		*v = (struct media_value){.kind = MEDIA_TEXT, .at = at, .len = info->text.len - at};
}

int
media_read(struct src *src, struct media_work *work, struct media_info *info, struct fail *why)
{
	const struct media_reader *reader;
	const uint8_t *head;
	size_t len;
	int rc = 0;

	if ((head = src_some(src, 0, SRC_HEAD_SIZE, &len, why)) == NULL)
		return -1;
	reader = recognise(info, head, len);
	if (reader != NULL && reader->read != NULL)
		rc = reader->read(src, work, info, why);
	set_gps_time(info);
	if (rc == 0 && info->text.failed)
		rc = fail_nomem(why);
	return rc;
}
