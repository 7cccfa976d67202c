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
note_text(struct bmff *f, struct movie_text t)
{
	t.len = strnlen((const char *)t.p, t.len);
	if (text_is_plain((const char *)t.p, t.len))
		movie_text(&f->movie, &t);
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
	note_text(f, (struct movie_text){MEDIA_MAKE, MOVIE_MAKER, MOVIE_UTF8, l->group, "Make", p, strlen(l->make)});
	note_text(f,
	    (struct movie_text){MEDIA_MODEL, MOVIE_MAKER, MOVIE_UTF8, l->group, "Model", p + l->model, l->model_len});
	if (l->exposure > 0)
		bmff_maker_exposure(f, l->group, MEDIA_EXPOSURE, 10, src_le32(p + l->exposure));
	if (l->f_number > 0)
		bmff_maker_exposure(
		    f, l->group, MEDIA_F_NUMBER, src_le32(p + l->f_number), src_le32(p + l->f_number + 4));
	if (l->focal > 0)
		bmff_maker_exposure(f, l->group, MEDIA_FOCAL, src_le32(p + l->focal), src_le32(p + l->focal + 4));
}

/* Leica's name stands before the model's. */
static void
note_model(struct bmff *f, const struct box *b)
{
	const uint8_t *p = box_bytes(&f->boxes, b, 0, 0x16 + 30);

	if (p == NULL || (memcmp(p, "LEICA", 5) != 0 && memcmp(p, "Panasonic", 9) != 0))
		return;
	note_text(f, (struct movie_text){MEDIA_MAKE, MOVIE_MAKER, MOVIE_UTF8, "Panasonic", "Make", p, 0x16});
	note_text(f, (struct movie_text){MEDIA_MODEL, MOVIE_MAKER, MOVIE_UTF8, "Panasonic", "Model", p + 0x16, 30});
}

void
bmff_panasonic(struct bmff *f, const struct box *b)
{
	static const uint64_t places[] = {0x10, 0x4068, 0x4080, 0x200080};
	const uint8_t *p;

	note_model(f, b);
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		p = box_bytes(&f->boxes, b, places[i], 12);
		if (p == NULL || memcmp(p, "\xff\xd8\xff\xe1", 4) != 0 || memcmp(p + 6, "Exif\0\0", 6) != 0)
			continue;
		embedded_read(f->r, b->body + places[i], b->end - b->body - places[i]);
		return;
	}
}
