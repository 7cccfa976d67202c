#include "report/page/sheet.h"

#include "base/json.h"
#include "base/pathname.h"
#include "report/human.h"
#include "report/page/html.h"

#define NAME_MAX_SHOWN 80 /* bytes of a name below its picture */
#define WORDS_MAX 200     /* of a title or description */
#define PIECE (64u << 10)

int
sheet_init(struct sheet *s, int dirfd, const char *library, struct fail *why)
{
	*s = (struct sheet){.tiles.fd = -1};
	return pictures_init(&s->pictures, dirfd, library, why);
}

void
sheet_fini(struct sheet *s)
{
	pictures_fini(&s->pictures);
	spool_fini(&s->tiles);
	rec_group_fini(&s->group);
	buf_fini(&s->tile);
	buf_fini(&s->text);
}

static struct slice
name_of(const struct rec *rec)
{
	const char *name = pathname_last(rec->path.p);

	return slice_of(*name != '\0' ? name : rec->path.p);
}

/* What people have said of it, or else its name. */
static void
put_alternative(struct sheet *s, const struct rec *rec)
{
	struct slice words = name_of(rec);

	if (rec_get_string(rec, "title", &s->text) || rec_get_string(rec, "description", &s->text))
		words = buf_slice(&s->text);
	html_short(&s->tile, words, WORDS_MAX);
}

static void
put_picture(struct sheet *s, const struct rec *rec)
{
	const struct preview *small = &s->pictures.preview;

	buf_addf(&s->tile, "<div class=\"p o%d\"><img decoding=\"async\" alt=\"", small->orientation);
	put_alternative(s, rec);
	buf_adds(&s->tile, "\" src=\"data:image/jpeg;base64,");
	json_base64(&s->tile, small->jpeg.p, small->jpeg.len);
	buf_adds(&s->tile, "\"></div>");
	s->small++;
	s->bytes += small->jpeg.len;
}

/* The type of its content, or what its name says. */
static void
put_type(struct sheet *s, const struct rec *rec)
{
	const char *extension = pathname_extension(rec->path.p);

	if (!rec_get_string(rec, "type", &s->text) && extension != NULL) {
		buf_clear(&s->text, SIZE_MAX);
		buf_adds(&s->text, extension);
	}
	s->tile.failed |= s->text.failed;
	buf_adds(&s->tile, "<div class=\"p\">");
	html_short_name(&s->tile, buf_slice(&s->text), WORDS_MAX / 10);
	buf_adds(&s->tile, "</div>");
}

static void
put_caption(struct sheet *s, const struct sheet_file *file, enum kind kind)
{
	buf_adds(&s->tile, "<figcaption>");
	html_short_name(&s->tile, name_of(file->rec), NAME_MAX_SHOWN);
	if (rec_get_string(file->rec, "title", &s->text)) {
		buf_adds(&s->tile, " <span>");
		html_short_name(&s->tile, buf_slice(&s->text), NAME_MAX_SHOWN);
		buf_adds(&s->tile, "</span>");
	}
	if (file->day != NULL)
		buf_addf(&s->tile, " <time>%s</time>", file->day);
	else
		buf_adds(&s->tile, " <span>no date</span>");
	buf_adds(&s->tile, kind == FILM ? " <span>film</span></figcaption>" : "</figcaption>");
}

/* Whether there is a picture, and room for it. */
static bool
has_picture(struct sheet *s)
{
	size_t len = s->pictures.preview.jpeg.len;

	if (len == 0)
		return false;
	s->full = s->bytes + len > SHEET_BYTES_MAX;
	return !s->full;
}

static int
put_tile(struct sheet *s, const struct sheet_file *file, enum kind kind, struct fail *why)
{
	buf_clear(&s->tile, 2 * READER_PREVIEW_BYTES);
	buf_adds(&s->tile, "<li><figure>");
	if (!s->full && picture_of(&s->pictures, file->rec, file->log, why) == -1)
		return -1;
	if (!s->full && has_picture(s))
		put_picture(s, file->rec);
	else
		put_type(s, file->rec);
	put_caption(s, file, kind);
	buf_adds(&s->tile, "</figure></li>\n");
	s->shown++;
	return s->tile.failed ? fail_nomem(why) : spool_add(&s->tiles, s->tile.p, s->tile.len, why);
}

int
sheet_add(struct sheet *s, const struct sheet_file *file, struct fail *why)
{
	enum kind kind;

	if (!rec_get_group(file->rec, &s->group) && rec_group_failed(&s->group))
		return fail_nomem(why);
	kind = kind_of(file->rec, &s->group);
	if (kind != PICTURE && kind != FILM)
		return 0;
	s->files++;
	return s->shown < SHEET_TILES_MAX ? put_tile(s, file, kind, why) : 0;
}

static void
put_note(struct buf *out, uint64_t n, const char *one, const char *many)
{
	if (n == 0)
		return;
	buf_adds(out, "<p>");
	human_things(out, n, one, many);
	buf_adds(out, "</p>\n");
}

static int
put_tiles(struct sheet *s, struct run *run, struct buf *out, struct fail *why)
{
	uint64_t size = spool_size(&s->tiles);

	for (uint64_t at = 0; at < size; at += PIECE) {
		size_t n = size - at < PIECE ? (size_t)(size - at) : PIECE;
		char *to = buf_reserve(out, n);

		if (to == NULL)
			return fail_nomem(why);
		if (spool_read(&s->tiles, at, to, n, why) == -1)
			return -1;
		out->len += n;
		if (run_flush(run, why) == -1)
			return -1;
	}
	return 0;
}

int
sheet_put(struct sheet *s, struct run *run, struct buf *out, struct fail *why)
{
	if (s->files == 0)
		return 0;
	buf_adds(out, "<section aria-labelledby=\"sheet\">\n<h2 id=\"sheet\">Pictures and films</h2>\n");
	if (s->full)
		put_note(out, s->small, "small picture is shown; for more the page has no room.",
		    "small pictures are shown; for more the page has no room.");
	put_note(out, s->files - s->shown, "file more is not shown.", "files more are not shown.");
	buf_adds(out, "<ul class=\"sheet\">\n");
	if (put_tiles(s, run, out, why) == -1)
		return -1;
	buf_adds(out, "</ul>\n</section>\n");
	return 0;
}
