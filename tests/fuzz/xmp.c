/* Fuzz XMP packets: in one piece, and in pieces as expat gets them, which must say the same where neither warns. */
#include "reader.h"

#include "meta/exif/tags.h"
#include "meta/reader.h"
#include "meta/xmp/xmp.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct reader_worker *worker;
static struct buf tags;

static void
read_whole(const uint8_t *bytes, size_t size, struct media_info *info)
{
	static struct src *src;
	struct fail why = {0};
	struct reader r = {.worker = worker, .info = info, .why = &why};

	if (src == NULL)
		require((src = src_new()) != NULL, "out of memory");
	r.src = src;
	media_clear(info);
	xmp_file_begin(worker);
	src_open_memory(src, bytes, size);
	xmp_read(&r, 0, size);
	require(!r.failed, "bytes in memory cannot fail to be read");
	check_fields(info);
	check_taken(info);
}

static void
read_pieces(const uint8_t *data, size_t size, size_t piece, struct media_info *info)
{
	struct fail why = {0};
	size_t at, n;
	char *exact;

	media_clear(info);
	if (info->tags != NULL)
		tags_begin(&(struct reader){.worker = worker, .info = info, .why = &why});
	require(xmp_begin(&(struct reader){.worker = worker, .info = info, .why = &why}) == 0, "out of memory");
	for (at = 0; at < size; at += n) {
		n = size - at < piece ? size - at : piece;
		require((exact = malloc(n)) != NULL, "out of memory");
		memcpy(exact, data + at, n);
		xmp_add(worker, exact, n);
		free(exact);
	}
	xmp_end(worker);
	check_fields(info);
}

static void
compare(const struct media_info *a, const struct media_info *b)
{
	for (int i = 0; i < MEDIA_FIELDS; i++) {
		const struct media_value *v = &a->field[i], *w = &b->field[i];

		require(v->kind == w->kind && v->number == w->number && v->len == w->len,
		    media_field_name((enum media_field)i));
		require(
		    v->kind != MEDIA_TEXT || memcmp(a->text.p + v->at, b->text.p + w->at, v->len) == 0, "another text");
	}
	for (int i = 0; i < MEDIA_DATE_SOURCES; i++)
		require(a->date[i].when.precision == b->date[i].when.precision &&
			    when_seconds(&a->date[i].when) == when_seconds(&b->date[i].when),
		    "another date");
	require(a->nitems == b->nitems, "another list");
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct media_info whole, pieces, all = {.tags = &tags};
	uint8_t *exact = malloc(size + (size == 0));

	if (worker == NULL)
		worker = reader_worker_new();
	require(worker != NULL && exact != NULL, "out of memory");
	if (size > 0)
		memcpy(exact, data, size);
	read_whole(exact, size, &whole);
	free(exact);
	read_pieces(data, size, size > 0 ? 1 + data[size - 1] : 1, &pieces);
	if (whole.nwarnings == 0 && pieces.nwarnings == 0)
		compare(&whole, &pieces);
	read_pieces(data, size, size > 0 ? 1 + data[0] : 1, &all);
	check_tags(&tags);
	return 0;
}
