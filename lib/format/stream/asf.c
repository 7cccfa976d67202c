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

enum object { NONE, FILE_PROPERTIES, STREAM_PROPERTIES, EXTENSION, CONTENT, EXTENDED, METADATA, XMP };

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
    {{0xcb, 0xcf, 0x7a, 0xbe, 0xa9, 0x97, 0xe8, 0x42, 0x9c, 0x71, 0x99, 0x94, 0x91, 0xe3, 0xaf, 0xac}, XMP},
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
add_tag(struct asf *a, const char *name, double v)
{
	tags_number(a->r, "ASF", slice_of(name), v);
}

static void
read_file_properties(struct asf *a, const uint8_t *p, size_t len)
{
	double duration_s;

	if (len < 68 || (src_le32(p + 64) & BROADCAST) != 0)
		return;
	asf_set_date(a, MEDIA_DATE_ASF_CREATION, "CreationDate", src_le64(p + 24));
	duration_s = (double)src_le64(p + 40) / 1e7;
	if (duration_s > 0)
		media_set_number(a->r->info, MEDIA_DURATION, duration_s);
	add_tag(a, "FileLength", (double)src_le64(p + 16));
	add_tag(a, "DataPackets", (double)src_le64(p + 32));
	add_tag(a, "Duration", duration_s);
	add_tag(a, "SendDuration", (double)src_le64(p + 48) / 1e7);
	add_tag(a, "Preroll", (double)src_le64(p + 56));
}

static void
read_stream_properties(struct asf *a, const uint8_t *p, size_t len)
{
	uint32_t width, height;

	if (len < 62 || memcmp(p, video_stream, 16) != 0 || a->r->info->field[MEDIA_WIDTH].kind != MEDIA_ABSENT)
		return;
	width = src_le32(p + 54);
	height = src_le32(p + 58);
	if (width == 0 || height == 0)
		return;
	reader_set_size(a->r, width, height);
	tags_size(a->r, "ASF", width, height);
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

struct header {
	enum object object;
	uint64_t at, size; /* of the whole object */
};

/* The header of the object at `at`, which is to end before `end`.  False where there is none. */
static bool
next_object(struct reader *r, uint64_t at, uint64_t end, struct header *out)
{
	const uint8_t *p;
	size_t len;

	if (at >= end || (p = reader_some(r, at, OBJECT_HEADER, &len)) == NULL)
		return false;
	if (len < OBJECT_HEADER) {
		media_warn(r->info, FAIL_TRUNCATED, "the file ends inside an ASF object's header");
		return false;
	}
	*out = (struct header){.object = object_of(p), .at = at, .size = src_le64(p + 16)};
	if (out->size < OBJECT_HEADER) {
		media_warn(r->info, FAIL_FORMAT, "an ASF object is shorter than its header");
		return false;
	}
	if (out->size > end - at) {
		media_warn(r->info, end == reader_size(r) ? FAIL_TRUNCATED : FAIL_FORMAT,
		    "an ASF object is longer than %s", end == reader_size(r) ? "the file" : "the header that it is in");
		out->size = end - at;
	}
	return true;
}

static void
read_body(struct asf *a, const struct header *h)
{
	uint64_t size = h->size - OBJECT_HEADER;
	const uint8_t *p;
	size_t len;

	if (size >= SRC_WINDOW_MAX)
		media_warn(a->r->info, FAIL_VALUE, "an ASF object of more than %u KiB was read only in part",
		    SRC_WINDOW_MAX >> 10);
	p = reader_some(a->r, h->at + OBJECT_HEADER, size < SRC_WINDOW_MAX ? (size_t)size : SRC_WINDOW_MAX, &len);
	if (p != NULL)
		read_object(a, h->object, p, len);
}

static void
read_header(struct asf *a, uint64_t end)
{
	uint64_t at = HEADER_BODY;
	struct header h;

	for (int i = 0; next_object(a->r, at, end, &h); i++) {
		if (i == OBJECTS_MAX) {
			media_warn(
			    a->r->info, FAIL_LIMIT, "more than %d ASF objects; the rest was not read", OBJECTS_MAX);
			return;
		}
		if (h.object != NONE && h.object != EXTENSION)
			read_body(a, &h);
		at += h.object == EXTENSION ? EXTENSION_BODY : h.size;
	}
}

/* XMP stands behind the data. */
static void
read_xmp(struct reader *r, uint64_t at)
{
	struct header h;

	for (int i = 0; next_object(r, at, reader_size(r), &h); i++) {
		if (i == LAST_OBJECTS_MAX) {
			media_warn(r->info, FAIL_LIMIT,
			    "more than %d ASF objects behind the header; the rest was not read", LAST_OBJECTS_MAX);
			return;
		}
		if (h.object == XMP) {
			xmp_read(r, at + OBJECT_HEADER, h.size - OBJECT_HEADER);
			return;
		}
		at += h.size;
	}
}

static void
asf_read(struct reader *r)
{
	struct asf a = {.r = r};
	const uint8_t *p;
	uint64_t end;

	if ((p = reader_at(r, 0, HEADER_BODY)) != NULL) {
		end = src_le64(p + 16);
		if (end > reader_size(r)) {
			media_warn(r->info, FAIL_TRUNCATED, "the file ends inside its header");
			end = reader_size(r);
		}
		read_header(&a, end);
		if (end >= HEADER_BODY)
			read_xmp(r, end);
		asf_finish(&a);
	}
	buf_fini(&a.settings);
}

static const char *
asf_bid(const uint8_t *head, size_t len)
{
	if (len < 8 || memcmp(head, "\x30\x26\xb2\x75\x8e\x66\xcf\x11", 8) != 0)
		return NULL;
	return "asf";
}

const struct format_reader format_asf = {asf_bid, asf_read};
