/* Every fixed number of places: what matters is read behind as much of no interest as a file may have, beyond it is
 * told. */
#include "film.h"

#define XMP                                                                                                 \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'>"                                                              \
	"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"                                 \
	"<rdf:Description rdf:about='' xmlns:xmp='http://ns.adobe.com/xap/1.0/' xmp:Rating='4'/></rdf:RDF>" \
	"</x:xmpmeta>"

/* The least that says anything: a maker. */
#define EXIF "II*\0\x08\0\0\0\1\0\x0f\1\2\0\4\0\0\0Abc\0\0\0\0"

#define ADD(b, bytes) buf_add(b, bytes, sizeof(bytes) - 1)

static void
le(struct buf *b, uint64_t v, size_t size)
{
	film_put(b, v, size, false);
}

static void
be(struct buf *b, uint64_t v, size_t size)
{
	film_put(b, v, size, true);
}

static void
set_be32(struct buf *b, size_t at, size_t v)
{
	for (size_t i = 0; i < 4; i++)
		b->p[at + i] = (char)(v >> (24 - 8 * i));
}

static void
entry(struct buf *b, unsigned tag, unsigned type, size_t count, size_t value)
{
	le(b, tag, 2);
	le(b, type, 2);
	le(b, count, 4);
	le(b, value, 4);
}

/* SubIFDs without a size, of which the last is the picture; then Exif. */
static void
make_subs(struct buf *b, size_t n)
{
	size_t list = 8 + 2 + 2 * 12 + 4, exif = list + 4 * n, dirs = exif + 2 + 12 + 4, one = 2 + 24 + 4;

	ADD(b, "II*\0\x08\0\0\0\2\0");
	entry(b, 0x14a, 4, n, list);
	entry(b, 0x8769, 4, 1, exif);
	le(b, 0, 4);
	for (size_t i = 0; i < n; i++)
		le(b, dirs + one * i, 4);
	le(b, 1, 2);
	entry(b, 0x8827, 3, 1, 200);
	le(b, 0, 4);
	for (size_t i = 0; i < n; i++) {
		le(b, 2, 2);
		entry(b, 0x100, 4, 1, i + 1 == n ? 640 : 0);
		entry(b, 0x101, 4, 1, i + 1 == n ? 480 : 0);
		le(b, 0, 4);
	}
}

static void
make_long_text(struct buf *b, size_t n)
{
	ADD(b, "II*\0\x08\0\0\0\2\0");
	entry(b, 0x10f, 2, 4, 0x636241);
	entry(b, 0x9c9d, 1, n, 38);
	le(b, 0, 4);
	film_zeros(b, n);
}

static void
gif_image(struct buf *b, size_t pieces)
{
	ADD(b, "\x2c\0\0\0\0\x80\2\xe0\1\0\2");
	for (size_t i = 0; i < pieces; i++) {
		buf_addc(b, (char)0xff);
		film_zeros(b, 255);
	}
	buf_addc(b, 0);
}

/* XMP between two images. */
static void
make_gif(struct buf *b, size_t pieces)
{
	ADD(b, "GIF89a\x80\2\xe0\1\0\0\0");
	gif_image(b, pieces);
	ADD(b, "\x21\xff\x0bXMP DataXMP" XMP "\1");
	for (int i = 255; i >= 0; i--)
		buf_addc(b, (char)i);
	buf_addc(b, 0);
	gif_image(b, 1000);
	buf_addc(b, ';');
}

static size_t
begin_box(struct buf *b, const char *type)
{
	be(b, 0, 4);
	buf_add(b, type, 4);
	return b->len - 8;
}

static void
end_box(struct buf *b, size_t at)
{
	set_be32(b, at, b->len - at);
}

/* Keys that are none of ours before the title's. */
static void
make_keys(struct buf *b, size_t n)
{
	size_t moov, meta, box, item;

	ADD(b, "\0\0\0\x10"
	       "ftypqt  \0\0\0\0");
	moov = begin_box(b, "moov");
	meta = begin_box(b, "meta");
	box = begin_box(b, "keys");
	be(b, 0, 4);
	be(b, n + 1, 4);
	for (size_t i = 0; i < n; i++)
		ADD(b, "\0\0\0\x0dmdtaother");
	ADD(b, "\0\0\0\x0dmdtatitle");
	end_box(b, box);
	box = begin_box(b, "ilst");
	item = b->len;
	be(b, 0, 4);
	be(b, n + 1, 4);
	ADD(b, "\0\0\0\x11"
	       "data\0\0\0\1\0\0\0\0T");
	end_box(b, item);
	end_box(b, box);
	end_box(b, meta);
	end_box(b, moov);
}

/* A film with one box of its maker's. */
struct film {
	size_t moov, udta, box;
};

static struct film
begin_film(struct buf *b, const char *name)
{
	struct film f;

	ADD(b, "\0\0\0\x10"
	       "ftypmp42\0\0\0\0");
	f.moov = begin_box(b, "moov");
	f.udta = begin_box(b, "udta");
	f.box = begin_box(b, name);
	return f;
}

static void
end_film(struct buf *b, const struct film *f)
{
	end_box(b, f->box);
	end_box(b, f->udta);
	end_box(b, f->moov);
}

static void
make_gpmf(struct buf *b, size_t n)
{
	struct film f = begin_film(b, "GPMF");

	for (size_t i = 0; i < n; i++)
		ADD(b, "FREEc\1\0\0");
	ADD(b, "MINFc\4\0\1HERO");
	end_film(b, &f);
}

static void
make_xtra(struct buf *b, size_t n)
{
	struct film f = begin_film(b, "Xtra");

	for (size_t i = 0; i < n; i++)
		ADD(b, "\0\0\0\x0c\0\0\0\0\0\0\0\0");
	ADD(b, "\0\0\0\x2d\0\0\0\x13WM/SharedUserRating\0\0\0\1\0\0\0\x0e\0\x13\x4b\0\0\0\0\0\0\0");
	end_film(b, &f);
}

/* Back from the end: n records of no interest, then the camera's. */
static void
make_insta360(struct buf *b, size_t n)
{
	size_t begun;

	ADD(b, "\0\0\0\x10"
	       "ftypmp42\0\0\0\0\0\0\0\x08moov");
	begun = b->len;
	ADD(b, "\22\2X3\1\1\4\0\0\0");
	for (size_t i = 0; i < n; i++)
		ADD(b, "\0\3\0\0\0\0");
	film_zeros(b, 32);
	le(b, b->len + 40 - begun, 4);
	film_zeros(b, 4);
	ADD(b, "8db42d694ccc418790edff439fe026bf");
}

static void
make_asf(struct buf *b, size_t n)
{
	ADD(b, "\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c\x1e\0\0\0\0\0\0\0\0\0\0\0\1\2");
	for (size_t i = 0; i < n; i++) {
		film_zeros(b, 16);
		le(b, 24, 8);
	}
	ADD(b, "\xcb\xcf\x7a\xbe\xa9\x97\xe8\x42\x9c\x71\x99\x94\x91\xe3\xaf\xac");
	le(b, 24 + sizeof XMP - 1, 8);
	ADD(b, XMP);
}

static void
make_mpeg(struct buf *b, size_t kib)
{
	ADD(b, "\0\0\1\xba");
	for (size_t i = 0; i < kib << 10; i++)
		buf_addc(b, (char)0xff);
	ADD(b, "\0\0\1\xb3\x28\x01\xe0\x23\0\0\1\xb7");
}

static void
mxf_set(struct buf *b, unsigned kind, const char *bytes, size_t len)
{
	ADD(b, "\x06\x0e\x2b\x34\2\x53\1\1\x0d\1\1\1\1\1");
	buf_addc(b, (char)kind);
	ADD(b, "\0\x83");
	be(b, len, 3);
	buf_add(b, bytes, len);
}

#define MXF_SET(b, kind, bytes) mxf_set(b, kind, bytes, sizeof(bytes) - 1)

/* Tracks of sound before the one that is told of. */
static void
make_mxf(struct buf *b, size_t n)
{
	ADD(b, "\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2\1\1\2\4\0\3abc");
	for (size_t i = 0; i < n; i++)
		MXF_SET(b, 0x3b,
		    "\x4b\1\0\x08\0\0\0\x30\0\0\0\1\x48\3\0\x10"
		    "fedcba9876543210");
	MXF_SET(b, 0x3b,
	    "\x4b\1\0\x08\0\0\0\x19\0\0\0\1\x48\3\0\x10"
	    "0123456789abcdef");
	MXF_SET(b, 0x0f,
	    "\x3c\x0a\0\x10"
	    "0123456789abcdef\2\2\0\x08\0\0\0\0\0\0\0\x32");
}

/* Sets of no interest. */
static void
make_mxf_sets(struct buf *b, size_t n)
{
	ADD(b, "\x06\x0e\x2b\x34\2\5\1\1\x0d\1\2\1\1\2\4\0\3abc");
	for (size_t i = 0; i < n; i++)
		MXF_SET(b, 0x2f, "\1\1\0\1x");
	MXF_SET(b, 0x30, "\x3c\2\0\x06\0C\0a\0m");
}

static void
make_bpg(struct buf *b, size_t n)
{
	ADD(b, "BPG\xfb\0\x08\x85\0\x83\x60\0");
	be(b, 0x80 | (2 * n + sizeof EXIF - 1 + 2) >> 7, 1);
	be(b, (2 * n + sizeof EXIF - 1 + 2) & 0x7f, 1);
	for (size_t i = 0; i < n; i++)
		ADD(b, "\7\0");
	be(b, 1, 1);
	be(b, sizeof EXIF - 1, 1);
	ADD(b, EXIF);
}

static void
make_flif(struct buf *b, size_t n)
{
	ADD(b, "FLIF\x31\x31\x84\x7f\x83\x5f");
	for (size_t i = 0; i < n; i++)
		ADD(b, "eAbc\0");
	ADD(b, "eXmp");
	be(b, 0x80 | (sizeof XMP + 4) >> 7, 1);
	be(b, (sizeof XMP + 4) & 0x7f, 1);
	buf_addc(b, 1); /* deflate, stored */
	le(b, sizeof XMP - 1, 2);
	le(b, ~(sizeof XMP - 1) & 0xffff, 2);
	ADD(b, XMP);
	buf_addc(b, 0);
}

static void
make_x3f(struct buf *b, size_t n)
{
	size_t props, dir;

	ADD(b, "FOVb\0\0\3\0");
	film_zeros(b, 20);
	le(b, 640, 4);
	le(b, 480, 4);
	le(b, 0, 4);
	props = b->len;
	ADD(b, "SECp\0\0\2\0\1\0\0\0\0\0\0\0\0\0\0\0\x0d\0\0\0\0\0\0\0\x09\0\0\0"
	       "C\0A\0M\0M\0A\0N\0U\0F\0\0\0A\0b\0c\0\0\0");
	dir = b->len;
	ADD(b, "SECd\0\0\2\0");
	le(b, n + 1, 4);
	for (size_t i = 0; i <= n; i++) {
		le(b, props, 4);
		le(b, dir - props, 4);
		buf_add(b, i < n ? "FREE" : "PROP", 4);
	}
	le(b, dir, 4);
}

static void
make_raf(struct buf *b, size_t n)
{
	ADD(b, "FUJIFILMCCD-RAW 0201FF392201FinePix");
	film_zeros(b, 0x5c - b->len);
	be(b, 0x94, 4);
	film_zeros(b, 0x94 - b->len);
	be(b, n + 1, 4);
	be(b, 0x01110004, 4);
	be(b, 480, 2);
	be(b, 640, 2);
	for (size_t i = 0; i < n; i++)
		be(b, 0xc0000000, 4);
}

static void
ogg_page(struct buf *b, size_t stream, const char *packet, size_t len)
{
	ADD(b, "OggS\0\0");
	film_zeros(b, 8);
	le(b, stream, 4);
	film_zeros(b, 8);
	buf_addc(b, (char)(len / 255 + 1));
	for (size_t i = 0; i < len / 255; i++)
		buf_addc(b, (char)0xff);
	buf_addc(b, (char)(len % 255));
	buf_add(b, packet, len);
}

static void
theora(struct buf *b)
{
	ogg_page(
	    b, 1, "\x80theora\3\2\1\0\x28\0\x17\0\2\x80\0\1\xe0\0\0\0\0\0\x19\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\0", 42);
}

/* Comments that are none of ours before the title. */
static void
make_comments(struct buf *b, size_t n)
{
	struct buf packet = {0};

	theora(b);
	buf_adds(&packet, "\x81theora");
	film_zeros(&packet, 4);
	le(&packet, n + 1, 4);
	film_zeros(&packet, 4 * n);
	le(&packet, 7, 4);
	buf_adds(&packet, "TITLE=T");
	ogg_page(b, 1, packet.p, packet.len);
	buf_fini(&packet);
}

/* Pages of another stream before the one with the title. */
static void
make_pages(struct buf *b, size_t n)
{
	theora(b);
	for (size_t i = 0; i < n; i++)
		ogg_page(b, 2, "other", 5);
	ogg_page(b, 1, "\x81theora\0\0\0\0\1\0\0\0\7\0\0\0TITLE=T", 26);
}

static void
riff(struct buf *b, const char *id, const char *bytes, size_t len)
{
	buf_add(b, id, 4);
	le(b, len, 4);
	buf_add(b, bytes, len);
	film_zeros(b, len & 1);
}

/* No metadata are announced. */
static void
make_webp(struct buf *b, size_t n)
{
	static const char frame[16] = {[12] = 1};

	ADD(b, "RIFF\0\0\0\1WEBP");
	riff(b, "VP8X", "\0\0\0\0\x7f\2\0\xdf\1\0", 10);
	for (size_t i = 0; i < n; i++)
		riff(b, "ANMF", frame, sizeof frame);
	riff(b, "EXIF", EXIF, sizeof EXIF - 1);
	for (size_t i = 0, v = b->len - 8; i < 4; i++, v >>= 8)
		b->p[4 + i] = (char)v;
}

static size_t
begin_element(struct buf *b, uint32_t id)
{
	be(b, id, id > 0xffffff ? 4 : id > 0xffff ? 3 : id > 0xff ? 2 : 1);
	be(b, 0x10000000, 4);
	return b->len;
}

static void
end_element(struct buf *b, size_t at)
{
	set_be32(b, at - 4, 0x10000000 | (b->len - at));
}

static void
element(struct buf *b, uint32_t id, const char *text)
{
	size_t at = begin_element(b, id);

	buf_adds(b, text);
	end_element(b, at);
}

static void
pair(struct buf *b, const char *name, const char *text)
{
	size_t at = begin_element(b, 0x67c8);

	element(b, 0x45a3, name);
	element(b, 0x4487, text);
	end_element(b, at);
}

/* Comments before an author. */
static void
make_matroska(struct buf *b, size_t n)
{
	size_t at[3] = {begin_element(b, 0x1a45dfa3)};

	element(b, 0x4282, "matroska");
	end_element(b, at[0]);
	at[0] = begin_element(b, 0x18538067);
	at[1] = begin_element(b, 0x1254c367);
	at[2] = begin_element(b, 0x7373);
	for (size_t i = 0; i < n; i++)
		pair(b, "COMMENT", "words");
	pair(b, "AUTHOR", "Jo");
	for (int i = 2; i >= 0; i--)
		end_element(b, at[i]);
}

/* A JPEG with the maker's words far into their segment. */
static void
make_words(struct buf *b, size_t n)
{
	size_t at;

	ADD(b, "\xff\xd8\xff\xec");
	at = b->len;
	be(b, 0, 2);
	ADD(b, "[picture info]\r\n");
	for (size_t i = 0; i < n; i++)
		buf_addc(b, ' ');
	ADD(b, "\r\nTimeDate=978309395\r\n");
	b->p[at] = (char)((b->len - at) >> 8);
	b->p[at + 1] = (char)(b->len - at);
	ADD(b, "\xff\xc0\0\x0b\x08\1\xe0\2\x80\1\1\x11\0\xff\xda\0\x08\1\1\0\0\x3f\0\0\xff\xd9");
}

#define SIZE "width=640 height=480"

static const struct {
	void (*make)(struct buf *b, size_t n);
	size_t n;
	const char *want, *what;
} rows[] = {
    {make_subs, 17, "tiff " SIZE " iso=200", "the picture in the 17th of SubIFDs"},
    {make_subs, 64, "tiff " SIZE " iso=200", "as many SubIFDs as are read"},
    {make_subs, 65, "tiff iso=200 ELIMIT", "one more"},
    {make_subs, 500, "tiff iso=200 ELIMIT", "many, before Exif"},
    {make_long_text, 1 << 16, "tiff make=Abc", "a text of 64 KiB"},
    {make_long_text, (1 << 16) + 2, "tiff make=Abc EVALUE", "a longer one"},
    {make_gif, 1000, "gif " SIZE " rating=4", "XMP between the images of a GIF"},
    {make_gif, 40000, "gif " SIZE " rating=4", "behind 10 MB of them"},
    {make_gif, 60000, "gif " SIZE " ELIMIT", "behind more than is read"},
    {make_gpmf, 5000, "mp4 model=HERO", "GoPro's model behind records of no interest"},
    {make_keys, 2000, "mov title=T", "a title behind 2,000 keys of no interest"},
    {make_xtra, 2000, "mp4 rating=4", "Windows' rating behind other values"},
    {make_insta360, 200, "mp4 model=X3", "Insta360's name behind other records"},
    {make_insta360, 300, "mp4 ELIMIT", "more records"},
    {make_asf, 100, "asf rating=4", "XMP behind a hundred objects"},
    {make_asf, 300, "asf ELIMIT", "more objects"},
    {make_mpeg, 4000, "mpeg " SIZE, "a film's size after 4,000 KiB"},
    {make_mpeg, 5000, "mpeg ELIMIT", "after more"},
    {make_mxf, 60, "mxf duration_s=2", "60 tracks of sound before that of pictures"},
    {make_mxf, 300, "mxf ELIMIT", "more tracks"},
    {make_mxf_sets, 4000, "mxf software=Cam", "4,000 sets"},
    {make_mxf_sets, 5000, "mxf ELIMIT", "more sets"},
    {make_bpg, 100, "bpg make=Abc " SIZE, "Exif behind a hundred extensions"},
    {make_bpg, 300, "bpg " SIZE " ELIMIT", "more extensions"},
    {make_flif, 100, "flif " SIZE " rating=4", "XMP behind a hundred chunks"},
    {make_flif, 300, "flif " SIZE " ELIMIT", "more chunks"},
    {make_x3f, 100, "x3f make=Abc " SIZE " orientation=1", "properties behind a hundred sections"},
    {make_x3f, 300, "x3f " SIZE " orientation=1 ELIMIT", "more sections"},
    {make_raf, 254, "raf " SIZE, "a large directory"},
    {make_raf, 400, "raf EFORMAT", "a larger one is none"},
    {make_comments, 10000, "ogv " SIZE " title=T", "a title behind 10,000 comments"},
    {make_pages, 900, "ogv " SIZE " title=T", "a title behind 900 pages"},
    {make_pages, 2000, "ogv " SIZE " ELIMIT", "more pages"},
    {make_webp, 2000, "webp make=Abc " SIZE " duration_s=2", "Exif that nothing announces behind 2,000 frames"},
    {make_webp, 4000, "webp " SIZE " ELIMIT", "more frames"},
    {make_matroska, 3, "mkv description=words artist=Jo", "an author behind several comments"},
    {make_words, 30000, "jpeg MAKER_ORIGINAL=2001-01-01T00:36:35/local " SIZE, "a date far into its segment"},
};

int
main(void)
{
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&b, 1 << 16);
		rows[i].make(&b, rows[i].n);
		film_check(&b, rows[i].want, rows[i].what);
	}
	buf_fini(&b);
	return tap_done();
}
