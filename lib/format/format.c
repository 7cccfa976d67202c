/* Content decides, never the name. */
#include "format/format.h"

#include "format/sniff.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

static const struct format {
	const struct format_reader *reader;
	const char *name;
} formats[] = {
#define FORMAT(symbol, name) {&format_##symbol, name},
#include "format/formats.def"
#undef FORMAT
};

/* NULL: no reader knows it. */
static const struct format *
recognise(struct media_info *info, const uint8_t *head, size_t len)
{
	const char *type = NULL;
	size_t i = 0, n = sizeof formats / sizeof formats[0];

	while (i < n && (type = formats[i].reader->bid(head, len)) == NULL)
		i++;
	if (type == NULL)
		type = sniff_type(head, len);
	if (type != NULL)
		media_set_type(info, type);
	return i < n ? &formats[i] : NULL;
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
format_read(struct src *src, struct reader_worker *worker, struct media_info *info, struct fail *why)
{
	struct reader r = {.src = src, .worker = worker, .info = info, .why = why};
	const struct format *format;
	const uint8_t *head;
	size_t len;

	if ((head = reader_some(&r, 0, SRC_HEAD_SIZE, &len)) == NULL)
		return -1;
	if (info->tags != NULL)
		tags_begin(&r);
	xmp_file_begin(worker);
	if ((format = recognise(info, head, len)) != NULL) {
		r.what = format->name;
		format->reader->read(&r);
	}
	set_gps_time(info);
	if (info->text.failed && !r.failed)
		reader_nomem(&r);
	return r.failed ? -1 : 0;
}
