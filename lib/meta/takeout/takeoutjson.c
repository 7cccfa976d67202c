#include "meta/takeout/takeoutjson.h"

#include <math.h>

#include "base/json.h"
#include "base/num.h"
#include "base/span.h"
#include "file/io.h"

#define MOVED 0.01 /* degrees, about a kilometre: nearer, it is the same place, rounded by the one or the other */
#define SECONDS_DIGITS 18

int
takeoutjson_open(int dirfd, const char *path, struct buf *text, struct fail *why)
{
	struct stat st;
	int fd = io_open(dirfd, path, &st, why);
	ssize_t n = -1;
	size_t size;
	char *to;

	buf_clear(text, TAKEOUTJSON_MAX);
	if (fd == -1)
		return -1;
	size = st.st_size > TAKEOUTJSON_MAX ? TAKEOUTJSON_MAX : (size_t)st.st_size;
	if ((to = buf_reserve(text, size)) == NULL)
		fail_nomem(why);
	else if ((n = io_read(fd, to, size, 0, why)) >= 0)
		to[text->len = (size_t)n] = '\0';
	io_close(&fd);
	if (n >= 0 && st.st_size > TAKEOUTJSON_MAX)
		return fail_set(why, FAIL_LIMIT, "read", "is larger than the limit of %u bytes", TAKEOUTJSON_MAX);
	return n == -1 ? -1 : 0;
}

static enum takeoutjson_kind
kind_of(struct slice text, const struct spans *spans)
{
	struct slice value;

	if (span_find(spans, "title") != NULL && span_dig(text, "photoTakenTime", &value) && value.p[0] == '{')
		return TAKEOUTJSON_FILE;
	if (span_find(spans, "title") != NULL &&
	    (span_dig(text, "date.timestamp", &value) || span_find(spans, "access") != NULL))
		return TAKEOUTJSON_ALBUM;
	return span_dig(text, "albumData.title", &value) ? TAKEOUTJSON_ALBUM : TAKEOUTJSON_OTHER;
}

enum takeoutjson_kind
takeoutjson_title(struct slice text, struct buf *title, struct fail *why)
{
	enum takeoutjson_kind kind = TAKEOUTJSON_OTHER;
	struct spans spans = {0};
	struct slice value;

	*why = (struct fail){.code = FAIL_NONE};
	buf_clear(title, SIZE_MAX);
	if (span_scan(text, &spans, why) == 0)
		kind = kind_of(text, &spans);
	spans_fini(&spans);
	if (kind != TAKEOUTJSON_OTHER && (span_dig(text, "title", &value) || span_dig(text, "albumData.title", &value)))
		json_unquote(title, value);
	if (title->failed)
		fail_nomem(why);
	return kind;
}

/* What is being told, and to whom. */
struct told {
	struct slice text;
	struct media_info *info;
	struct buf scratch; /* one member's text; short of memory it fails info's */
};

/* Text of a member, with its escapes undone, in x->scratch; false where it is none. */
static bool
get_text(struct told *x, struct slice object, const char *dotted)
{
	struct slice value;
	bool is_text;

	buf_clear(&x->scratch, SIZE_MAX);
	is_text = span_dig(object, dotted, &value) && json_unquote(&x->scratch, value);
	x->info->text.failed |= x->scratch.failed;
	return is_text && !x->scratch.failed && x->scratch.len > 0;
}

static void
tell_text(struct told *x, const char *name, enum media_field f)
{
	if (get_text(x, x->text, name))
		media_set_text(x->info, f, x->scratch.p, x->scratch.len);
}

static void
tell_people(struct told *x)
{
	struct slice people, person;

	if (!span_dig(x->text, "people", &people))
		return;
	while (span_element(&people, &person)) {
		if (person.p[0] == '{' && get_text(x, person, "name"))
			media_add_item(x->info, MEDIA_PEOPLE, x->scratch.p, x->scratch.len);
	}
}

static void
tell_state(struct told *x, const char *name, enum media_field f)
{
	struct slice value;

	if (span_dig(x->text, name, &value) && slice_eq(value, "true"))
		media_set_bool(x->info, f, true);
}

/* Seconds since 1970, as text; 0 stands for none. */
static bool
read_seconds(const struct buf *digits, int64_t *out)
{
	bool minus = digits->len > 0 && digits->p[0] == '-';
	uint64_t n;

	if (digits->len > SECONDS_DIGITS || !num_parse_u64(digits->p + minus, digits->len - minus, &n) || n == 0)
		return false;
	*out = minus ? -(int64_t)n : (int64_t)n;
	return true;
}

static void
tell_taken(struct told *x)
{
	int64_t seconds;
	struct when w;

	if (!get_text(x, x->text, "photoTakenTime.timestamp") || slice_eq(buf_slice(&x->scratch), "0"))
		return;
	if (read_seconds(&x->scratch, &seconds) && when_from_epoch(seconds, 0, 0, &w))
		media_set_date(x->info, MEDIA_DATE_TAKEOUT, &w, MEDIA_BASIS_UTC);
	else
		media_warn_no_date(x->info);
}

struct position {
	double lat, lon, alt;
};

static bool
get_number(struct slice object, const char *name, double *out)
{
	struct slice value;

	*out = 0;
	return span_dig(object, name, &value) && num_parse_double(value.p, value.len, out);
}

/* Google writes 0, 0 for none; half a position is none, either. */
static bool
get_position(struct slice text, const char *name, struct position *out)
{
	struct slice object;

	if (!span_dig(text, name, &object) || object.p[0] != '{')
		return false;
	get_number(object, "altitude", &out->alt);
	return get_number(object, "latitude", &out->lat) && get_number(object, "longitude", &out->lon) &&
	       (out->lat != 0 || out->lon != 0);
}

/* Whether the file says where it was taken, and the owner has not said otherwise. */
static bool
stands(const struct media_info *info, const struct position *own, const struct position *exif)
{
	bool moved =
	    exif != NULL && own != NULL && (fabs(own->lat - exif->lat) > MOVED || fabs(own->lon - exif->lon) > MOVED);

	return info->field[MEDIA_LAT].kind != MEDIA_ABSENT && !moved;
}

static void
tell_position(struct slice text, struct media_info *info)
{
	struct position geo, geo_exif;
	const struct position *own = get_position(text, "geoData", &geo) ? &geo : NULL,
			      *exif = get_position(text, "geoDataExif", &geo_exif) ? &geo_exif : NULL,
			      *p = own != NULL ? own : exif;

	if (p == NULL || stands(info, own, exif) || !media_set_position(info, p->lat, p->lon, true))
		return;
	if (info->field[MEDIA_LAT].origin != MEDIA_FROM_TAKEOUT)
		return;
	info->field[MEDIA_ALT].kind = MEDIA_ABSENT;
	if (p->alt != 0)
		media_set_number(info, MEDIA_ALT, p->alt);
}

int
takeoutjson_tell(struct slice text, struct media_info *info, struct fail *why)
{
	enum media_origin before = media_from(info, MEDIA_FROM_TAKEOUT);
	struct told x = {.text = text, .info = info};

	tell_text(&x, "title", MEDIA_ORIGINAL_NAME);
	tell_text(&x, "description", MEDIA_DESCRIPTION);
	tell_people(&x);
	tell_taken(&x);
	tell_position(text, info);
	tell_state(&x, "favorited", MEDIA_FAVORITE);
	tell_state(&x, "archived", MEDIA_ARCHIVED);
	tell_state(&x, "trashed", MEDIA_TRASHED);
	media_from(info, before);
	buf_fini(&x.scratch);
	return info->text.failed ? fail_nomem(why) : 0;
}
