/*
 * Sony's cameras write what they know into an XML document, in a meta box of its own at the end of the movie.  All of
 * it stands in attributes, so one handler does.
 *
 * Source: exiftool's documentation of tag names (XML, of Sony's XAVC); XDCAM's non-real-time metadata as published with
 * many cameras' manuals.
 */
#include <expat.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "format/bmff/bmff.h"

struct sony {
	struct movie *movie;
	XML_Parser parser;
	bool begun;
	char lat_ref, lon_ref;
	double lat, lon; /* NAN: unknown */
};

static const struct {
	const char *element, *attribute, *tag;
	int what;
} known[] = {
    {"CreationDate", "value", "CreationDateValue", MOVIE_DATE},
    {"Device", "manufacturer", "DeviceManufacturer", MEDIA_MAKE},
    {"Device", "modelName", "DeviceModelName", MEDIA_MODEL},
    {"Device", "serialNo", "DeviceSerialNo", MEDIA_SERIAL},
    {"Lens", "modelName", "LensModelName", MEDIA_LENS},
};

static const char *
local_name(const char *name)
{
	const char *colon = strrchr(name, ':');

	return colon != NULL ? colon + 1 : name;
}

static const char *
find(const char **attributes, const char *name)
{
	for (; attributes[0] != NULL; attributes += 2) {
		if (strcmp(attributes[0], name) == 0)
			return attributes[1];
	}
	return NULL;
}

/* A number that does not fit stands for one that is not known. */
static bool
says_something(int what, const char *value)
{
	return what != MEDIA_SERIAL || (strcmp(value, "4294967295") != 0 && strspn(value, "0") < strlen(value));
}

/* Degrees, minutes and seconds between colons. */
static double
degrees(const char *text)
{
	double part[3] = {0, 0, 0};
	char *end;

	for (int i = 0; i < 3; i++) {
		part[i] = strtod(text, &end);
		if (end == text || !(part[i] >= 0 && part[i] <= 180))
			return NAN;
		if (*end != ':')
			break;
		text = end + 1;
	}
	return part[0] + part[1] / 60 + part[2] / 3600;
}

static void
note_item(struct sony *s, const char *name, const char *value)
{
	if (strcmp(name, "LatitudeRef") == 0)
		s->lat_ref = *value;
	else if (strcmp(name, "LongitudeRef") == 0)
		s->lon_ref = *value;
	else if (strcmp(name, "Latitude") == 0)
		s->lat = degrees(value);
	else if (strcmp(name, "Longitude") == 0)
		s->lon = degrees(value);
}

static void XMLCALL
start(void *arg, const char *element, const char **attributes)
{
	struct sony *s = arg;
	const char *value, *name;

	element = local_name(element);
	if (!s->begun && strcmp(element, "NonRealTimeMeta") != 0)
		XML_StopParser(s->parser, XML_FALSE);
	s->begun = true;
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (strcmp(element, known[i].element) != 0 || (value = find(attributes, known[i].attribute)) == NULL ||
		    !says_something(known[i].what, value))
			continue;
		movie_text(s->movie, &(struct movie_text){known[i].what, MOVIE_MAKER, MOVIE_UTF8, "XML", known[i].tag,
					 (const uint8_t *)value, strlen(value)});
	}
	if (strcmp(element, "Item") == 0 && (name = find(attributes, "name")) != NULL &&
	    (value = find(attributes, "value")) != NULL)
		note_item(s, name, value);
}

/* Nothing that is wanted needs entities of its own, and they can grow without end. */
static void XMLCALL
doctype(void *arg, const char *name, const char *system_id, const char *public_id, int has_internal_subset)
{
	struct sony *s = arg;

	(void)name, (void)system_id, (void)public_id, (void)has_internal_subset;
	XML_StopParser(s->parser, XML_FALSE);
}

static void
end_position(struct sony *s)
{
	struct position position = {.lat = s->lat, .lon = s->lon, .alt_m = NAN};
	bool south = s->lat_ref == 'S', west = s->lon_ref == 'W';

	if (!isfinite(s->lat) || !isfinite(s->lon) || (!south && s->lat_ref != 'N') || (!west && s->lon_ref != 'E'))
		return;
	if (south)
		position.lat = -s->lat;
	if (west)
		position.lon = -s->lon;
	movie_position(s->movie, MOVIE_MAKER, &position);
}

void
bmff_sony(struct bmff *f, const struct box *b)
{
	struct sony s = {.movie = &f->movie, .lat = NAN, .lon = NAN};
	size_t len;
	const uint8_t *p = bmff_text(f, b, &len);

	if (p == NULL || len < 4)
		return;
	if ((s.parser = XML_ParserCreate(NULL)) == NULL) {
		reader_nomem(f->r);
		return;
	}
	XML_SetUserData(s.parser, &s);
	XML_SetStartElementHandler(s.parser, start);
	XML_SetStartDoctypeDeclHandler(s.parser, doctype);
	/* What stands before a fault counts; NULs may follow. */
	XML_Parse(s.parser, (const char *)p + 4, (int)strnlen((const char *)p + 4, len - 4), XML_TRUE);
	XML_ParserFree(s.parser);
	end_position(&s);
}
