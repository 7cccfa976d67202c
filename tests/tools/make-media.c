/*
 * make-media -- small pictures and films with the tags that groups are made of: dates, cameras, Apple's identifiers.
 *
 * usage: make-media <LIST
 *
 * LIST is of words, each with its NUL: FILE KIND KEY=VALUE..., ended by an empty word, again and again.  KIND is jpeg
 * heic raw cr2 cr3 film text; KEY is one of those below.  Folders are made as they are named.
 */
#include <errno.h>
#include <sys/stat.h>
#include <time.h>

#include "../unit/boxes.h"

enum { TAGS_MAX = 16, T1904 = 2082844800 };

struct spec {
	const char *make, *model, *serial;
	const char *taken, *zone; /* 2024:05:01 12:00:00, +02:00; a film's creationdate is 2024-05-01T12:00:00+0200 */
	const char *utc;          /* a film's header: 2024-05-01T10:00:00Z */
	const char *id;           /* Apple's ContentIdentifier */
	const char *text;         /* all that a file of kind text has; of the others, what makes it another */
	const char *type;         /* brand of a film; dng, nef or arw of a raw */
};

static const struct {
	const char *name;
	size_t at;
} keys[] = {
#define KEY(name)                                  \
	{                                          \
#name, offsetof(struct spec, name) \
	}
    KEY(make), KEY(model), KEY(serial), KEY(taken), KEY(zone), KEY(utc), KEY(id), KEY(text), KEY(type)};

static int
set_key(struct spec *spec, const char *word)
{
	for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
		size_t len = strlen(keys[i].name);

		if (strncmp(word, keys[i].name, len) == 0 && word[len] == '=') {
			word += len + 1;
			memcpy((char *)spec + keys[i].at, &word, sizeof word);
			return 0;
		}
	}
	fprintf(stderr, "make-media: no such key: %s\n", word);
	return -1;
}

/* ---- Exif ---- */

struct tags {
	struct made_tag v[TAGS_MAX];
	size_t n;
};

static void
add_text(struct tags *tags, int dir, uint16_t tag, const char *text)
{
	if (text != NULL)
		tags->v[tags->n++] = (struct made_tag)ASCII(dir, tag, text);
}

/* Apple's note with one entry, the identifier; places count from the note. */
static void
add_apple(struct tags *tags, const char *id, char note[128])
{
	static const char head[] = "Apple iOS\0\0\1MM\0\1\0\x11\0\2\0\0\0\0\0\0\0\x20\0\0\0\0";
	size_t len = strlen(id) + 1;

	memcpy(note, head, sizeof head - 1);
	note[23] = (char)len;
	memcpy(note + 32, id, len);
	tags->v[tags->n++] = (struct made_tag){DIR_EXIF, 0x927c, T_UNDEF, 32 + len, note, {0}};
}

static void
add_camera(struct tags *tags, int dir, const struct spec *spec)
{
	add_text(tags, dir, 0x10f, spec->make);
	add_text(tags, dir, 0x110, spec->model);
}

static void
add_shot(struct tags *tags, int dir, const struct spec *spec)
{
	add_text(tags, dir, 0x9003, spec->taken);
	add_text(tags, dir, 0x9011, spec->zone);
	add_text(tags, dir, 0xa431, spec->serial);
}

static void
make_exif(struct made *block, const struct spec *spec, bool raw)
{
	struct tags tags = {.n = 0};
	char note[128];

	raw = raw && spec->type != NULL; /* else its head says what it is */
	add_camera(&tags, DIR0, spec);
	add_shot(&tags, DIR_EXIF, spec);
	if (spec->id != NULL)
		add_apple(&tags, spec->id, note);
	if (raw && strcmp(spec->type, "dng") == 0)
		tags.v[tags.n++] = (struct made_tag){DIR0, 0xc612, T_BYTE, 4, "\1\4\0\0", {0}};
	else if (raw)
		tags.v[tags.n++] = (struct made_tag)SHORT(DIR_SUB, 0x106, 32803);
	made_tiff(block, tags.v, tags.n);
}

static void
add_block(struct buf *b, const struct spec *spec, bool raw, size_t gap)
{
	static struct made block;

	block.gap = gap;
	make_exif(&block, spec, raw);
	if (gap > 0)
		memcpy(block.p + 8, "CR\2\0", 4);
	buf_add(b, block.p, block.len);
}

/* ---- kinds ---- */

static void
make_jpeg(struct buf *b, const struct spec *spec)
{
	static struct made block, file;

	make_exif(&block, spec, false);
	made_jpeg(&file, &block, 80, 60);
	buf_add(b, file.p, file.len);
}

static void
make_raw(struct buf *b, const struct spec *spec)
{
	add_block(b, spec, true, 0);
}

static void
make_cr2(struct buf *b, const struct spec *spec)
{
	add_block(b, spec, true, 8);
}

/* The place of the Exif item, which is known when the file has been made once. */
static void
add_places(struct buf *b, size_t at, size_t len)
{
	size_t box = begin(b, "iloc");

	u32(b, 0);
	u16(b, 0x4400);
	u16(b, 1);
	u16(b, 2);
	u16(b, 0);
	u16(b, 1);
	u32(b, (uint32_t)at);
	u32(b, (uint32_t)len);
	end(b, box);
}

static void
add_items(struct buf *b)
{
	LEAF(b, "hdlr", "\0\0\0\0\0\0\0\0pict\0\0\0\0\0\0\0\0\0\0\0\0\0");
	LEAF(b, "pitm", "\0\0\0\0\0\1");
	LEAF(b, "iinf",
	    "\0\0\0\0\0\2\0\0\0\x15infe\2\0\0\0\0\1\0\0hvc1\0"
	    "\0\0\0\x15infe\2\0\0\0\0\2\0\0Exif\0");
	LEAF(b, "iref",
	    "\0\0\0\0\0\0\0\x0e"
	    "cdsc\0\2\0\1\0\1");
}

static void
make_heic(struct buf *b, const struct spec *spec)
{
	size_t at = 0, len = 0, meta;

	for (int pass = 0; pass < 2; pass++) {
		buf_clear(b, 1 << 16);
		LEAF(b, "ftyp", "heic\0\0\0\0mif1heic");
		meta = begin(b, "meta");
		u32(b, 0);
		add_items(b);
		add_places(b, at, len);
		end(b, meta);
		meta = begin(b, "mdat");
		at = b->len;
		u32(b, 0); /* the header of TIFF follows at once */
		add_block(b, spec, false, 0);
		len = b->len - at;
		end(b, meta);
	}
}

static void
add_canon(struct buf *b, const char *type, const struct tags *tags)
{
	static struct made block;
	size_t at = begin(b, type);

	made_tiff(&block, tags->v, tags->n);
	buf_add(b, block.p, block.len);
	end(b, at);
}

static void
make_cr3(struct buf *b, const struct spec *spec)
{
	struct tags camera = {.n = 0}, shot = {.n = 0};
	size_t moov, uuid;

	add_camera(&camera, DIR0, spec);
	add_shot(&shot, DIR0, spec);
	LEAF(b, "ftyp", "crx \0\0\0\1crx isom");
	moov = begin(b, "moov");
	uuid = begin(b, "uuid");
	buf_add(b, "\x85\xc0\xb6\x87\x82\x0f\x11\xe0\x81\x11\xf4\xce\x46\x2b\x6a\x48", 16);
	add_canon(b, "CMT1", &camera);
	add_canon(b, "CMT2", &shot);
	end(b, uuid);
	end(b, moov);
}

static void
add_keys(struct buf *b, const char *const items[][2], size_t n)
{
	size_t at = begin(b, "keys"), one;

	u32(b, 0);
	u32(b, (uint32_t)n);
	for (size_t i = 0; i < n; i++) {
		one = begin(b, "mdta");
		buf_adds(b, "com.apple.quicktime.");
		buf_adds(b, items[i][0]);
		end(b, one);
	}
	end(b, at);
	at = begin(b, "ilst");
	for (size_t i = 0; i < n; i++) {
		const char index[5] = {0, 0, 0, (char)(i + 1), 0};
		size_t item = b->len;

		u32(b, 0);
		buf_add(b, index, 4);
		one = begin(b, "data");
		u32(b, 1);
		u32(b, 0);
		buf_adds(b, items[i][1]);
		end(b, one);
		end(b, item);
	}
	end(b, at);
}

static void
add_meta(struct buf *b, const struct spec *spec)
{
	const char *const all[][2] = {{"make", spec->make}, {"model", spec->model}, {"creationdate", spec->taken},
	    {"content.identifier", spec->id}};
	const char *items[4][2];
	size_t n = 0, meta = begin(b, "meta");

	LEAF(b, "hdlr", "\0\0\0\0\0\0\0\0mdta\0\0\0\0\0\0\0\0\0\0\0\0\0");
	for (size_t i = 0; i < 4; i++) {
		if (all[i][1] != NULL) {
			memcpy(items[n], all[i], sizeof all[i]);
			n++;
		}
	}
	add_keys(b, items, n);
	end(b, meta);
}

static uint32_t
since_1904(const char *utc)
{
	struct tm tm = {0};

	return utc != NULL && strptime(utc, "%Y-%m-%dT%H:%M:%SZ", &tm) != NULL ? (uint32_t)(timegm(&tm) + T1904) : 0;
}

static void
make_film(struct buf *b, const struct spec *spec)
{
	uint32_t created = since_1904(spec->utc);
	size_t at = begin(b, "ftyp"), moov;

	buf_adds(b, spec->type != NULL ? spec->type : "qt  ");
	u32(b, 0);
	end(b, at);
	moov = begin(b, "moov");
	at = begin(b, "mvhd");
	u32(b, 0);
	u32(b, created);
	u32(b, created);
	u32(b, 1000);
	u32(b, 1000);
	film_zeros(b, 80);
	end(b, at);
	add_meta(b, spec);
	end(b, moov);
	LEAF(b, "mdat", "no image data worth the name");
}

static void
make_text(struct buf *b, const struct spec *spec)
{
	buf_adds(b, spec->text != NULL ? spec->text : "");
}

static const struct kind {
	const char *name;
	void (*make)(struct buf *b, const struct spec *spec);
	bool boxes; /* what makes it another goes into a box */
} kinds[] = {
    {"jpeg", make_jpeg, false},
    {"heic", make_heic, true},
    {"raw", make_raw, false},
    {"cr2", make_cr2, false},
    {"cr3", make_cr3, true},
    {"film", make_film, true},
    {"text", make_text, false},
};

/* ---- the list ---- */

static int
make_folders(char *path)
{
	for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(path, 0777) == -1 && errno != EEXIST)
			return -1;
		*slash = '/';
	}
	return 0;
}

static int
write_file(char *path, const struct buf *b)
{
	FILE *out = NULL;

	if (make_folders(path) == -1 || (out = fopen(path, "wb")) == NULL ||
	    fwrite(buf_cstr(b), 1, b->len, out) != b->len) {
		perror(path);
		if (out != NULL)
			fclose(out);
		return -1;
	}
	return fclose(out) == 0 ? 0 : -1;
}

static int
make_file(char *path, const char *name, const struct spec *spec, struct buf *b)
{
	const struct kind *kind = kinds;

	while (kind < kinds + sizeof kinds / sizeof kinds[0] && strcmp(kind->name, name) != 0)
		kind++;
	if (kind == kinds + sizeof kinds / sizeof kinds[0]) {
		fprintf(stderr, "make-media: no such kind: %s\n", name);
		return -1;
	}
	buf_clear(b, 1 << 20);
	kind->make(b, spec);
	if (kind->make != make_text && spec->text != NULL && kind->boxes)
		leaf(b, "free", spec->text, strlen(spec->text));
	else if (kind->make != make_text && spec->text != NULL)
		buf_adds(b, spec->text);
	return write_file(path, b);
}

/* One file's words, from p on; returns where the next begins, or NULL. */
static char *
make_one(char *p, const char *stop, struct buf *b)
{
	struct spec spec = {0};
	char *path = p, *kind = path + strlen(path) + 1;

	if (kind >= stop)
		return NULL;
	for (p = kind + strlen(kind) + 1; p < stop && *p != '\0'; p += strlen(p) + 1) {
		if (set_key(&spec, p) == -1)
			return NULL;
	}
	return make_file(path, kind, &spec, b) == 0 ? p + 1 : NULL;
}

int
main(int argc, char **argv)
{
	struct buf list = {0}, b = {0};
	char part[65536], *p, *stop;
	size_t n;

	(void)argv;
	if (argc != 1) {
		fprintf(stderr, "usage: make-media <LIST\n");
		return 2;
	}
	while ((n = fread(part, 1, sizeof part, stdin)) > 0)
		buf_add(&list, part, n);
	buf_cstr(&list);
	for (p = list.p, stop = p + list.len; p != NULL && p < stop;)
		p = make_one(p, stop, &b);
	buf_fini(&list);
	buf_fini(&b);
	return p == NULL;
}
