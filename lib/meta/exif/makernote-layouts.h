/* makernote-layouts -- how each maker lays out its notes, and which tags of them are wanted. */
#ifndef META_EXIF_MAKERNOTE_LAYOUTS_H
#define META_EXIF_MAKERNOTE_LAYOUTS_H

#include "media/media.h"

#define NOTE_HEAD_MAX 32 /* bytes of a note that tell its layout */

/* Where offsets count from: the Exif block, the note, a TIFF header inside the note. */
enum note_base { BASE_BLOCK, BASE_NOTE, BASE_TIFF };

/* How a value is written. */
enum note_form {
	FORM_TEXT,
	FORM_COUNT,
	FORM_CANON_SERIAL,
	FORM_NIKON_LENS, /* four rationals */
	FORM_PENTAX_DATE,
	FORM_PENTAX_TIME,
	FORM_PENTAX_COUNT, /* scrambled with date and time */
	FORM_SONY_LENS,
	FORM_SONY_SERIAL
};

struct note_wanted {
	uint16_t tag; /* 0: no more */
	enum note_form form;
	enum media_field field;
	const char *name;
};

/* The tags that tell of a small JPEG, and of the directory in which they stand; 0: the note's first. */
struct note_small {
	uint16_t dir, at, len;
};

struct note_layout {
	const char *make; /* MEDIA_MAKE, where the note has no header of its own */
	const char *header;
	size_t header_len;
	size_t dir;  /* where the directory, or the TIFF header, begins in the note */
	size_t mark; /* where the byte order is marked; 0: it is the block's */
	enum note_base base;
	uint16_t equipment; /* tag of the directory that holds what is wanted; 0: none */
	const char *group;
	const struct note_wanted *wanted;
	const struct note_small *small; /* NULL: none is known */
};

/* makernote_layout() -- the layout of a note that begins with len bytes at p; NULL: none that is known.  MEDIA_MAKE is
 * looked at where the note has no header. */
const struct note_layout *makernote_layout(const struct media_info *info, const uint8_t *p, size_t len);

#endif
