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
};

static const struct matroska_name video_names[] = {{DEFAULT_DURATION, MATROSKA_RATE, "VideoFrameRate"}};
static const struct matroska_name other_names[] = {{DEFAULT_DURATION, MATROSKA_SECONDS, "DefaultDuration"}};

#define COUNT(names) (sizeof(names) / sizeof((names)[0]))

static void
set_date(struct matroska *m, const uint8_t *p, size_t len)
{
	struct when w;

	if (ebml_date(p, len, &w))
		media_set_date(m->info, MEDIA_DATE_MATROSKA_DATE, &w, MEDIA_BASIS_UTC);
	else
		media_warn_no_date(m->info);
}

static void
note_info(struct matroska *m, const struct ebml_element *e, const uint8_t *p, size_t len)
{
	uint64_t u;
	double v;

	switch (e->id) {
	case TIMESTAMP_SCALE:
		if (ebml_uint(p, len, &u) && u > 0)
			m->time.timestamp_scale = u;
		break;
	case DURATION:
		if (ebml_float(p, len, &v))
			m->time.duration = v;
		break;
	case DATE_UTC:
		set_date(m, p, len);
		break;
	case TITLE:
		media_set_text(m->info, MEDIA_TITLE, (const char *)p, strnlen((const char *)p, len));
		break;
	case WRITING_APP:
		media_set_text(m->info, MEDIA_SOFTWARE, (const char *)p, strnlen((const char *)p, len));
		break;
	default:
		break;
	}
	matroska_tag(m, "Info", info_names, COUNT(info_names), e, p, len);
}

int
matroska_info(struct matroska *m, const struct ebml_element *info, struct fail *why)
{
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;
	const uint8_t *p;
	size_t len;

	m->time.timestamp_scale = DEFAULT_SCALE;
	ebml_walk_init(&w, m->src, info);
	while ((step = matroska_next(m, &w, &e, why)) == EBML_ELEMENT) {
		if ((p = matroska_value(m, &e, &len, why)) != NULL)
			note_info(m, &e, p, len);
		else if (why->code != FAIL_NONE)
			return -1;
	}
	m->time.duration *= (double)m->time.timestamp_scale / 1e9;
	if (m->time.duration > 0 && isfinite(m->time.duration)) {
		media_set_number(m->info, MEDIA_DURATION, m->time.duration);
		tags_number(&(struct reader){.work = m->work, .info = m->info}, "Info", (struct slice){"Duration", 8},
		    m->time.duration);
	}
	return step == EBML_FAILED ? -1 : 0;
}

struct track {
	uint64_t number, uid, type, width, height, projection;
	double yaw, pitch, roll;
};

/* Turned counter-clockwise by the roll, which Exif has for quarters of a circle.  Sphere's poses are no orientation. */
static void
set_orientation(struct matroska *m, const struct track *t)
{
	static const uint8_t turned[] = {1, 8, 3, 6};
	double quarters = t->roll / 90;

	if (t->projection != RECTANGULAR || t->yaw != 0 || t->pitch != 0 || t->roll == 0)
		return;
	if (quarters == floor(quarters) && fabs(quarters) <= 4)
		media_set_number(m->info, MEDIA_ORIENTATION, turned[(int)quarters & 3]);
}

static void
note_track(struct matroska *m, const struct track *t)
{
	if (m->ntracks < MATROSKA_TRACKS_MAX) {
		m->track[m->ntracks].uid = t->uid;
		m->track[m->ntracks++].number = t->number;
	} else {
		media_warn(m->info, FAIL_LIMIT, "more than %d tracks", MATROSKA_TRACKS_MAX);
	}
	if (t->type != TYPE_VIDEO || t->width == 0 || t->height == 0 ||
	    m->info->field[MEDIA_WIDTH].kind != MEDIA_ABSENT)
		return;
	media_set_number(m->info, MEDIA_WIDTH, (double)t->width);
	media_set_number(m->info, MEDIA_HEIGHT, (double)t->height);
	set_orientation(m, t);
}

static void
note_value(struct matroska *m, struct track *t, const struct ebml_element *e, const uint8_t *p, size_t len)
{
	char group[32];

	switch (e->id) {
#define ROW(id, member, read)             \
	case id:                          \
		read(p, len, &t->member); \
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
	matroska_tag(m, group, track_names, COUNT(track_names), e, p, len);
	matroska_tag(m, group, t->type == TYPE_VIDEO ? video_names : other_names, 1, e, p, len);
}

static bool
has_elements(uint32_t id)
{
	return id == TRACK || id == VIDEO || id == AUDIO || id == PROJECTION;
}

int
matroska_tracks(struct matroska *m, const struct ebml_element *tracks, struct fail *why)
{
	struct track t = {0};
	struct ebml_walk w;
	struct ebml_element e;
	enum ebml_step step;
	const uint8_t *p;
	size_t len;

	ebml_walk_init(&w, m->src, tracks);
	while ((step = matroska_next(m, &w, &e, why)) == EBML_ELEMENT || step == EBML_LEFT) {
		if (step == EBML_LEFT) {
			if (e.id == TRACK)
				note_track(m, &t);
		} else if (has_elements(e.id)) {
			if (e.id == TRACK)
				t = (struct track){0};
			ebml_enter(&w, &e);
		} else if (e.size <= EBML_TEXT_MAX && (p = matroska_value(m, &e, &len, why)) != NULL) {
			note_value(m, &t, &e, p, len);
		} else if (why->code != FAIL_NONE) {
			return -1;
		}
	}
	return step == EBML_FAILED ? -1 : 0;
}
