/*
 * The fields of structures in an array become one array for each field, so the values of a property are kept until it
 * ends and then put together by name.
 */
#include "meta/xmp/xmp-tags.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "meta/exif/tags.h"

#define TAGS_KEEP 64 /* of the array, from one packet to the next */
#define TEXT_KEEP (16u << 10)

void
xmp_tags_begin(struct xmp_tags *t, const struct reader *r)
{
	if (t->cap > TAGS_KEEP) {
		free(t->tag);
		t->tag = NULL;
		t->cap = 0;
	}
	t->reader = *r;
	t->n = 0;
	buf_clear(&t->text, TEXT_KEEP);
}

void
xmp_tags_fini(struct xmp_tags *t)
{
	free(t->tag);
	buf_fini(&t->text);
}

static bool
has_room(struct xmp_tags *t, size_t len)
{
	struct xmp_tag *tag;

	if (t->n == XMP_TAGS_MAX || len > XMP_TAGS_SIZE - t->text.len) {
		media_warn(t->reader.info, FAIL_LIMIT,
		    "an XMP property has more than %d values, or over %u KiB of them", XMP_TAGS_MAX,
		    XMP_TAGS_SIZE >> 10);
		return false;
	}
	if ((tag = array_room(t->tag, &t->cap, t->n, sizeof *tag)) == NULL) {
		t->reader.info->text.failed = true;
		return false;
	}
	t->tag = tag;
	return true;
}

void
xmp_tags_leaf(struct xmp_tags *t, const struct xmp_leaf *leaf)
{
	bool other = leaf->in_alt && !leaf->is_default && *leaf->lang != '\0';
	size_t lang_len = other ? 1 + strlen(leaf->lang) : 0, len = leaf->len;
	struct xmp_tag *tag;

	if (len > TAGS_VALUE_MAX)
		for (len = TAGS_VALUE_MAX; len > 0 && ((unsigned char)leaf->text[len] & 0xc0) == 0x80; len--)
			;
	if (len == 0 || leaf->name.len == 0 || !has_room(t, leaf->name.len + lang_len + len))
		return;
	snprintf(t->group, sizeof t->group, "XMP%s%s", *leaf->group != '\0' ? "-" : "", leaf->group);
	tag = &t->tag[t->n++];
	*tag = (struct xmp_tag){
	    .at = t->text.len, .name_len = leaf->name.len + lang_len, .len = len, .in_list = leaf->in_list};
	buf_add(&t->text, leaf->name.p, leaf->name.len);
	if (other) {
		buf_addc(&t->text, '-');
		buf_adds(&t->text, leaf->lang);
	}
	if (buf_add(&t->text, leaf->text, len) == 0)
		tag->hash = tags_hash(t->text.p + tag->at, tag->name_len);
}

static bool
is_same(const struct xmp_tags *t, const struct xmp_tag *a, const struct xmp_tag *b)
{
	return a->hash == b->hash && a->name_len == b->name_len &&
	       memcmp(t->text.p + a->at, t->text.p + b->at, a->name_len) == 0;
}

/* Where there is a list of this name already, or no room, each of its items finds that out by itself. */
static void
append_list(struct xmp_tags *t, size_t from)
{
	const struct xmp_tag first = t->tag[from];
	size_t i;

	if (!tags_list(&t->reader, t->group, (struct slice){t->text.p + first.at, first.name_len}))
		return;
	for (i = from; i < t->n; i++) {
		struct xmp_tag *tag = &t->tag[i];

		if (tag->done || !is_same(t, &first, tag))
			continue;
		tag->done = true;
		tags_item(t->reader.info, t->text.p + tag->at + tag->name_len, tag->len);
	}
	tags_list_end(t->reader.info);
}

void
xmp_tags_property(struct xmp_tags *t)
{
	size_t i;

	for (i = 0; i < t->n && !t->text.failed; i++) {
		const struct xmp_tag *tag = &t->tag[i];
		const char *name = t->text.p + tag->at;

		if (tag->done)
			continue;
		if (tag->in_list)
			append_list(t, i);
		else
			tags_text(
			    &t->reader, t->group, (struct slice){name, tag->name_len}, name + tag->name_len, tag->len);
	}
	t->reader.info->text.failed |= t->text.failed;
	t->n = 0;
	t->text.len = 0;
}
