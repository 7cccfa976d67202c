/*
 * Boxes of user data in which still cameras of many makers put a record of fixed layout: TAGS, which begins with the
 * maker's name and has what follows at places that depend on it, and Panasonic's, which hold a JPEG.
 *
 * Source: exiftool's documentation of tag names (QuickTime TAGS of FujiFilm, Kodak, Minolta, Nikon, Olympus, Pentax,
 * Samsung, Sanyo; Panasonic PANA).
 */
#include <string.h>

#include "format/bmff/bmff.h"
#include "format/raw/embedded.h"
#include "media/text.h"

/* Where things are; 0: nowhere. */
static const struct layout {
	const char *make, *group;
	size_t model, model_len, exposure, f_number, focal;
} layouts[] = {
    {"FUJIFILM DIGITAL CAMERA", "FujiFilm", 0x18, 16, 0x2e, 0x32, 0},
    {"EASTMAN KODAK COMPANY", "Kodak", 0x16, 42, 0x4e, 0x52, 0x70},
    {"KONICA MINOLTA DIGITAL CAMERA", "Minolta", 0, 0, 0x2e, 0x32, 0x50},
    {"MINOLTA DIGITAL CAMERA", "Minolta", 0, 0, 0x26, 0x2a, 0x48},
    {"NIKON DIGITAL CAMERA", "Nikon", 0x18, 8, 0x26, 0x2a, 0x48},
    {"OLYMPUS DIGITAL CAMERA", "Olympus", 0x18, 24, 0, 0, 0},
    {"PENTAX DIGITAL CAMERA", "Pentax", 0, 0, 0x26, 0x2a, 0x48},
    {"SAMSUNG DIGITAL CAMERA", "Samsung", 0x18, 16, 0x2e, 0x32, 0},
    {"SANYO DIGITAL CAMERA", "Sanyo", 0x18, 8, 0x26, 0, 0},
};

static void
note_text(struct bmff *f, const char *group, const char *name, enum media_field what, const uint8_t *p, size_t len)
{
	len = strnlen((const char *)p, len);
	if (len > 0 && text_is_plain((const char *)p, len))
		userdata_note(
		    &f->movie, &(struct userdata_text){(int)what, MOVIE_MAKER, MOVIE_UTF8, group, name, p, len});
}

static void
note_number(struct bmff *f, const char *group, const char *name, enum media_field what, double num, double den)
{
	if (num <= 0 || den <= 0)
		return;
	media_set_number(f->boxes.info, what, num / den);
	movie_tag_number(&f->movie, group, name, num / den);
}

static void
note_rational(struct bmff *f, const char *group, const char *name, enum media_field what, const uint8_t *p)
{
	note_number(f, group, name, what, src_le32(p), src_le32(p + 4));
}

void
bmff_tags(struct bmff *f, const struct box *b)
{
	const struct layout *l = NULL;
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 0x78);

	for (size_t i = 0; p != NULL && l == NULL && i < sizeof layouts / sizeof layouts[0]; i++) {
		if (memcmp(p, layouts[i].make, strlen(layouts[i].make)) == 0)
			l = &layouts[i];
	}
	if (l == NULL)
		return;
	note_text(f, l->group, "Make", MEDIA_MAKE, p, strlen(l->make));
	if (l->model_len > 0)
		note_text(f, l->group, "Model", MEDIA_MODEL, p + l->model, l->model_len);
	if (l->exposure > 0)
		note_number(f, l->group, "ExposureTime", MEDIA_EXPOSURE, 10, src_le32(p + l->exposure));
	if (l->f_number > 0)
		note_rational(f, l->group, "FNumber", MEDIA_F_NUMBER, p + l->f_number);
	if (l->focal > 0)
		note_rational(f, l->group, "FocalLength", MEDIA_FOCAL, p + l->focal);
}

/* Leica's name stands before the model's. */
static void
note_model(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 0x16 + 30);

	if (p == NULL || (memcmp(p, "LEICA", 5) != 0 && memcmp(p, "Panasonic", 9) != 0))
		return;
	note_text(f, "Panasonic", "Make", MEDIA_MAKE, p, 0x16);
	note_text(f, "Panasonic", "Model", MEDIA_MODEL, p + 0x16, 30);
}

void
bmff_panasonic(struct bmff *f, const struct box *b)
{
	static const uint64_t places[] = {0x10, 0x4068, 0x4080, 0x200080};
	struct boxes *w = &f->boxes;
	const uint8_t *p;

	note_model(f, b);
	for (size_t i = 0; i < sizeof places / sizeof places[0] && f->work != NULL; i++) {
		p = box_bytes(w, b, places[i], 12);
		if (p == NULL || memcmp(p, "\xff\xd8\xff\xe1", 4) != 0 || memcmp(p + 6, "Exif\0\0", 6) != 0)
			continue;
		if (embedded_read(&(struct reader){.src = w->src, .work = f->work, .info = w->info, .why = w->why},
			b->body + places[i], b->end - b->body - places[i]) == -1)
			box_fail(w);
		return;
	}
}
