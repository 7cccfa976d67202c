/* Bodies that are texts are read whole, up to a limit, and handed to those who know what they say. */
#include <inttypes.h>
#include <stdio.h>

#include "format/bmff/bmff.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

const uint8_t *
bmff_text(struct bmff *f, const struct box *b, size_t *len)
{
	char name[5];

	if (b->end - b->body > USERDATA_TEXT_MAX) {
		media_warn(f->boxes.info, FAIL_VALUE, "a text of %" PRIu64 " bytes (%s) was passed over",
		    b->end - b->body, box_name(b->type, name));
		return NULL;
	}
	*len = (size_t)(b->end - b->body);
	return box_bytes(&f->boxes, b, 0, *len);
}

static bool
wants_tags(const struct bmff *f)
{
	return f->boxes.info->tags != NULL;
}

void
bmff_keys(struct bmff *f, const struct box *b)
{
	size_t len;
	const uint8_t *p = bmff_text(f, b, &len);

	if (p == NULL)
		return;
	if (!userdata_keys(&f->keys, p, len, wants_tags(f)) && !f->keys.names.failed)
		media_warn(f->boxes.info, FAIL_LIMIT, "of the metadata keys the first %u were read", USERDATA_KEYS_MAX);
	f->boxes.info->text.failed |= f->keys.names.failed;
}

/* An item lies in a list in a meta box, and that perhaps in a track. */
void
bmff_item(struct bmff *f, const struct box *b)
{
	bool in_track = box_outer(&f->boxes, 2) == BOX_TYPE('t', 'r', 'a', 'k');
	bool shows = f->track.handler == BOX_TYPE('v', 'i', 'd', 'e');
	const uint8_t *p;
	size_t len;

	if (!userdata_has_key(&f->keys, b->type) && !userdata_known(b->type, wants_tags(f)))
		return;
	if ((p = bmff_text(f, b, &len)) != NULL)
		userdata_item(&f->movie, &f->keys,
		    !in_track ? NULL
		    : shows   ? "VideoKeys"
			      : "AudioKeys",
		    b->type, p, len);
}

void
bmff_userdata(struct bmff *f, const struct box *b)
{
	const uint8_t *p;
	size_t len;

	if (userdata_known(b->type, wants_tags(f)) && (p = bmff_text(f, b, &len)) != NULL)
		userdata_box(&f->movie, b->type, p, len);
}

void
bmff_xmp(struct bmff *f, const struct box *b, uint64_t skip)
{
	struct boxes *w = &f->boxes;

	if (f->work != NULL && b->end - b->body > skip &&
	    xmp_read(&(struct reader){.src = w->src, .work = f->work, .info = w->info, .why = w->why}, b->body + skip,
		b->end - b->body - skip) == -1)
		box_fail(w);
}
