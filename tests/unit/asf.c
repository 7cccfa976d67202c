/* Windows Media, built object by object. */
#include "film.h"

#define GUID_HEADER "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"
#define GUID_FILE "\xa1\xdc\xab\x8c\x47\xa9\xcf\x11\x8e\xe4\x00\xc0\x0c\x20\x53\x65"
#define GUID_STREAM "\x91\x07\xdc\xb7\xb7\xa9\xcf\x11\x8e\xe6\x00\xc0\x0c\x20\x53\x65"
#define GUID_EXTENSION "\xb5\x03\xbf\x5f\x2e\xa9\xcf\x11\x8e\xe3\x00\xc0\x0c\x20\x53\x65"
#define GUID_CONTENT "\x33\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c"
#define GUID_EXTENDED "\x40\xa4\xd0\xd2\x07\xe3\xd2\x11\x97\xf0\x00\xa0\xc9\x5e\xa8\x50"
#define GUID_METADATA "\xea\xcb\xf8\xc5\xaf\x5b\x77\x48\x84\x67\xaa\x8c\x44\xfa\x4c\xca"
#define GUID_VIDEO "\xc0\xef\x19\xbc\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b"
#define GUID_AUDIO "\x40\x9e\x69\xf8\x4d\x5b\xcf\x11\xa8\xfd\x00\x80\x5f\x5c\x44\x2b"

#define FILETIME_2024 UINT64_C(133590312005000000) /* 2024-05-01T10:00:00.5Z */

static size_t
begin(struct buf *b, const char *guid)
{
	size_t at = b->len;

	buf_add(b, guid, 16);
	film_zeros(b, 8);
	return at;
}

static void
set_size(struct buf *b, size_t at, uint64_t size)
{
	for (size_t i = 0; i < 8; i++)
		b->p[at + 16 + i] = (char)(size >> 8 * i);
}

static void
end(struct buf *b, size_t at)
{
	set_size(b, at, b->len - at);
}

static size_t
film(struct buf *b)
{
	size_t at;

	buf_clear(b, 1 << 20);
	at = begin(b, GUID_HEADER);
	film_zeros(b, 6);
	return at;
}

static void
file_properties(struct buf *b, uint64_t created, uint64_t duration, unsigned flags)
{
	size_t at = begin(b, GUID_FILE);

	film_zeros(b, 24);
	film_put(b, created, 8, false);
	film_put(b, 7, 8, false);
	film_put(b, duration, 8, false);
	film_zeros(b, 16);
	film_put(b, flags, 4, false);
	film_zeros(b, 12);
	end(b, at);
}

static void
stream(struct buf *b, const char *kind, unsigned width, unsigned height)
{
	size_t at = begin(b, GUID_STREAM);

	buf_add(b, kind, 16);
	film_zeros(b, 38);
	film_put(b, width, 4, false);
	film_put(b, height, 4, false);
	end(b, at);
}

static void
utf16(struct buf *b, const char *s)
{
	for (; *s != '\0'; s++)
		film_put(b, (uint8_t)*s, 2, false);
	film_put(b, 0, 2, false);
}

static size_t
utf16_bytes(const char *s)
{
	return 2 * strlen(s) + 2;
}

static void
content(struct buf *b, const char *const texts[5])
{
	size_t at = begin(b, GUID_CONTENT);

	for (int i = 0; i < 5; i++)
		film_put(b, utf16_bytes(texts[i]), 2, false);
	for (int i = 0; i < 5; i++)
		utf16(b, texts[i]);
	end(b, at);
}

static void
named(struct buf *b, const char *name, unsigned type, uint64_t v, const char *text)
{
	size_t size = type == 0 ? utf16_bytes(text) : type == 4 ? 8 : 4;

	film_put(b, utf16_bytes(name), 2, false);
	utf16(b, name);
	film_put(b, type, 2, false);
	film_put(b, size, 2, false);
	if (type == 0)
		utf16(b, text);
	else
		film_put(b, v, size, false);
}

static void
test_fields(struct buf *b)
{
	static const char *const texts[] = {"T", "Jo", "C", "D", ""}, *const none[] = {"", "", "", "", ""};
	size_t head = film(b), at;

	file_properties(b, FILETIME_2024, 100000000, 2);
	stream(b, GUID_AUDIO, 1, 2);
	stream(b, GUID_VIDEO, 640, 360);
	content(b, texts);
	end(b, head);
	film_check_tags(b, b->len,
	    "asf ASF_CREATION=2024-05-01T10:00:00.5Z/utc width=640 height=360 duration_s=10 title=T description=D "
	    "artist=Jo copyright=C",
	    "\"ASF:CreationDate\":\"2024-05-01T10:00:00.5Z\",\"ASF:FileLength\":0,\"ASF:DataPackets\":7,"
	    "\"ASF:Duration\":10,\"ASF:SendDuration\":0,\"ASF:Preroll\":0,\"ASF:ImageWidth\":640,"
	    "\"ASF:ImageHeight\":360,\"ASF:Title\":\"T\",\"ASF:Author\":\"Jo\",\"ASF:Copyright\":\"C\","
	    "\"ASF:Description\":\"D\"",
	    "date, duration, size and texts");
	film_check_cuts(b, "every beginning of it");
	head = film(b);
	file_properties(b, FILETIME_2024, 100000000, 1);
	end(b, head);
	film_check(b, "asf", "what does not hold in a broadcast");
	head = film(b);
	file_properties(b, 0, 0, 0);
	content(b, none);
	end(b, head);
	film_check(b, "asf", "nothing");
	head = film(b);
	at = begin(b, GUID_EXTENDED);
	film_put(b, 6, 2, false);
	named(b, "WM/EncodingTime", 4, FILETIME_2024, NULL);
	named(b, "WM/EncodingSettings", 0, 0, "Lavf");
	named(b, "WM/ToolName", 0, 0, "Movie Maker");
	named(b, "IsVBR", 2, 1, NULL);
	named(b, "WM/Track", 3, 5, NULL);
	named(b, "Author", 0, 0, "Jo");
	end(b, at);
	end(b, head);
	film_check_tags(b, b->len, "asf ASF_ENCODING=2024-05-01T10:00:00.5Z/utc software=Movie Maker artist=Jo",
	    "\"ASF:EncodingTime\":\"2024-05-01T10:00:00.5Z\",\"ASF:EncodingSettings\":\"Lavf\","
	    "\"ASF:ToolName\":\"Movie Maker\",\"ASF:IsVBR\":\"True\",\"ASF:Track\":5,\"ASF:Author\":\"Jo\"",
	    "named values");
	film_check_cuts(b, "every beginning of it");
}

/* Objects in the header's extension, in the other form that named values have. */
static void
test_extension(struct buf *b)
{
	size_t head = film(b), extension = begin(b, GUID_EXTENSION), at;

	film_zeros(b, 22);
	at = begin(b, GUID_METADATA);
	film_put(b, 1, 2, false);
	film_zeros(b, 4);
	film_put(b, utf16_bytes("WM/EncodingSettings"), 2, false);
	film_put(b, 0, 2, false);
	film_put(b, utf16_bytes("Lavf"), 4, false);
	utf16(b, "WM/EncodingSettings");
	utf16(b, "Lavf");
	end(b, at);
	end(b, extension);
	stream(b, GUID_VIDEO, 640, 360);
	end(b, head);
	film_check(b, "asf software=Lavf width=640 height=360", "the extension's objects, and those after it");
	film_check_cuts(b, "every beginning of it");
}

static void
test_damage(struct buf *b)
{
	size_t head = film(b), at;

	stream(b, GUID_VIDEO, 640, 360);
	at = begin(b, GUID_EXTENDED);
	film_put(b, 9, 2, false);
	named(b, "Title", 0, 0, "T");
	end(b, at);
	end(b, head);
	film_check(b, "asf width=640 height=360 title=T EFORMAT", "fewer values than are told");
	set_size(b, at, 5);
	film_check(b, "asf width=640 height=360 EFORMAT", "an object shorter than its header");
	set_size(b, head, UINT64_MAX);
	set_size(b, at, UINT64_MAX);
	film_check(b, "asf width=640 height=360 title=T ETRUNCATED ETRUNCATED EFORMAT", "sizes without end");
}

int
main(void)
{
	struct buf b = {0};

	test_fields(&b);
	test_extension(&b);
	test_damage(&b);
	buf_fini(&b);
	return tap_done();
}
