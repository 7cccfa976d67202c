/* avi -- what the parts of the AVI reader share. */
#ifndef FORMAT_RIFF_AVI_H
#define FORMAT_RIFF_AVI_H

#include "format/riff/riff.h"

struct avi {
	struct reader *r;
	struct riff riff;
	uint32_t us_per_frame, frames, total_frames; /* of the film's header, and of its OpenDML one */
	uint32_t width, height;                      /* of the film's header */
	double seconds;                              /* by the first video stream's header */
	bool is_video;                               /* the stream that is being read */
	bool has_video;                              /* one was read */
	bool has_exif;
	struct when day;       /* ICRD, a day */
	char time[16];         /* etim, which says when on it */
	unsigned frame_chunks; /* frames that lie where no frames should be */
};

/* avi_text() -- read a chunk that is text; others are passed over. */
void avi_text(struct avi *a, const struct riff_chunk *c);

/* avi_text_end() -- put together what needed several chunks. */
void avi_text_end(struct avi *a);

/* avi_maker() -- read a chunk of a camera's own (JUNK, strd, nctg), if it is of a known kind. */
void avi_maker(struct avi *a, const struct riff_chunk *c);

#endif
