/* The table of readers.  A new format is a file with its reader, and a row here. */
#include "format/format.h"

#include "format/sniff.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

static const struct format_reader *const readers[] = {
    &format_jpeg,
    &format_exv,
    &format_psd,
    &format_tiff,
    &format_bmff,
    &format_mxf,
    &format_dv,
    &format_ogv,
    &format_asf,
    &format_flv,
    &format_mpeg,
    &format_jxl,
    &format_jp2,
    &format_png,
    &format_webp,
    &format_avi,
    &format_gif,
    &format_bmp,
    &format_bpg,
    &format_flif,
    &format_jxr,
    &format_crw,
    &format_kyocera,
    &format_mrw,
    &format_raf,
    &format_x3f,
    &format_matroska,
    &format_xmp,
    &format_mts,
};

static const struct format_reader *
recognise(struct media_info *info, const uint8_t *head, size_t len)
{
	const char *type;
	size_t i;

	for (i = 0; i < sizeof readers / sizeof readers[0]; i++) {
		if ((type = readers[i]->bid(head, len)) != NULL) {
			media_set_type(info, type);
			return readers[i];
		}
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
format_read(struct src *src, struct work *work, struct media_info *info, struct fail *why)
{
	struct reader r = {.src = src, .work = work, .info = info, .why = why};
	const struct format_reader *reader;
	const uint8_t *head;
	size_t len;
	int rc = 0;

	if ((head = src_some(src, 0, SRC_HEAD_SIZE, &len, why)) == NULL)
		return -1;
	if (info->tags != NULL && tags_begin(&r) == -1)
		return fail_nomem(why);
	xmp_file_begin(work);
	reader = recognise(info, head, len);
	if (reader != NULL && reader->read != NULL)
		rc = reader->read(&r);
	if (rc == -1 && !r.failed && why->code != FAIL_SYSTEM) { /* what was read before the limit stays */
		media_warn(info, why->code, "%s", why->message);
		rc = 0;
	}
	set_gps_time(info);
	if (rc == 0 && info->text.failed)
		rc = fail_nomem(why);
	return rc == -1 || r.failed ? -1 : 0;
}
