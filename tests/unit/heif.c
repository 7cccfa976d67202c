/* HEIF and AVIF, built item by item: the picture's size and turns, Exif and XMP wherever they may lie. */
#include "boxes.h"

#define XMP                                                                                                     \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:title><rdf:Alt>"                      \
	"<rdf:li xml:lang='x-default'>Title</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta>"

/* How a file is made; {0} is the plain way. */
struct how {
	const char *brand;
	int iloc;   /* version */
	int wide;   /* numbers of items in four bytes */
	bool idat;  /* the items lie in meta */
	bool base;  /* places count from a base */
	int pieces; /* of the Exif item, and of the XMP item; 0: one */
	int exif; /* before the TIFF header: 0 the offset, 1 "Exif\0\0" counted, 2 not, 3, 4 no offset, 5 a wrong one */
	unsigned others;    /* items of XMP that describe other pictures, and stand before all others */
	unsigned ipmas;     /* boxes that say nothing of the picture, before the one that does */
	bool late;          /* the boxes in another order */
	bool foreign;       /* an Exif item before it that describes another picture */
	bool derived;       /* the picture is made from another item, and all metadata is said to be of that */
	bool astray;        /* all of it is said to be of an item that has nothing to do with the picture */
	bool encoded;       /* the XMP item says that it is encoded */
	const char *turns;  /* "r1" irot 1, "m0" imir 0, in this order */
	bool wide_property; /* associations in two bytes */
	int sizes;          /* of the second kind in iloc; 0: 4 */
};

static void
number(struct buf *b, uint64_t v, size_t size)
{
	while (size-- > 0)
		buf_addc(b, (char)(v >> (8 * size)));
}

static void
infe(struct buf *b, const struct how *how, unsigned id, const char *type, const char *rest, size_t len)
{
	size_t at = begin(b, "infe");

	u32(b, how->wide ? 0x03000000 : 0x02000000);
	number(b, id, how->wide ? 4 : 2);
	u16(b, 0);
	buf_adds(b, type);
	buf_add(b, rest, len);
	end(b, at);
}

static void
add_items(struct buf *b, const struct how *how)
{
	static const char plain[] = "\0application/rdf+xml", encoded[] = "\0application/rdf+xml\0deflate";
	size_t at = begin(b, "iinf");

	u32(b, how->wide ? 0x01000000 : 0);
	number(b, 4 + how->others, how->wide ? 4 : 2);
	for (unsigned i = 0; i < how->others; i++)
		infe(b, how, 100 + i, "mime", plain, sizeof plain);
	infe(b, how, 1, "hvc1", "", 1);
	infe(b, how, 4, "Exif", "", 1);
	infe(b, how, 2, "Exif", "", 1);
	infe(b, how, 3, "mime", how->encoded ? encoded : plain, how->encoded ? sizeof encoded : sizeof plain);
	end(b, at);
}

struct place {
	unsigned id;
	uint64_t at, len;
};

static void
add_places(struct buf *b, const struct how *how, const struct place *place, size_t n)
{
	size_t at = begin(b, "iloc"), size = how->sizes ? (size_t)how->sizes : 4;
	uint64_t base = how->base ? 10 : 0;

	u32(b, (uint32_t)how->iloc << 24);
	u16(b, (unsigned)(size << 12 | 4 << 8 | (how->base ? 4 : 0) << 4 | (how->iloc > 0 ? 4 : 0)));
	number(b, n, how->iloc < 2 ? 2 : 4);
	for (size_t i = 0; i < n; i++) {
		uint64_t pieces = how->pieces ? (uint64_t)how->pieces : 1, left = place[i].len;

		number(b, place[i].id, how->iloc < 2 ? 2 : 4);
		if (how->iloc > 0)
			u16(b, how->idat);
		u16(b, 0);
		if (how->base)
			u32(b, (uint32_t)base);
		u16(b, (unsigned)pieces);
		for (uint64_t p = 0; p < pieces; p++) {
			uint64_t len = p + 1 < pieces ? place[i].len / pieces : left;

			if (how->iloc > 0)
				u32(b, 0);
			number(b, place[i].at + place[i].len - left - base, size);
			u32(b, (uint32_t)len);
			left -= len;
		}
	}
	end(b, at);
}

static void
add_references(struct buf *b, const struct how *how)
{
	static const unsigned from[] = {4, 2, 3};
	size_t at = begin(b, "iref");

	u32(b, how->wide ? 0x01000000 : 0);
	for (unsigned i = 0; i < how->others; i++) {
		size_t one = begin(b, "cdsc"), size = how->wide ? 4 : 2;

		number(b, 100 + i, size);
		u16(b, 1);
		number(b, 9, size);
		end(b, one);
	}
	for (size_t i = 0; i < 3; i++) {
		size_t one = begin(b, "cdsc"), size = how->wide ? 4 : 2;

		number(b, from[i], size);
		u16(b, 2);
		number(b, 9, size);
		number(b, from[i] == 4 || how->astray ? 8 : how->derived ? 7 : 1, size);
		end(b, one);
	}
	if (how->derived) {
		size_t one = begin(b, "dimg"), size = how->wide ? 4 : 2;

		number(b, 1, size);
		u16(b, 1);
		number(b, 7, size);
		end(b, one);
	}
	end(b, at);
}

static void
add_properties(struct buf *b, const struct how *how)
{
	const char *turns = how->turns ? how->turns : "";
	size_t iprp = begin(b, "iprp"), at = begin(b, "ipco"), n = strlen(turns) / 2, size = how->wide_property ? 2 : 1;

	LEAF(b, "ispe", "\0\0\0\0\0\0\1\0\0\0\1\0"); /* a tile's */
	LEAF(b, "ispe", "\0\0\0\0\0\0\x0f\xc0\0\0\x0b\xd0");
	for (size_t i = 0; i < n; i++) {
		const char value = (char)(turns[2 * i + 1] - '0');

		leaf(b, turns[2 * i] == 'r' ? "irot" : "imir", &value, 1);
	}
	end(b, at);
	for (unsigned i = 0; i < how->ipmas; i++)
		LEAF(b, "ipma", "\0\0\0\0\0\0\0\0");
	at = begin(b, "ipma");
	u32(b, (how->wide ? 0x01000000 : 0) | how->wide_property);
	u32(b, 2);
	number(b, 7, how->wide ? 4 : 2);
	number(b, 1, 1);
	number(b, 1, size);
	number(b, 1, how->wide ? 4 : 2);
	number(b, n + 1, 1);
	for (size_t i = 0; i < n + 1; i++)
		number(b, i + 2 + (size == 2 ? 0x8000u : 0x80u), size);
	end(b, at);
	end(b, iprp);
}

static void
add_primary(struct buf *b, const struct how *how)
{
	size_t at = begin(b, "pitm");

	u32(b, how->wide ? 0x01000000 : 0);
	number(b, 1, how->wide ? 4 : 2);
	end(b, at);
}

/* Offset and "Exif\0\0", either of them perhaps, the block. */
static void
add_exif(struct buf *b, const struct how *how, const char *make)
{
	static struct made block;
	struct made_tag tags[] = {ASCII(DIR0, 0x10f, make), SHORT(DIR0, 0x112, 1)};

	made_tiff(&block, tags, how->turns ? 1 : 2);
	if (how->exif < 3 || how->exif == 5)
		u32(b, how->exif == 1 || how->exif == 5 ? 6 : 0);
	if (how->exif > 0 && how->exif < 4)
		buf_add(b, "Exif\0\0", 6);
	buf_add(b, block.p, block.len);
}

static void
add_payload(struct buf *b, const struct how *how, struct place place[3])
{
	for (unsigned i = 0; i < 3; i++) {
		place[i] = (struct place){.id = i + 2, .at = b->len};
		if (i == 1)
			buf_adds(b, XMP);
		else
			add_exif(b, how, i == 0 ? "Right" : "Wrong");
		place[i].len = b->len - place[i].at;
	}
}

/* The places are known only when the file has been made once. */
static void
picture(struct buf *b, const struct how *how)
{
	struct place place[3] = {{2, 0, 0}, {3, 0, 0}, {4, 0, 0}};

	for (int pass = 0; pass < 2; pass++) {
		size_t at, meta, body = 0;

		buf_clear(b, 1 << 20);
		at = begin(b, "ftyp");
		buf_adds(b, how->brand ? how->brand : "heic");
		u32(b, 0);
		end(b, at);
		meta = begin(b, "meta");
		u32(b, 0);
		at = begin(b, "hdlr");
		film_zeros(b, 8);
		buf_adds(b, "pict");
		film_zeros(b, 13);
		end(b, at);
		if (how->late)
			add_properties(b, how);
		else
			add_primary(b, how);
		add_places(b, how, place, how->foreign ? 3 : 2);
		if (how->late)
			add_references(b, how);
		add_items(b, how);
		if (how->late) {
			add_primary(b, how);
		} else {
			add_references(b, how);
			add_properties(b, how);
		}
		at = begin(b, how->idat ? "idat" : "free");
		body = b->len;
		if (how->idat)
			add_payload(b, how, place);
		end(b, at);
		end(b, meta);
		at = begin(b, "mdat");
		if (!how->idat)
			add_payload(b, how, place);
		end(b, at);
		for (int i = 0; how->idat && i < 3; i++)
			place[i].at -= body;
	}
}

#define PLAIN "make=Right width=4032 height=3024 orientation=1 title=Title"

static size_t
find(const struct buf *b, const char *type)
{
	return (size_t)((char *)memmem(b->p, b->len, type, 4) - b->p);
}

static void
test_places(void)
{
	static const struct {
		const char *what;
		struct how how;
	} rows[] = {
	    {"the plain way", {0}},
	    {"places of version 1", {.iloc = 1}},
	    {"places of version 2, wide numbers", {.iloc = 2, .wide = 1}},
	    {"eight bytes for a place", {.sizes = 8}},
	    {"items in meta", {.iloc = 1, .idat = true}},
	    {"a base", {.iloc = 1, .base = true}},
	    {"items in three pieces", {.pieces = 3}},
	    {"items in pieces in meta", {.pieces = 7, .iloc = 2, .idat = true}},
	    {"Exif's mark, counted", {.exif = 1}},
	    {"Exif's mark, not counted", {.exif = 2}},
	    {"Exif's mark without an offset", {.exif = 3}},
	    {"a TIFF header without an offset", {.exif = 4}},
	    {"an offset to a mark that is not there", {.exif = 5}},
	    {"four items of other pictures before", {.others = 4}},
	    {"nine thousand of them", {.others = 9000, .wide = 1, .iloc = 2}},
	    {"their references behind", {.others = 5, .late = true}},
	    {"many boxes of associations", {.ipmas = 40}},
	    {"another order", {.late = true}},
	    {"an Exif item of another picture", {.foreign = true}},
	    {"metadata of what the picture is made from", {.derived = true, .foreign = true}},
	    {"the same with wide numbers", {.derived = true, .wide = 1, .iloc = 2, .late = true}},
	    {"associations in two bytes", {.wide_property = true}},
	};
	struct buf b = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		picture(&b, &rows[i].how);
		check(&b, PLAIN, rows[i].what);
	}
	picture(&b, &(struct how){.encoded = true});
	check(&b, "make=Right width=4032 height=3024 orientation=1", "encoded XMP is left alone");
	picture(&b, &(struct how){.astray = true});
	check(&b, "width=4032 height=3024 EVALUE", "metadata of other pictures alone");
	picture(&b, &(struct how){0});
	buf_add(&b, "\0\0\1\x0a\x0e\0\0\0Image_UTC_Data1577934245123", 35);
	check(&b, PLAIN, "what is no box behind the picture");
	memcpy(b.p + find(&b, "mdat"), "\0\1\0\2", 4);
	check(&b, PLAIN " ETRUNCATED", "the same where the picture's own box is none");
	picture(&b, &(struct how){.brand = "mif1"});
	check(&b, PLAIN, "a brand that leaves the coding open");
	buf_fini(&b);
}

/* Each value of Exif's orientation, from the picture's own properties. */
static void
test_turns(void)
{
	static const struct {
		const char *turns;
		int orientation;
	} rows[] = {
	    {"m1", 2},
	    {"r2", 3},
	    {"m0", 4},
	    {"r1m0", 5},
	    {"r3", 6},
	    {"r3m0", 7},
	    {"r1", 8},
	    {"m1r1", 5}, /* what is mirrored first turns the other way */
	    {"m0r1", 7},
	    {"r1r3", 0},
	    {"m1m1", 0},
	    {"r0", 0},
	};
	struct buf b = {0};
	char want[96];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct how how = {.turns = rows[i].turns};

		picture(&b, &how);
		snprintf(want, sizeof want, "make=Right width=4032 height=3024 %.*stitle=Title",
		    rows[i].orientation ? 14 : 0, "orientation=X ");
		if (rows[i].orientation != 0)
			*strchr(want, 'X') = (char)('0' + rows[i].orientation);
		check(&b, want, rows[i].turns);
	}
	buf_fini(&b);
}

static void
test_damage(void)
{
	struct buf b = {0}, out = {0};
	size_t failures = 0, at;

	picture(&b, &(struct how){0});
	b.p[find(&b, "pitm") + 9] = 77;
	check(&b, "title=Title EFORMAT", "a picture that is not there");

	picture(&b, &(struct how){.foreign = true});
	b.p[find(&b, "pitm") + 9] = 77;
	check(&b, "make=Wrong orientation=1 title=Title", "a picture that is not there: the first Exif is taken");

	picture(&b, &(struct how){0});
	memcpy(b.p + find(&b, "iprp"), "free", 4);
	check(&b, "make=Right orientation=1 title=Title", "no properties at all");

	picture(&b, &(struct how){0});
	at = find(&b, "iloc");
	b.p[at + 8] = 0x34;
	check(&b, "width=4032 height=3024 EFORMAT EFORMAT EFORMAT", "places in numbers of three bytes");

	picture(&b, &(struct how){.iloc = 1});
	b.p[find(&b, "iloc") + 15] = 2; /* the Exif item's place counts from another item */
	check(&b, "width=4032 height=3024 title=Title EFORMAT", "a place in another item");

	picture(&b, &(struct how){.pieces = 65});
	check(&b, "width=4032 height=3024 ELIMIT EFORMAT EFORMAT", "items in too many pieces");

	picture(&b, &(struct how){0});
	at = find(&b, "mdat") + 4;
	b.len = at + 10;
	check(&b, "width=4032 height=3024 ETRUNCATED ETRUNCATED ETRUNCATED ETRUNCATED",
	    "a file that ends within its Exif");
	b.len = at;
	check(&b, "width=4032 height=3024 ETRUNCATED ETRUNCATED ETRUNCATED", "a file that ends before its metadata");

	picture(&b, &(struct how){.pieces = 3});
	b.len -= 300;
	check(&b, "make=Right width=4032 height=3024 orientation=1 ETRUNCATED ETRUNCATED",
	    "pieces that the file cuts off");

	picture(&b, &(struct how){.pieces = 7, .iloc = 2, .wide = 1, .idat = true, .turns = "r1m1"});
	for (size_t len = 0; len < b.len; len++)
		failures += strcmp(reading(&b, len, &out), "failed") == 0;
	for (size_t i = 0; i < b.len; i++) {
		b.p[i] ^= 0x7f;
		failures += strcmp(reading(&b, b.len, &out), "failed") == 0;
		b.p[i] ^= 0x7f;
	}
	tap_ok(failures == 0, "cuts and changed bytes are no failures");
	buf_fini(&b);
	buf_fini(&out);
}

/* What a hostile file would cost. */
static void
test_limits(void)
{
	struct buf b = {0}, second = {0};
	size_t meta, at;

	picture(&b, &(struct how){.brand = "heic"});
	b.len = find(&b, "meta") - 4;
	meta = begin(&b, "meta");
	u32(&b, 0);
	for (int i = 0; i < 20000; i++)
		begin(&b, "iprp"); /* of size 0, each within the one before */
	end(&b, meta);
	check(&b, "", "properties within properties");

	b.len = meta;
	meta = begin(&b, "meta");
	u32(&b, 0);
	at = begin(&b, "iloc");
	u32(&b, 0x02000000);
	u16(&b, 0x4400);
	u32(&b, 0xffffffff);
	film_zeros(&b, 100);
	end(&b, at);
	end(&b, meta);
	check(&b, "", "four thousand million places");

	b.len = meta;
	meta = begin(&b, "meta");
	u32(&b, 0);
	for (int i = 0; i < 70000; i++)
		LEAF(&b, "free", "");
	end(&b, meta);
	check(&b, "ELIMIT", "more boxes than the limit");

	picture(&b, &(struct how){.idat = true});
	at = find(&b, "meta") - 4;
	buf_add(&second, b.p + at, find(&b, "mdat") - 4 - at);
	picture(&b, &(struct how){.encoded = true});
	buf_add(&b, second.p, second.len);
	check(&b, "make=Right width=4032 height=3024 orientation=1", "a second set of items is not read");
	buf_fini(&second);
	buf_fini(&b);
}

/* A film's boxes in a picture: a sequence lasts, its tracks say nothing of the size. */
static void
test_sequence(void)
{
	struct buf b = {0}, tags = {0};
	size_t moov, at;

	picture(&b, &(struct how){.brand = "avis"});
	moov = begin(&b, "moov");
	at = begin(&b, "mvhd");
	film_zeros(&b, 12);
	u32(&b, 1000);
	u32(&b, 4800);
	film_zeros(&b, 80);
	end(&b, at);
	end(&b, moov);
	at = begin(&b, "mpvd");
	end(&b, at);
	check(&b, "make=Right width=4032 height=3024 orientation=1 duration_s=4.8 title=Title motion_photo=1",
	    "a sequence, a motion photo");
	tap_ok(strstr(tags_of(&b, &tags), "\"IFD0:Make\":\"Right\"") != NULL && strstr(tags.p, "\"XMP-dc:") != NULL &&
		   strstr(tags.p, "\"QuickTime:Duration\":4.8") != NULL,
	    "all tags");
	buf_fini(&b);
	buf_fini(&tags);
}

int
main(void)
{
	test_places();
	test_turns();
	test_damage();
	test_limits();
	test_sequence();
	return tap_done();
}
