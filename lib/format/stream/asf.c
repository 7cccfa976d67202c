/*
 * ASF, the container of Windows Media: a header of objects, each with a GUID and a size, then the data and indexes.
 * What the header's extension holds are objects of the same kind and follow in the same walk.  XMP is an object behind
 * the data.
 *
 * Source: Microsoft, Advanced Systems Format Specification 01.20.06; Adobe, XMP Specification, part 3, 1.1.1 (ASF).
 */
#include "format/stream/asf.h"

#include <string.h>

#include "format/format.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

enum { OBJECT_HEADER = 24, HEADER_BODY = 30, EXTENSION_BODY = 46, OBJECTS_MAX = 4096, LAST_OBJECTS_MAX = 256 };
enum { BROADCAST = 1 };

enum object { NONE, FILE_PROPERTIES, STREAM_PROPERTIES, EXTENSION, CONTENT, EXTENDED, METADATA, PACKET };

/* GUIDs as they lie in the file. */
static const struct {
	uint8_t guid[16];
	enum object object;
} objects[] = {
    {{0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11, 0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65}, FILE_PROPERTIES},
    {{0x91, 0x07, 0xdc, 0xb7, 0xb7, 0xa9, 0xcf, 0x11, 0x8e, 0xe6, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65},
	STREAM_PROPERTIES},
    {{0xb5, 0x03, 0xbf, 0x5f, 0x2e, 0xa9, 0xcf, 0x11, 0x8e, 0xe3, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65}, EXTENSION},
    {{0x33, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11, 0xa6, 0xd9, 0x00, 0xaa, 0x00, 0x62, 0xce, 0x6c}, CONTENT},
    {{0x40, 0xa4, 0xd0, 0xd2, 0x07, 0xe3, 0xd2, 0x11, 0x97, 0xf0, 0x00, 0xa0, 0xc9, 0x5e, 0xa8, 0x50}, EXTENDED},
    {{0xea, 0xcb, 0xf8, 0xc5, 0xaf, 0x5b, 0x77, 0x48, 0x84, 0x67, 0xaa, 0x8c, 0x44, 0xfa, 0x4c, 0xca}, METADATA},
    {{0x94, 0x1c, 0x23, 0x44, 0x98, 0x94, 0xd1, 0x49, 0xa1, 0x41, 0x1d, 0x13, 0x4e, 0x45, 0x70, 0x54}, METADATA},
    {{0xcb, 0xcf, 0x7a, 0xbe, 0xa9, 0x97, 0xe8, 0x42, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac}, PACKET},
};

static const uint8_t video_stream[16] = {
    0xc0, 0xef, 0x19, 0xbc, 0x4d, 0x5b, 0xcf, 0x11, 0xa8, 0xfd, 0x00, 0x80, 0x5f, 0x5c, 0x44, 0x2b};

static enum object
object_of(const uint8_t *guid)
{
	for (size_t i = 0; i < sizeof objects / sizeof objects[0]; i++) {
		if (memcmp(objects[i].guid, guid, 16) == 0)
			return objects[i].object;
	}
	return NONE;
}

static void
show_number(struct asf *a, const char *name, double v)
{
	tags_number(&(struct reader){.work = a->work, .info = a->info}, "ASF", (struct slice){name, strlen(name)}, v);
}

static void
read_file_properties(struct asf *a, const uint8_t *p, size_t len)
{
	double duration_s;
	struct when w;

	if (len < 68 || (src_le32(p + 64) & BROADCAST) != 0)
		return;
	if (src_le64(p + 24) != 0) {
		if (asf_when(src_le64(p + 24), &w)) {
			media_set_date(a->info, MEDIA_DATE_ASF_CREATION, &w, MEDIA_BASIS_UTC);
			asf_show_date(a, "CreationDate", &w);
		} else {
			media_warn_no_date(a->info);
		}
	}
	duration_s = (double)src_le64(p + 40) / 1e7;
	if (duration_s > 0)
		media_set_number(a->info, MEDIA_DURATION, duration_s);
	show_number(a, "FileLength", (double)src_le64(p + 16));
	show_number(a, "DataPackets", (double)src_le64(p + 32));
	show_number(a, "Duration", duration_s);
	show_number(a, "SendDuration", (double)src_le64(p + 48) / 1e7);
	show_number(a, "Preroll", (double)src_le64(p + 56));
}

static void
read_stream_properties(struct asf *a, const uint8_t *p, size_t len)
{
	uint32_t width, height;

	if (len < 62 || memcmp(p, video_stream, 16) != 0 || a->info->field[MEDIA_WIDTH].kind != MEDIA_ABSENT)
		return;
	width = src_le32(p + 54);
	height = src_le32(p + 58);
	if (width == 0 || height == 0)
		return;
	media_set_number(a->info, MEDIA_WIDTH, width);
	media_set_number(a->info, MEDIA_HEIGHT, height);
	show_number(a, "ImageWidth", width);
	show_number(a, "ImageHeight", height);
}

static void
read_object(struct asf *a, enum object object, const uint8_t *p, size_t len)
{
	switch (object) {
	case FILE_PROPERTIES:
		read_file_properties(a, p, len);
		break;
	case STREAM_PROPERTIES:
		read_stream_properties(a, p, len);
		break;
	case CONTENT:
		asf_content(a, p, len);
		break;
	case EXTENDED:
		asf_extended(a, p, len);
		break;
	case METADATA:
		asf_metadata(a, p, len);
		break;
	default:
		break;
	}
}

struct place {
	enum object object;
	uint64_t size;
};

/* The header of the object at `at`, which is to end before `end`: 1; 0 where there is none; -1: a failed read. */
static int
next_object(struct asf *a, struct src *src, uint64_t at, uint64_t end, struct place *out, struct fail *why)
{
	const uint8_t *p;
	size_t len;

	if (at >= end)
		return 0;
	if ((p = src_some(src, at, OBJECT_HEADER, &len, why)) == NULL)
		return -1;
	if (len < OBJECT_HEADER) {
		media_warn(a->info, FAIL_TRUNCATED, "the file ends inside an object's header");
		return 0;
	}
	*out = (struct place){.object = object_of(p), .size = src_le64(p + 16)};
	if (out->size >= OBJECT_HEADER && out->size <= end - at)
		return 1;
	if (out->size < OBJECT_HEADER) {
		media_warn(a->info, FAIL_FORMAT, "an object shorter than its header");
		return 0;
	}
	media_warn(
	    a->info, end == src_size(src) ? FAIL_TRUNCATED : FAIL_FORMAT, "an object that ends beyond what it is in");
	out->size = end - at;
	return 1;
}

static int
read_header(struct asf *a, struct src *src, uint64_t end, struct fail *why)
{
	uint64_t at = HEADER_BODY;
	struct place o;
	int found;

	for (int i = 0; i < OBJECTS_MAX; i++) {
		const uint8_t *p;
		size_t len;

		if ((found = next_object(a, src, at, end, &o, why)) <= 0)
			return found;
		if (o.object == EXTENSION) {
			at += EXTENSION_BODY;
			continue;
		}
		if (o.object != NONE) {
			len =
			    o.size - OBJECT_HEADER < SRC_WINDOW_MAX ? (size_t)(o.size - OBJECT_HEADER) : SRC_WINDOW_MAX;
			if (len == SRC_WINDOW_MAX)
				media_warn(
				    a->info, FAIL_VALUE, "an object of over %u KiB is cut", SRC_WINDOW_MAX >> 10);
			if ((p = src_some(src, at + OBJECT_HEADER, len, &len, why)) == NULL)
				return -1;
			read_object(a, o.object, p, len);
		}
		at += o.size;
	}
	media_warn(a->info, FAIL_LIMIT, "more than %d objects", OBJECTS_MAX);
	return 0;
}

/* Behind the data. */
static int
read_packet(struct asf *a, struct src *src, uint64_t at, struct fail *why)
{
	struct place o;
	int found;

	for (int i = 0; at < src_size(src); i++) {
		if (i == LAST_OBJECTS_MAX) {
			media_warn(a->info, FAIL_LIMIT, "more than %d objects behind the header", LAST_OBJECTS_MAX);
			return 0;
		}

		if ((found = next_object(a, src, at, src_size(src), &o, why)) <= 0)
			return found;
		if (o.object == PACKET)
			return xmp_read(&(struct reader){.src = src, .work = a->work, .info = a->info, .why = why},
			    at + OBJECT_HEADER, o.size - OBJECT_HEADER);
		at += o.size;
	}
	return 0;
}

/* 0, or -1 with why, which may be damage. */
static int
read_asf(struct asf *a, struct src *src, struct fail *why)
{
	const uint8_t *p = src_at(src, 0, HEADER_BODY, why);
	uint64_t end;

	if (p == NULL)
		return -1;
	end = src_le64(p + 16);
	if (end > src_size(src)) {
		media_warn(a->info, FAIL_TRUNCATED, "the file ends inside its header");
		end = src_size(src);
	}
	if (read_header(a, src, end, why) == -1)
		return -1;
	return end >= HEADER_BODY ? read_packet(a, src, end, why) : 0;
}

static int
asf_read(struct reader *r)
{
	struct src *src = r->src;
	struct work *work = r->work;
	struct media_info *info = r->info;
	struct fail *why = r->why;
	struct asf a = {.work = work, .info = info};
	int rc = read_asf(&a, src, why);

	asf_finish(&a);
	buf_fini(&a.settings);
	if (rc == 0 || why->code == FAIL_SYSTEM)
		return rc;
	media_warn(info, why->code, "%s", why->message);
	*why = (struct fail){0};
	return 0;
}

static const char *
asf_bid(const uint8_t *head, size_t len)
{
	if (len < 8 || memcmp(head, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8) != 0)
		return NULL;
	return "asf";
}

const struct format_reader format_asf = {asf_bid, asf_read};
