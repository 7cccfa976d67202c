/*
 * What a Matroska file says of itself and of its tracks.  A track is known when its element has been left: what type
 * it is may be said after its size.
 */
#include "format/matroska/matroska.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "meta/exif/tags.h"

enum { TIMESTAMP_SCALE = 0x2ad7b1, DURATION = 0x4489, DATE_UTC = 0x4461, TITLE = 0x7ba9, WRITING_APP = 0x5741 };
enum { TRACK = 0xae, TRACK_NUMBER = 0xd7, TRACK_UID = 0x73c5, TRACK_TYPE = 0x83, VIDEO = 0xe0, PROJECTION = 0x7670 };
enum { PIXEL_WIDTH = 0xb0, PIXEL_HEIGHT = 0xba, POSE_YAW = 0x7673, POSE_PITCH = 0x7674, POSE_ROLL = 0x7675 };
enum { PROJECTION_TYPE = 0x7671, AUDIO = 0xe1, DEFAULT_DURATION = 0x23e383, TYPE_VIDEO = 1, RECTANGULAR = 0 };

#define DEFAULT_SCALE 1000000 /* nanoseconds in a millisecond */

static const struct matroska_name info_names[] = {
    {DATE_UTC, MATROSKA_DATE, "DateTimeOriginal"},
    {TIMESTAMP_SCALE, MATROSKA_SECONDS, "TimecodeScale"},
    {TITLE, MATROSKA_TEXT, "Title"},
    {0x4d80, MATROSKA_TEXT, "MuxingApp"},
    {WRITING_APP, MATROSKA_TEXT, "WritingApp"},
    {0x7384, MATROSKA_TEXT, "SegmentFileName"},
    {0x73a4, MATROSKA_HEX, "SegmentUID"},
    {0},
};

static const struct matroska_name track_names[] = {
    {TRACK_NUMBER, MATROSKA_UINT, "TrackNumber"},
    {TRACK_UID, MATROSKA_HEX, "TrackUID"},
    {TRACK_TYPE, MATROSKA_UINT, "TrackType"},
    {0xb9, MATROSKA_UINT, "TrackUsed"},
    {0x88, MATROSKA_UINT, "TrackDefault"},
    {0x55aa, MATROSKA_UINT, "TrackForced"},
    {0x536e, MATROSKA_TEXT, "TrackName"},
    {0x22b59c, MATROSKA_TEXT, "TrackLanguage"},
    {0x22b59d, MATROSKA_TEXT, "TrackLanguageIETF"},
    {0x86, MATROSKA_TEXT, "CodecID"},
    {0x258688, MATROSKA_TEXT, "CodecName"},
    {0x9a, MATROSKA_UINT, "VideoScanType"},
    {0x53b8, MATROSKA_UINT, "Stereo3DMode"},
    {PIXEL_WIDTH, MATROSKA_UINT, "ImageWidth"},
    {PIXEL_HEIGHT, MATROSKA_UINT, "ImageHeight"},
    {0x54b0, MATROSKA_UINT, "DisplayWidth"},
    {0x54ba, MATROSKA_UINT, "DisplayHeight"},
    {0x54b2, MATROSKA_UINT, "DisplayUnit"},
    {0xb5, MATROSKA_FLOAT, "AudioSampleRate"},
    {0x78b5, MATROSKA_FLOAT, "OutputAudioSampleRate"},
    {0x9f, MATROSKA_UINT, "AudioChannels"},
    {0x6264, MATROSKA_UINT, "AudioBitsPerSample"},
    {PROJECTION_TYPE, MATROSKA_UINT, "ProjectionType"},
    {POSE_YAW, MATROSKA_FLOAT, "ProjectionPoseYaw"},
    {POSE_PITCH, MATROSKA_FLOAT, "ProjectionPosePitch"},
    {POSE_ROLL, MATROSKA_FLOAT, "ProjectionPoseRoll"},
    {0},
};

static const struct matroska_name video_names[] = {{DEFAULT_DURATION, MATROSKA_RATE, "VideoFrameRate"}, {0}};
static const struct matroska_name other_names[] = {{DEFAULT_DURATION, MATROSKA_SECONDS, "DefaultDuration"}, {0}};

struct duration {
	uint64_t scale; /* nanoseconds */
	double units;   /* of these */
};

static void
set_date(struct media_info *info, const struct ebml_value *v)
{
	struct when w;

	if (ebml_date(v, &w))
		media_set_date(info, MEDIA_DATE_MATROSKA_DATE, &w, MEDIA_BASIS_UTC);
	else
		media_warn_no_date(info);
}

static void
note_info(struct reader *r, struct duration *d, const struct ebml_value *v)
{
	struct slice text = ebml_text(v);
	uint64_t u;

	if (v->id == TIMESTAMP_SCALE && ebml_uint(v, &u) && u > 0)
		d->scale = u;
	else if (v->id == DURATION)
		ebml_float(v, &d->units);
	else if (v->id == DATE_UTC)
		set_date(r->info, v);
	else if (v->id == TITLE)
		media_set_text(r->info, MEDIA_TITLE, text.p, text.len);
	else if (v->id == WRITING_APP)
		media_set_text(r->info, MEDIA_SOFTWARE, text.p, text.len);
	matroska_tag(r, "Info", info_names, v);
}

void
matroska_info(struct matroska *m, const struct ebml_element *info)
{
	struct duration d = {.scale = DEFAULT_SCALE};
	struct reader *r = m->ebml.r;
	struct ebml_walk w;
	struct ebml_element e;
	struct ebml_value v;
	double seconds;

	ebml_walk_init(&w, &m->ebml, info);
	while (ebml_next(&w, &e) == EBML_ELEMENT) {
		if (ebml_value(&m->ebml, &e, &v))
			note_info(r, &d, &v);
	}
	seconds = d.units * ((double)d.scale / 1e9);
	if (seconds > 0 && isfinite(seconds)) {
		media_set_number(r->info, MEDIA_DURATION, seconds);
		tags_number(r, "Info", slice_of("Duration"), seconds);
	}
}

struct track {
	uint64_t number, uid, type, width, height, projection;
	double yaw, pitch, roll;
};

/* Turned counter-clockwise by the roll, which Exif has for quarters of a circle.  Sphere's poses are no orientation. */
static void
set_orientation(struct media_info *info, const struct track *t)
{
	static const uint8_t turned[] = {1, 8, 3, 6};
	double quarters = t->roll / 90;

	if (t->projection != RECTANGULAR || t->yaw != 0 || t->pitch != 0 || t->roll == 0)
		return;
	if (quarters == floor(quarters) && fabs(quarters) <= 4)
		media_set_number(info, MEDIA_ORIENTATION, turned[(int)quarters & 3]);
}

static void
note_track(struct matroska *m, const struct track *t)
{
	struct reader *r = m->ebml.r;

	if (m->ntracks < MATROSKA_TRACKS_MAX) {
		m->track[m->ntracks].uid = t->uid;
		m->track[m->ntracks++].number = t->number;
	} else {
		media_warn(r->info, FAIL_LIMIT, "more than %d tracks; the rest was not read", MATROSKA_TRACKS_MAX);
	}
	if (t->type != TYPE_VIDEO || t->width == 0 || t->height == 0 ||
	    r->info->field[MEDIA_WIDTH].kind != MEDIA_ABSENT)
		return;
	reader_set_size(r, (double)t->width, (double)t->height);
	set_orientation(r->info, t);
}

static void
note_value(struct reader *r, struct track *t, const struct ebml_value *v)
{
	char group[32];

	switch (v->id) {
#define ROW(id, member, read)        \
	case id:                     \
		read(v, &t->member); \
		break
		ROW(TRACK_NUMBER, number, ebml_uint);
		ROW(TRACK_UID, uid, ebml_uint);
		ROW(TRACK_TYPE, type, ebml_uint);
		ROW(PIXEL_WIDTH, width, ebml_uint);
		ROW(PIXEL_HEIGHT, height, ebml_uint);
		ROW(PROJECTION_TYPE, projection, ebml_uint);
		ROW(POSE_YAW, yaw, ebml_float);
		ROW(POSE_PITCH, pitch, ebml_float);
		ROW(POSE_ROLL, roll, ebml_float);
#undef ROW
	default:
		break;
	}
	snprintf(group, sizeof group, "Track%llu", (unsigned long long)t->number);
	matroska_tag(r, group, track_names, v);
	matroska_tag(r, group, t->type == TYPE_VIDEO ? video_names : other_names, v);
}

static bool
has_elements(uint32_t id)
{
	return id == TRACK || id == VIDEO || id == AUDIO || id == PROJECTION;
}

void
matroska_tracks(struct matroska *m, const struct ebml_element *tracks)
{
	struct track t = {0};
	struct ebml_walk w;
	struct ebml_element e;
	struct ebml_value v;
	enum ebml_step step;

	ebml_walk_init(&w, &m->ebml, tracks);
	while ((step = ebml_next(&w, &e)) != EBML_END) {
		if (step == EBML_LEFT) {
			if (e.id == TRACK)
				note_track(m, &t);
		} else if (has_elements(e.id)) {
			if (e.id == TRACK)
				t = (struct track){0};
			ebml_enter(&w, &e);
		} else if (e.size <= EBML_VALUE_MAX && ebml_value(&m->ebml, &e, &v)) {
			note_value(m->ebml.r, &t, &v);
		}
	}
}
