/*
 * Flash video: tags of sound, pictures and data one after the other.  The data tag named onMetaData, the first or
 * nearly so, has what is known of the film, as values of ActionScript that may nest; another may have an XMP packet.
 *
 * Source: Adobe Flash Video File Format Specification 10.1, annex E.
 */
#include "format/format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "format/stream/amf.h"
#include "media/media.h"
#include "meta/exif/tags.h"
#include "meta/xmp/xmp.h"

enum { TAG_HEADER = 11, TAG_AUDIO = 8, TAG_VIDEO = 9, TAG_SCRIPT = 18, TAGS_LOOKED_AT = 16 };
enum { NEST_MAX = 32, PATH_MAX_BYTES = 200, VALUES_MAX = 65536 /* of one file */ };

struct flv {
	struct reader *r;
	struct amf data; /* what is left of the tag */
	struct level {
		bool is_array;
		uint32_t index, count; /* of an array */
		size_t path_len;
	} level[NEST_MAX];
	size_t depth;
	char path[PATH_MAX_BYTES]; /* the name of what is being read, as a tag has it */
	size_t path_len;
	struct slice key, creator;
	struct slice packet; /* XMP */
	unsigned values;     /* read so far */
	bool found, cut;     /* onMetaData was there; the data end before the tag does */
};

static bool
from_milliseconds(double ms, struct when *out)
{
	int64_t whole;

	if (!(ms > -1e15 && ms < 1e15) || ms == 0)
		return false;
	whole = (int64_t)ms;
	if (whole < 0)
		return when_from_epoch(whole / 1000, 0, 0, out);
	return when_from_epoch(whole / 1000, (uint32_t)(whole % 1000) * 1000000, whole % 1000 == 0 ? 0 : 3, out);
}

static void
set_date(struct media_info *info, const struct amf_value *v)
{
	struct when w;

	if (v->type != AMF_DATE)
		media_set_date_text(info, MEDIA_DATE_FLV_CREATION, v->text.p, v->text.len);
	else if (from_milliseconds(v->number, &w))
		media_set_date(info, MEDIA_DATE_FLV_CREATION, &w, MEDIA_BASIS_UTC);
	else if (v->number != 0)
		media_warn_no_date(info);
}

enum meaning { NOTHING, SET_NUMBER, SET_TEXT, SET_DATE, SET_CREATOR };

/* Keys of onMetaData that are fields of a record, or that exiftool calls by another name than their own. */
static const struct {
	const char *key, *tag; /* tag NULL: as the key */
	enum meaning meaning;
	int field;
} known[] = {
    {"width", "ImageWidth", SET_NUMBER, MEDIA_WIDTH},
    {"height", "ImageHeight", SET_NUMBER, MEDIA_HEIGHT},
    {"duration", NULL, SET_NUMBER, MEDIA_DURATION},
    {"title", NULL, SET_TEXT, MEDIA_TITLE},
    {"artist", NULL, SET_TEXT, MEDIA_ARTIST},
    {"author", NULL, SET_TEXT, MEDIA_ARTIST},
    {"copyright", NULL, SET_TEXT, MEDIA_COPYRIGHT},
    {"description", NULL, SET_TEXT, MEDIA_DESCRIPTION},
    {"comment", NULL, SET_TEXT, MEDIA_DESCRIPTION},
    {"encoder", NULL, SET_TEXT, MEDIA_SOFTWARE},
    {"metadatacreator", "MetadataCreator", SET_CREATOR, 0},
    {"creationdate", "CreateDate", SET_DATE, 0},
    {"creation_time", "CreationTime", SET_DATE, 0},
    {"audiocodecid", "AudioCodecID", NOTHING, 0},
    {"audiodatarate", "AudioDataRate", NOTHING, 0},
    {"audiodelay", "AudioDelay", NOTHING, 0},
    {"audiosamplerate", "AudioSampleRate", NOTHING, 0},
    {"audiosamplesize", "AudioSampleSize", NOTHING, 0},
    {"audiosize", "AudioSize", NOTHING, 0},
    {"cuePoints", "CuePoint", NOTHING, 0},
    {"datasize", "DataSize", NOTHING, 0},
    {"filesize", "FileSizeBytes", NOTHING, 0},
    {"framerate", "FrameRate", NOTHING, 0},
    {"lastkeyframetimestamp", "LastKeyFrameTime", NOTHING, 0},
    {"lasttimestamp", "LastTimeStamp", NOTHING, 0},
    {"metadatadate", "MetadataDate", NOTHING, 0},
    {"videocodecid", "VideoCodecID", NOTHING, 0},
    {"videodatarate", "VideoDataRate", NOTHING, 0},
    {"videosize", "VideoSize", NOTHING, 0},
};

static const char *
tag_of(struct slice key)
{
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (slice_eq(key, known[i].key))
			return known[i].tag;
	}
	return NULL;
}

static void
set_field(struct flv *f, const struct amf_value *v)
{
	bool is_text = v->type == AMF_STRING || v->type == AMF_LONG_STRING;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		if (!slice_eq(f->key, known[i].key))
			continue;
		if (known[i].meaning == SET_NUMBER && v->type == AMF_NUMBER && v->number > 0)
			media_set_number(f->r->info, (enum media_field)known[i].field, v->number);
		else if (known[i].meaning == SET_TEXT && is_text)
			media_set_text(f->r->info, (enum media_field)known[i].field, v->text.p, v->text.len);
		else if (known[i].meaning == SET_DATE && (is_text || v->type == AMF_DATE))
			set_date(f->r->info, v);
		else if (known[i].meaning == SET_CREATOR && is_text)
			f->creator = v->text;
	}
}

static void
add_tag(struct flv *f, const struct amf_value *v)
{
	struct slice name = {f->path, f->path_len};
	struct when w;

	if (f->r->info->tags == NULL)
		return;
	if (v->type == AMF_NUMBER) {
		tags_number(f->r, "Flash", name, v->number);
	} else if (v->type == AMF_BOOLEAN) {
		tags_text(f->r, "Flash", name, v->number != 0 ? "Yes" : "No", v->number != 0 ? 3 : 2);
	} else if (v->type == AMF_DATE && from_milliseconds(v->number, &w)) {
		tags_when(f->r, "Flash", name, &w);
	} else if (v->text.p != NULL) {
		tags_text(f->r, "Flash", name, v->text.p, v->text.len);
	}
}

static void
add_to_path(struct flv *f, const char *text, size_t len, bool upper)
{
	if (len > sizeof f->path - f->path_len)
		len = sizeof f->path - f->path_len;
	memcpy(f->path + f->path_len, text, len);
	if (upper && len > 0 && text[0] >= 'a' && text[0] <= 'z')
		f->path[f->path_len] = (char)(text[0] & ~0x20);
	f->path_len += len;
}

/* The name of the next member of an object, or of the next element of an array.  False at the end of either. */
static bool
next_name(struct flv *f)
{
	struct level *l = &f->level[f->depth - 1];
	const char *tag;
	char index[16];

	f->path_len = l->path_len;
	f->key = (struct slice){"", 0};
	if (l->is_array) {
		snprintf(index, sizeof index, "%" PRIu32, l->index);
		add_to_path(f, index, strlen(index), false);
		return l->index++ < l->count;
	}
	if (!amf_string(&f->data, 2, &f->key)) {
		f->data.p = f->data.end;
		return false;
	}
	tag = f->depth == 1 ? tag_of(f->key) : NULL;
	add_to_path(f, tag != NULL ? tag : f->key.p, tag != NULL ? strlen(tag) : f->key.len, true);
	return f->key.len > 0 || f->data.p == f->data.end || f->data.p[0] != AMF_OBJECT_END;
}

static bool
enter(struct flv *f, const struct amf_value *v)
{
	if (f->depth == NEST_MAX) {
		media_warn(f->r->info, FAIL_LIMIT, "values nested more than %d deep; the rest was not read", NEST_MAX);
		return false;
	}
	f->level[f->depth++] =
	    (struct level){.is_array = v->type == AMF_STRICT_ARRAY, .count = v->count, .path_len = f->path_len};
	return true;
}

/* An object and what is in it.  Scalars in an array, such as the times of key frames, are an index and no tags. */
static void
read_object(struct flv *f)
{
	struct amf_value v;

	if (!amf_value(&f->data, &v) || !amf_contains(v.type) || !enter(f, &v))
		return;
	while (f->depth > 0 && f->data.p < f->data.end && f->values++ < VALUES_MAX) {
		struct level *l = &f->level[f->depth - 1];

		if (!next_name(f)) {
			if (!l->is_array && f->data.p < f->data.end)
				f->data.p++;
			f->depth--;
			continue;
		}
		if (!amf_value(&f->data, &v)) {
			if (!f->cut)
				media_warn(f->r->info, FAIL_FORMAT,
				    "the data ends within a value, or the type of a value is unknown");
			return;
		}
		if (amf_contains(v.type)) {
			if (!enter(f, &v))
				return;
		} else if (!l->is_array) {
			if (f->depth == 1)
				set_field(f, &v);
			if (slice_eq(f->key, "liveXML"))
				f->packet = v.text;
			else
				add_tag(f, &v);
		}
	}
	if (f->values > VALUES_MAX)
		media_warn(f->r->info, FAIL_LIMIT, "more than %d values; the rest was not read", VALUES_MAX);
}

/* The values of a data tag of this name. */
static void
read_values(struct flv *f, bool is_packet)
{
	f->found |= !is_packet;
	f->packet.p = NULL;
	f->depth = f->path_len = 0;
	read_object(f);
	media_set_text(f->r->info, MEDIA_SOFTWARE, f->creator.p, f->creator.len);
	f->creator = (struct slice){"", 0};
}

static void
read_script(struct flv *f, uint64_t at, size_t len)
{
	size_t max = len < SRC_WINDOW_MAX ? len : SRC_WINDOW_MAX, got;
	const uint8_t *body = reader_some(f->r, at, max, &got);
	struct amf_value v;

	if (body == NULL)
		return;
	f->cut = got < len;
	if (f->cut)
		media_warn(
		    f->r->info, got < max ? FAIL_TRUNCATED : FAIL_LIMIT, "a data tag of %zu bytes is cut off", len);
	f->data = (struct amf){.p = body, .end = body + got};
	if (!amf_value(&f->data, &v) || v.type != AMF_STRING)
		return;
	if (!slice_eq(v.text, "onXMPData") && !slice_eq(v.text, "onMetaData"))
		return;
	read_values(f, slice_eq(v.text, "onXMPData"));
	if (f->packet.p != NULL && f->packet.len > 0)
		xmp_read(f->r, at + (uint64_t)((const uint8_t *)f->packet.p - body), f->packet.len);
}

/* Data tags until there are pictures or sound. */
static void
read_tags(struct flv *f, uint64_t at)
{
	const uint8_t *p;

	for (int i = 0; i < TAGS_LOOKED_AT && at < reader_size(f->r); i++) {
		uint32_t type, len;

		if ((p = reader_at(f->r, at, TAG_HEADER)) == NULL)
			return;
		type = p[0] & 0x1fu;
		len = src_be32(p) & 0xffffff;
		if (type == TAG_SCRIPT)
			read_script(f, at + TAG_HEADER, len);
		if (f->found && (type == TAG_AUDIO || type == TAG_VIDEO))
			return;
		at += TAG_HEADER + len + 4;
	}
}

static void
flv_read(struct reader *r)
{
	struct flv f = {.r = r, .creator = {"", 0}};
	const uint8_t *p;

	if ((p = reader_at(r, 0, 9)) != NULL)
		read_tags(&f, (uint64_t)src_be32(p + 5) + 4);
}

static const char *
flv_bid(const uint8_t *head, size_t len)
{
	if (len < 4 || memcmp(head, "FLV\1", 4) != 0)
		return NULL;
	return "flv";
}

const struct format_reader format_flv = {flv_bid, flv_read};
