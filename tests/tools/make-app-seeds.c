/*
 * make-app-seeds -- small JPEG, Exiv2 and Photoshop files with XMP, IPTC and films, as a beginning for the fuzzers.
 *
 * usage: make-app-seeds FOLDER   (tests/fuzz/corpus: writes FOLDER/jpeg, FOLDER/iptc and FOLDER/psd)
 */
#include "../unit/made.h"

#define XMP "http://ns.adobe.com/xap/1.0/\0"
#define EXTENDED                               \
	"http://ns.adobe.com/xmp/extension/\0" \
	"0123456789ABCDEF0123456789ABCDEF"
#define RDF(properties)                                                                                         \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmlns:tiff='http://ns.adobe.com/tiff/1.0/' " \
	"xmlns:xmpNote='http://ns.adobe.com/xmp/note/' "                                                        \
	"xmlns:GCamera='http://ns.google.com/photos/1.0/camera/' " properties "/></rdf:RDF></x:xmpmeta>"
#define FIELDS                                                                                              \
	"\x1c\1\x5a\0\3\x1b%G\x1c\2\0\0\2\0\4\x1c\2\5\0\3Sea\x1c\2\x19\0\1a\x1c\2\x19\0\1b\x1c\2\x50\0\2Jo" \
	"\x1c\2\x74\0\2Jo\x1c\2\x78\0\4caf\xe9\x1c\2\x37\0\x08"                                             \
	"20240501"                                                                                          \
	"\x1c\2\x3c\0\x0b"                                                                                  \
	"121314+0200"
#define FILM         \
	"\0\0\0\x14" \
	"ftypmp42\0\0\0\0mp42"
#define BYTES_OF(text) text, sizeof(text) - 1

static int
write_file(const char *folder, const char *name, const void *bytes, size_t len)
{
	char path[4096];
	FILE *out;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	if ((out = fopen(path, "wb")) == NULL || fwrite(bytes, 1, len, out) != len || fclose(out) != 0) {
		perror(path);
		return -1;
	}
	return 0;
}

static void
add_resource(struct made *m, uint16_t id, const void *data, size_t len)
{
	made_add(m, "8BIM", 4);
	made_put(m, m->len, id, 2);
	made_put(m, m->len, 0, 2);
	made_put(m, m->len, len, 4);
	made_add(m, data, len);
	if (len & 1)
		made_add(m, "", 1);
}

static const struct made_tag tags[] = {ASCII(DIR0, 0x10f, "SAMSUNG"), RATIONAL(DIR_EXIF, 0x829a, 1, 125)};
static struct made resources, block, file;

static void
make_resources(void)
{
	resources.big_endian = true;
	add_resource(&resources, 0x03ed, BYTES_OF("\0\x48\0\0\0\1\0\1\0\x48\0\0\0\1\0\1"));
	add_resource(&resources, 0x0404, BYTES_OF(FIELDS));
	add_resource(&resources, 0x040a, "\1", 1);
	add_resource(&resources, 0x0425, BYTES_OF("0123456789abcdef"));
}

static int
write_psd(const char *folder, uint8_t version, const char *name)
{
	struct made *m = &file;
	static struct made more;

	more = resources;
	add_resource(&more, 0x0422, block.p, block.len);
	add_resource(&more, 0x0424, BYTES_OF(RDF("tiff:Make='Acme'")));
	m->len = 0;
	m->big_endian = true;
	made_add(m, "8BPS\0", 5);
	made_put(m, m->len, version, 1);
	made_add(m, "\0\0\0\0\0\0\0\3\0\0\0\1\0\0\0\1\0\x08\0\3\0\0\0\0", 24);
	made_put(m, m->len, more.len, 4);
	made_add(m, more.p, more.len);
	return write_file(folder, name, m->p, m->len);
}

static void
add_segments(void)
{
	static const char mpf[] = "MPF\0MM\0*\0\0\0\10\0\2\xb0\0\0\7\0\0\0\4"
				  "0100\xb0\1\0\4\0\0\0\1\0\0\0\3\0\0\0\0";
	static const char extended[] = EXTENDED "\0\0\0\x10\0\0\0\x08"
						"89abcdef";
	static uint8_t app13[1024] = "Photoshop 3.0";
	size_t half = resources.len / 2;

	made_segment(&file, 0xe0, "JFIF\0\1\2\1\0\x48\0\x49\0\0", 14);
	made_segment(
	    &file, 0xe1, BYTES_OF(XMP RDF("tiff:Make='A' xmpNote:HasExtendedXMP='0123456789ABCDEF0123456789ABCDEF'")));
	made_segment(&file, 0xe1, extended, sizeof extended - 1);
	made_segment(&file, 0xe1,
	    BYTES_OF(EXTENDED "\0\0\0\x10\0\0\0\0"
			      "<x:xmpme"));
	memcpy(app13 + 14, resources.p, half);
	made_segment(&file, 0xed, app13, 14 + half);
	memcpy(app13 + 14, resources.p + half, resources.len - half);
	made_segment(&file, 0xed, app13, 14 + resources.len - half);
	made_segment(&file, 0xe2, mpf, sizeof mpf - 1);
	made_segment(&file, 0xee, "Adobe\0\144\0\0\0\0\1", 12);
	made_segment(&file, 0xfe, "comment", 7);
}

static int
write_jpegs(const char *folder)
{
	int rc;

	file.big_endian = true;
	file.len = 0;
	made_add(&file, "\xff\1Exiv2", 7);
	add_segments();
	made_add(&file, "\xff\xd9", 2);
	rc = write_file(folder, "jpeg/app-exv", file.p, file.len);
	file.len = 0;
	made_add(&file, "\xff\xd8", 2);
	add_segments();
	made_segment(&file, 0xc0, "\10\0\36\0\50\3", 6);
	made_segment(&file, 0xda, "\1", 1);
	rc |= write_file(folder, "jpeg/app-segments", file.p, file.len);
	file.len = 0;
	made_add(&file, "\xff\xd8", 2);
	made_segment(&file, 0xe1, BYTES_OF(XMP RDF("GCamera:MicroVideo='1' GCamera:MicroVideoOffset='20'")));
	made_segment(&file, 0xda, "\1", 1);
	made_add(&file, FILM, 20);
	rc |= write_file(folder, "jpeg/app-google", file.p, file.len);
	made_jpeg(&file, &block, 40, 30);
	made_add(
	    &file, BYTES_OF("\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" FILM "SEFH\x65\0\0\0\1\0\0\0\0\0\x30\x0a\x2c\0\0\0"
			    "\x2c\0\0\0\x18\0\0\0SEFT"));
	return rc | write_file(folder, "jpeg/app-samsung", file.p, file.len);
}

int
main(int argc, char **argv)
{
	int rc;

	if (argc != 2) {
		fprintf(stderr, "usage: make-app-seeds FOLDER\n");
		return 2;
	}
	made_tiff(&block, tags, 2);
	make_resources();
	rc = write_jpegs(argv[1]);
	rc |= write_psd(argv[1], 1, "psd/small") | write_psd(argv[1], 2, "psd/large");
	rc |= write_file(argv[1], "iptc/fields", BYTES_OF(FIELDS));
	rc |= write_file(argv[1], "iptc/extended", BYTES_OF("\x1c\2\5\x80\4\0\0\0\3Sea\x1c\2\x78\x80\2\0\1a"));
	rc |= write_file(argv[1], "iptc/partial",
	    BYTES_OF("\x1c\2\x37\0\x08"
		     "19740700\x1c\2\x3c\0\6"
		     "121314\0\0\0"));
	return rc != 0;
}
