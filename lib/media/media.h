/*
 * media -- what a file says of the picture or film in it.
 *
 * Readers fill a media_info, the best origin of a value wins, and the rest of this layer makes dates and records of it.
 * A reader reports what it could read: damage is a warning and whatever was read before it.
 */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "media/src.h"
#include "media/when.h"

enum media_field {
#define FIELD(name, member, kind, rule) MEDIA_##name,
#include "media/fields.def"
#undef FIELD
	MEDIA_FIELDS
};

enum media_kind { MEDIA_ABSENT, MEDIA_TEXT, MEDIA_NUMBER, MEDIA_BOOL, MEDIA_LIST };

/*
 * Where in a file a value stands.  fields.def says for each field which origin is believed before which; within one
 * origin the first value stays.
 */
enum media_origin {
	MEDIA_FROM_CONTAINER, /* what the format itself says: the frame, a movie's user data, a PNG's text … */
	MEDIA_FROM_EXIF,
	MEDIA_FROM_XMP,
	MEDIA_FROM_IPTC,
	MEDIA_FROM_NEWER_IPTC, /* IPTC that was changed by a program which knew nothing of the XMP beside it */
	MEDIA_FROM_SIDECAR,    /* an XMP file beside the file */
	MEDIA_FROM_TAKEOUT,    /* what a cloud's export has beside the file */
	MEDIA_ORIGINS
};

/* One field: text lies at media_info.text.p + at, UTF-8, trimmed, never empty.  A LIST's items are in
 * media_info.item. */
struct media_value {
	enum media_kind kind;
	enum media_origin origin;
	size_t at, len;
	double number; /* a BOOL is 0 or 1 */
};

enum media_date_source {
#define DATE(name, from, family) MEDIA_DATE_##name,
#include "media/date-sources.def"
#undef DATE
	MEDIA_DATE_SOURCES
};

/* How far a date can be trusted: taken_basis. */
enum media_basis { MEDIA_BASIS_ZONED, MEDIA_BASIS_UTC, MEDIA_BASIS_LOCAL, MEDIA_BASIS_ASSUMED_UTC };

struct media_date {
	struct when when; /* precision WHEN_NONE: absent */
	enum media_basis basis;
};

#define MEDIA_ITEMS_MAX 512          /* of one list */
#define MEDIA_ITEMS_TRIED_MAX 32768u /* with those that are there already */
#define MEDIA_WARNINGS_MAX 16

struct media_item {
	enum media_field field;
	size_t at, len; /* in media_info.text */
};

struct media_warning {
	enum fail_code code;
	size_t at, len; /* in media_info.text */
};

/* How what a cloud's export says of the file was found: words of records, static. */
struct media_takeout {
	const char *rule; /* NULL: there is none */
	const char *of;   /* whose it is, where not the file's own; else NULL */
	bool elsewhere;   /* in another folder */
};

/* What a file says.  {0} is empty; media_clear() empties it for the next file and keeps the memory. */
struct media_info {
	const char *type; /* static, NULL: unrecognised */
	const char *mime;
	enum media_origin origin; /* of what is set next */
	struct media_value field[MEDIA_FIELDS];
	struct media_item *item; /* in the order of the file; no item of a field twice */
	size_t nitems, items_cap;
	unsigned items_tried;
	struct media_date date[MEDIA_DATE_SOURCES];
	struct when gps; /* instant in UTC */
	struct media_takeout takeout;
	struct media_warning warning[MEDIA_WARNINGS_MAX];
	size_t nwarnings;
	struct buf text;
	struct buf *tags; /* with --all: borrowed, members are appended as JSON; else NULL */
};

void media_clear(struct media_info *info);
void media_fini(struct media_info *info);

/* Names in records, from fields.def and date-sources.def. */
const char *media_field_name(enum media_field f);
enum media_kind media_field_kind(enum media_field f);
const char *media_date_name(enum media_date_source s);

/* media_from() -- say where the values come from that are set next.  Returns what was said before, which the caller
 * gives back when it is done; at the beginning it is MEDIA_FROM_CONTAINER. */
enum media_origin media_from(struct media_info *info, enum media_origin origin);

/*
 * A value stays unless one of a better origin is set after it.  Text is trimmed of blanks and NULs; an
 * empty one, a NaN, an infinity set nothing.  Encodings: text.h.  Numbers are rounded by media_round().
 */
void media_set_text(struct media_info *info, enum media_field f, const char *bytes, size_t len);
void media_set_utf16(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian);
void media_set_comment(struct media_info *info, enum media_field f, const uint8_t *bytes, size_t len, bool big_endian);
void media_set_number(struct media_info *info, enum media_field f, double v);
void media_set_bool(struct media_info *info, enum media_field f, bool v);
/* media_add_item() -- append to a LIST, text as in media_set_text(); beyond MEDIA_ITEMS_MAX, or
 * MEDIA_ITEMS_TRIED_MAX, it is dropped with a warning. */
void media_add_item(struct media_info *info, enum media_field f, const char *bytes, size_t len);
/*
 * media_join_item() -- the same, but where XMP has said the list this is added to it, unless it is there, whole or with
 * more behind it where it is of `full` bytes or more, and so may have been cut.
 */
void media_join_item(struct media_info *info, enum media_field f, const char *bytes, size_t len, size_t full);
void media_set_date(struct media_info *info, enum media_date_source s, const struct when *w, enum media_basis basis);

/* media_read_date() -- datetext_parse(), with a warning for what is odd, or no date, unless info is NULL; a blank one
 * is false, and nothing more.  `what` names the source in the warning. */
bool media_read_date(struct media_info *info, const char *what, const char *text, size_t len, struct when *out);

/* media_warn_date() -- the warning alone; nothing where odd is NULL. */
void media_warn_date(struct media_info *info, const char *what, const char *odd, const char *text, size_t len);

/* media_set_date_text() -- set a date from text by media_read_date(). */
void media_set_date_text(struct media_info *info, enum media_date_source source, const char *text, size_t len);

/* media_basis_of() -- how far a date can be trusted that has the zone it was written with, or none. */
enum media_basis media_basis_of(const struct when *w);

/*
 * media_is_position() -- whether degrees of latitude and longitude are a position; else there is a warning.  Exactly 0
 * in both, with neither an altitude nor a time of the position beside it (known_more), is what programs write that
 * know or tell none.
 */
bool media_is_position(struct media_info *info, double lat, double lon, bool known_more);
/* media_set_position() -- set it, where it is one; returns whether it is. */
bool media_set_position(struct media_info *info, double lat, double lon, bool known_more);
/* media_set_clock() -- set a date, and *w, from the seconds since 1970 of a clock that shows local time; false, without
 * either, for 0, for less and for what the calendar does not reach. */
bool media_set_clock(struct media_info *info, enum media_date_source s, int64_t seconds, struct when *w);
/* media_round() -- to nine decimals: a nanosecond, a tenth of a millimetre on the ground. */
double media_round(double v);

/* media_text() -- a field's text, valid until the next is set; empty where it has none.
 * media_text_has() -- whether `part` stands in it. */
struct slice media_text(const struct media_info *info, enum media_field f);
bool media_text_has(const struct media_info *info, enum media_field f, const char *part);

/* A warning beyond MEDIA_WARNINGS_MAX is dropped, unless it is of damage and can take the place of one that is not; so
 * is one equal in code and text to an earlier one, or any where info is NULL. */
void media_warn(struct media_info *info, enum fail_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* media_warn_no_date() -- the warning of numbers that stand for no day of the calendar. */
void media_warn_no_date(struct media_info *info);

/* media_set_type() -- type and mime from types.def; a type that is not there changes nothing. */
void media_set_type(struct media_info *info, const char *type);

/* media_is_picture() -- whether files of a type of types.def are pictures. */
bool media_is_picture(const char *type);

/* media_extension_fits() -- whether a name's extension (len bytes without the dot, any case) is usual for a type.
 * True where either is unknown. */
bool media_extension_fits(const char *type, const char *extension, size_t len);

/* media_extension_mime() -- the MIME type of the first type that a name's extension (as above) is usual for, or NULL.
 */
const char *media_extension_mime(const char *extension, size_t len);

/*
 * media_extension_promises() -- whether a path's extension is one that only pictures, films and their sidecars have, as
 * far as files of that kind go: text with the extension "ts" is a program's source.
 */
bool media_extension_promises(const char *path, bool is_text);

/* media_raw_extensions -- those of raw pictures, lower case, each with a blank before and behind it; some twice.
 * media_extension_is_raw() -- whether one (len bytes without the dot, any case) is among them. */
extern const char media_raw_extensions[];
bool media_extension_is_raw(const char *extension, size_t len);

#endif
