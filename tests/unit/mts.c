/* Transport streams, built packet by packet: sizes, what camcorders write between the pictures, the clock. */
#include "film.h"

enum { PID_TABLES = 0x100, PID_VIDEO = 0x1011, PID_OTHER = 0x1100, PACKET = 188, H264 = 0x1b, MPEG2 = 2 };

#define NO_CLOCK UINT64_MAX

struct stream {
	struct buf *out;
	size_t lead;
};

/* One packet; what the payload leaves is filled in front of it. */
static void
packet(struct stream *s, unsigned pid, bool begins, uint64_t clock, const void *payload, size_t len)
{
	struct buf *b = s->out;
	size_t fill = PACKET - 4 - len;
	size_t at;

	film_zeros(b, s->lead);
	buf_addc(b, 0x47);
	film_put(b, pid | (begins ? 0x4000u : 0), 2, true);
	buf_addc(b, fill > 0 ? 0x30 : 0x10);
	at = b->len;
	if (fill > 0)
		buf_addc(b, (char)(fill - 1));
	if (fill > 1)
		buf_addc(b, clock != NO_CLOCK ? 0x10 : 0);
	if (clock != NO_CLOCK) {
		film_put(b, clock >> 1, 4, true);
		buf_addc(b, (char)((clock & 1) << 7 | 0x7e));
		buf_addc(b, 0);
	}
	while (b->len - at < fill)
		buf_addc(b, (char)0xff);
	buf_add(b, payload, len);
}

static void
tables(struct stream *s, uint8_t type, unsigned clock_pid)
{
	struct buf t = {0};

	buf_addc(&t, 0);                                       /* pointer */
	buf_add(&t, "\0\xb0\x11\0\1\xc1\0\0\0\0\xe0\x10", 12); /* what is no program comes first */
	buf_add(&t, "\0\1\xe1\0crc!", 8);
	packet(s, 0, true, NO_CLOCK, t.p, t.len);
	buf_clear(&t, 100);
	buf_addc(&t, 0);
	buf_add(&t, "\2\xb0\x1c\0\1\xc1\0\0", 8);
	film_put(&t, 0xe000u | clock_pid, 2, true);
	buf_add(&t, "\xf0\2hi", 4);
	buf_addc(&t, (char)0x81);
	film_put(&t, 0xe000u | PID_OTHER, 2, true);
	buf_add(&t, "\xf0\0", 2);
	buf_addc(&t, (char)type);
	film_put(&t, 0xe000u | PID_VIDEO, 2, true);
	buf_add(&t, "\xf0\3abc", 5);
	buf_add(&t, "crc!", 4);
	packet(s, PID_TABLES, true, NO_CLOCK, t.p, t.len);
	buf_fini(&t);
}

/* The pictures' stream in packets, behind one header. */
static void
video(struct stream *s, const struct buf *units, uint64_t clock)
{
	struct buf pes = {0};
	size_t at = 0, n;

	buf_add(&pes, "\0\0\1\xe0\0\0\x84\x80\5\x21\0\1\0\1", 14);
	buf_add(&pes, units->p, units->len);
	for (; at < pes.len; at += n) {
		n = pes.len - at < 170 ? pes.len - at : 170;
		packet(s, PID_VIDEO, at == 0, at == 0 ? clock : NO_CLOCK, pes.p + at, n);
	}
	buf_fini(&pes);
}

/* Writing bits. */
struct bits {
	struct buf *out;
	unsigned n;
};

static void
put(struct bits *w, uint32_t v, unsigned n)
{
	while (n-- > 0) {
		if (w->n++ % 8 == 0)
			buf_addc(w->out, 0);
		if ((v >> n & 1) != 0)
			w->out->p[w->out->len - 1] = (char)(w->out->p[w->out->len - 1] | 0x80 >> (w->n - 1) % 8);
	}
}

static void
ue(struct bits *w, uint32_t v)
{
	unsigned n = 0;

	while ((v + 1) >> (n + 1) != 0)
		n++;
	put(w, 0, n);
	put(w, v + 1, n + 1);
}

struct sps {
	unsigned profile, chroma, order, mbs_wide, map_units_high, frames_only, right, bottom;
	bool scaling;
};

/* A unit, with the bytes that keep marks out of it. */
static void
unit(struct buf *out, const struct buf *plain)
{
	unsigned zeros = 0;

	buf_add(out, "\0\0\0\1", 4);
	for (size_t i = 0; i < plain->len; i++) {
		if (zeros >= 2 && (uint8_t)plain->p[i] <= 3) {
			buf_addc(out, 3);
			zeros = 0;
		}
		zeros = plain->p[i] == 0 ? zeros + 1 : 0;
		buf_addc(out, plain->p[i]);
	}
}

static void
add_sps(struct buf *out, const struct sps *s)
{
	struct buf plain = {0};
	struct bits w = {.out = &plain};

	put(&w, 0x67, 8);
	put(&w, s->profile, 8);
	put(&w, 0x0028, 16);
	ue(&w, 0);
	if (s->profile >= 100) {
		ue(&w, s->chroma);
		if (s->chroma == 3)
			put(&w, 0, 1);
		ue(&w, 0);
		ue(&w, 0);
		put(&w, 0, 1);
		put(&w, s->scaling, 1);
		for (unsigned i = 0; s->scaling && i < (s->chroma == 3 ? 12 : 8); i++) {
			put(&w, i == 0, 1); /* a list that ends after two numbers */
			if (i == 0) {
				ue(&w, 3);
				ue(&w, 20);
			}
		}
	}
	ue(&w, 4);
	ue(&w, s->order);
	if (s->order == 0)
		ue(&w, 4);
	if (s->order == 1) {
		put(&w, 0, 1);
		ue(&w, 2);
		ue(&w, 2);
		ue(&w, 2);
		ue(&w, 5);
		ue(&w, 5);
	}
	ue(&w, 4);
	put(&w, 0, 1);
	ue(&w, s->mbs_wide - 1);
	ue(&w, s->map_units_high - 1);
	put(&w, s->frames_only, 1);
	if (s->frames_only == 0)
		put(&w, 1, 1);
	put(&w, 1, 1);
	put(&w, s->right + s->bottom > 0, 1);
	if (s->right + s->bottom > 0) {
		ue(&w, 0);
		ue(&w, s->right);
		ue(&w, 0);
		ue(&w, s->bottom);
	}
	put(&w, 1, 2); /* no more, and the bit that ends it */
	unit(out, &plain);
	buf_fini(&plain);
}

/* The camera's notes, after another message; packs are five bytes each. */
static void
add_notes(struct buf *out, const char *packs, size_t len, unsigned count)
{
	struct buf plain = {0};

	buf_add(&plain, "\x06\1\2ab", 5);
	buf_addc(&plain, 5);
	buf_addc(&plain, (char)(21 + len));
	buf_add(&plain, "\x17\xee\x8c\x60\xf8\x4d\x11\xd9\x8c\xd6\x08\x00\x20\x0c\x9a\x66MDPM", 20);
	buf_addc(&plain, (char)count);
	buf_add(&plain, packs, len);
	buf_addc(&plain, (char)0x80);
	unit(out, &plain);
	buf_fini(&plain);
}

static const struct sps full_hd = {100, 1, 0, 120, 34, 0, 0, 2, false};

static void
film(struct stream *s, const struct buf *units)
{
	buf_clear(s->out, 1 << 20);
	tables(s, H264, PID_VIDEO);
	video(s, units, 90000);
}

static void
test_sizes(struct stream *s)
{
	static const struct {
		struct sps sps;
		const char *want;
	} rows[] = {
	    {{100, 1, 0, 120, 34, 0, 0, 2, false}, "ts width=1920 height=1080"},
	    {{100, 1, 0, 120, 68, 1, 0, 4, true}, "ts width=1920 height=1080"},
	    {{66, 1, 2, 40, 23, 1, 0, 4, false}, "ts width=640 height=360"},
	    {{77, 1, 1, 90, 68, 1, 0, 4, false}, "ts width=1440 height=1080"},
	    {{122, 2, 0, 40, 23, 1, 5, 8, false}, "ts width=630 height=360"},
	    {{244, 3, 0, 40, 23, 1, 5, 8, true}, "ts width=635 height=360"},
	    {{100, 1, 0, 2, 2, 1, 16, 0, false}, "ts"},
	};
	struct buf units = {0};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(&units, 1000);
		add_sps(&units, &rows[i].sps);
		buf_add(&units, "\0\0\1\x65xyz", 7);
		film(s, &units);
		film_check(s->out, rows[i].want, "the size of a picture, cropped");
	}
	buf_fini(&units);
}

#define PACKS(text) text, sizeof(text) - 1

static void
test_notes(struct stream *s)
{
	static const struct {
		const char *packs;
		size_t len;
		const char *want;
	} rows[] = {
	    {PACKS("\x18\x02\x20\x24\x05\x19\x01\x12\x30\x59"), "AVCHD=2024-05-01T12:30:59+01:00/zoned"},
	    {PACKS("\x18\x27\x20\x24\x05\x19\x01\x12\x30\x59"), "AVCHD=2024-05-01T12:30:59-03:30/zoned"},
	    {PACKS("\x18\xff\x20\x24\x05\x19\x01\x12\x30\x59"), "AVCHD=2024-05-01T12:30:59/local"},
	    {PACKS("\x18\0\0\0\0\x19\0\0\0\0"), ""},
	    {PACKS("\x18\xff\xff\xff\xff\x19\xff\xff\xff\xff"), ""},
	    {PACKS("\x18\2\x20\x24\x13\x19\x01\x12\x30\x59"), " EDATE"},
	    {PACKS("\x18\2\x2a\x24\x05\x19\x01\x12\x30\x59"), " EDATE"},
	    {PACKS("\x18\2\x20\x24\x05\x20\x01\x12\x30\x59"), ""},
	    {PACKS("\xe0\x01\x03\0\0"), "make=Panasonic"},
	    {PACKS("\xe0\x10\x11\0\0\xe4"
		   "ABCD\xe5"
		   "EF\0\0\xe6\0\0\0\0"),
		"make=Canon"},
	    {PACKS("\xe0\x01\x08\0\0\xe4"
		   "DSC-\xe5"
		   "HX5V\xe6\0\0\0\0"),
		"make=Sony model=DSC-HX5V"},
	    {PACKS("\xe0\x77\x77\0\0"), ""},
	    {PACKS("\x7f\0\0\x65\x84"), "exposure_s=0.04"},
	    {PACKS("\x7f\0\0\xff\x7f"), ""},
	    {PACKS("\x7f\0\0\x65\x84\xa0\0\1\0\x7d"), "exposure_s=0.008"},
	    {PACKS("\xa1\0\x1c\0\x0a"), "f_number=2.8"},
	    {PACKS("\xa1\0\x1c\0\0"), ""},
	    {PACKS("\xa9\0\x1c\0\1"), "focal35_mm=28"},
	    {PACKS("\xb1N\0\0\0\xb2\0\x34\0\1\xb3\0\x1e\0\1\xb4\0\0\0\1"
		   "\xb5W\0\0\0\xb6\0\x0d\0\1\xb7\0\x1e\0\1\xb8\0\0\0\1\xb9\0\0\0\1\xba\0\x19\0\2"),
		"lat=52.5 lon=-13.5 alt_m=-12.5"},
	    {PACKS("\xb1S\0\0\0\xb2\0\x34\0\1\xb3\0\x1e\0\1\xb4\0\0\0\1\xb6\0\x0d\0\1\xb7\0\x1e\0\1\xb8\0\0\0\1\xbeV\0"
		   "\0\0"),
		""},
	    {PACKS("\xb1N\0\0\0\xb2\0\x5b\0\1\xb3\0\x1e\0\1\xb4\0\0\0\1\xb6\0\x0d\0\1\xb7\0\x1e\0\1\xb8\0\0\0\1"),
		" EVALUE"},
	    {PACKS("\xbb\0\x0a\0\1\xbc\0\x0b\0\1\xbd\0\x0c\0\1\xca"
		   "2024\xcb:05:\xcc"
		   "01\0\0"),
		"gps_time=2024-05-01T10:11:12Z"},
	};
	struct buf units = {0};
	char want[200];

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *w = rows[i].want, *dates = strncmp(w, "AVCHD", 5) == 0 ? w : NULL;
		bool first = dates != NULL || strncmp(w, "make", 4) == 0;

		buf_clear(&units, 1000);
		buf_add(&units, "\0\0\1\x09\xf0", 5);
		add_sps(&units, &full_hd);
		add_notes(&units, rows[i].packs, rows[i].len, (unsigned)(rows[i].len / 5));
		buf_add(&units, "\0\0\1\x65xyz", 7);
		film(s, &units);
		if (first)
			snprintf(want, sizeof want, "ts %s width=1920 height=1080", w);
		else
			snprintf(
			    want, sizeof want, "ts width=1920 height=1080%s%s", *w != '\0' && *w != ' ' ? " " : "", w);
		film_check(s->out, want, "the camera's notes");
	}
	film_check_cuts(s->out, "every beginning of it");
	buf_clear(&units, 1000);
	add_sps(&units, &full_hd);
	add_notes(&units, PACKS("\xe0\x01\x08\0\0"), 9);
	film(s, &units);
	film_check(s->out, "ts make=Sony width=1920 height=1080 EFORMAT", "fewer notes than they say, at the very end");
	buf_fini(&units);
}

static void
test_clock(struct stream *s)
{
	static const struct {
		uint64_t first, last;
		const char *want;
	} rows[] = {
	    {90000, 990000, "mts width=1920 height=1080 duration_s=10"},
	    {0x1fffffff0, 89984, "mts width=1920 height=1080 duration_s=1"},
	    {90000, 90000, "mts width=1920 height=1080"},
	};
	struct buf units = {0};

	add_sps(&units, &full_hd);
	s->lead = 4;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		buf_clear(s->out, 1 << 20);
		tables(s, H264, PID_VIDEO);
		packet(s, PID_OTHER, false, 5, "x", 1);
		video(s, &units, rows[i].first);
		packet(s, PID_VIDEO, false, rows[i].last, "x", 1);
		packet(s, PID_OTHER, false, 7777777, "x", 1); /* a clock, but of another program */
		packet(s, PID_VIDEO, false, NO_CLOCK, "x", 1);
		film_zeros(s->out, 100);
		film_check(s->out, rows[i].want, "the time between the first clock and the last");
	}
	s->lead = 0;
	buf_fini(&units);
}

static void
test_mpeg(struct stream *s)
{
	static const struct {
		unsigned type, packets;
		const char *want, *what;
	} late[] = {
	    {MPEG2, 10000, "ts width=720 height=576", "a recording that begins far before a picture's size"},
	    {MPEG2, 40000, "ts ELIMIT", "farther than is looked"},
	    {0x24, 40000, "ts", "a kind of stream that is not read"},
	};
	struct buf units = {0};

	buf_add(&units, "\0\0\1\xb3\x2d\x02\x40\x33xxxx\0\0\1\xb8", 16);
	buf_clear(s->out, 1 << 20);
	tables(s, MPEG2, PID_VIDEO);
	video(s, &units, 90000);
	film_check(s->out, "ts width=720 height=576", "MPEG-2 in a transport stream");
	film_check_tags(s->out, s->out->len, "ts width=720 height=576",
	    "\"M2TS:VideoStreamType\":2,\"MPEG:ImageWidth\":720,\"MPEG:ImageHeight\":576", "its tags");
	buf_clear(s->out, 1 << 20);
	buf_add(s->out, "\0\0\1\xba", 4);
	film_zeros(s->out, 100000);
	buf_add(s->out, units.p, units.len);
	film_check(s->out, "mpeg width=720 height=576", "MPEG-2 in a program stream");
	film_check(&units, "mpeg width=720 height=576", "MPEG-2 on its own");
	buf_clear(s->out, 1 << 20);
	buf_add(s->out, "\0\0\1\xba", 4);
	film_zeros(s->out, 5000000);
	buf_add(s->out, units.p, units.len);
	film_check(s->out, "mpeg ELIMIT", "no search without end");
	for (size_t i = 0; i < sizeof late / sizeof late[0]; i++) {
		buf_clear(s->out, 1 << 20);
		tables(s, late[i].type, PID_VIDEO);
		for (unsigned n = 0; n < late[i].packets; n++)
			packet(s, PID_OTHER, false, NO_CLOCK, "x", 1);
		video(s, &units, NO_CLOCK);
		film_check(s->out, late[i].want, late[i].what);
	}
	buf_fini(&units);
}

static void
add_pts(struct buf *b, unsigned prefix, uint64_t pts)
{
	buf_addc(b, (char)(prefix << 4 | (pts >> 29 & 14) | 1));
	film_put(b, (pts >> 14 & 0xfffe) | 1, 2, true);
	film_put(b, (pts << 1 & 0xfffe) | 1, 2, true);
}

/* Two packets of pictures with their times, of MPEG-2 or of MPEG-1, and one of sound. */
static void
timed(struct buf *b, bool mpeg1, uint64_t first, uint64_t last, size_t between)
{
	buf_clear(b, 1 << 20);
	buf_add(b, "\0\0\1\xba", 4);
	buf_add(b, "\0\0\1\xb3\x2d\x02\x40\x33xxxx\0\0\1\xb8", 16);
	for (int n = 0; n < 2; n++) {
		buf_add(b, "\0\0\1\xe0\0\0", 6);
		if (mpeg1)
			buf_add(b, "\xff\xff\x60\x20", 4);
		else
			buf_add(b, "\x80\x80\5", 3);
		add_pts(b, 2, n == 0 ? first : last);
		film_zeros(b, n == 0 ? between : 10);
	}
	buf_add(b, "\0\0\1\xc0\0\0\x80\x80\5", 9);
	add_pts(b, 2, 70000000);
}

static void
test_program_times(struct stream *s)
{
	static const struct {
		uint64_t first, last;
		const char *want;
	} rows[] = {
	    {90000, 990000, "mpeg width=720 height=576 duration_s=10.04"},
	    {0x1fffffff0, 89984, "mpeg width=720 height=576 duration_s=1.04"},
	    {990000, 90000, "mpeg width=720 height=576"},
	};

	for (int mpeg1 = 0; mpeg1 < 2; mpeg1++) {
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			timed(s->out, mpeg1, rows[i].first, rows[i].last, 100000);
			film_check(s->out, rows[i].want, "the time between the first picture and the last");
		}
		timed(s->out, mpeg1, 90000, 180000, 10);
		film_check_cuts(s->out, "every beginning of it");
	}
}

/* The table of streams in two packets; bytes between packets. */
static void
test_pieces(struct stream *s)
{
	struct buf units = {0}, whole = {0};
	size_t at;

	add_sps(&units, &full_hd);
	film(s, &units);
	buf_add(&whole, s->out->p, s->out->len);
	at = 2 * PACKET - 32;
	buf_clear(s->out, 1 << 20);
	buf_add(s->out, whole.p, PACKET);
	packet(s, PID_TABLES, true, NO_CLOCK, whole.p + at, 15);
	packet(s, PID_TABLES, false, NO_CLOCK, whole.p + at + 15, 17);
	buf_add(s->out, whole.p + 2 * PACKET, whole.len - 2 * PACKET);
	for (int i = 0; i < 3; i++)
		packet(s, PID_OTHER, false, NO_CLOCK, "x", 1);
	film_check(s->out, "ts width=1920 height=1080", "a table in two packets");
	s->out->p[5 * PACKET] = 0;
	film_check(s->out, "ts width=1920 height=1080 EFORMAT", "bytes that are no packet");
	buf_fini(&units);
	buf_fini(&whole);
}

int
main(void)
{
	struct buf b = {0};
	struct stream s = {.out = &b};

	test_sizes(&s);
	test_notes(&s);
	test_clock(&s);
	test_mpeg(&s);
	test_program_times(&s);
	test_pieces(&s);
	buf_fini(&b);
	return tap_done();
}
