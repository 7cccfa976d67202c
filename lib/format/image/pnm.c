/*
 * PBM, PGM, PPM and PAM: a header of words, and the picture right behind the one blank that ends it.  The whole header
 * is looked at before the content is taken for a picture, for it begins as a text might.
 *
 * Source: netpbm, pbm(5), pgm(5), ppm(5), pam(5).
 */
#include <string.h>

#include "base/num.h"
#include "format/format.h"

enum { WIDTH, HEIGHT, MAXVAL, DEPTH, NUMBERS };
enum { TEXT_MAX = 3, PACKED = 4, PAM = 7 }; /* P1 to P3 are text, P4 has eight pixels in a byte */
enum { ONE_BYTE = 255 };                    /* samples of a larger MAXVAL have two */

struct header {
	struct slice left;
	int kind;
	uint64_t n[NUMBERS];
};

/* A comment is a blank that ends where its line ends. */
static bool
is_blank(char c)
{
	return memchr(" \t\n\v\f\r#", c, 7) != NULL;
}

/* The next word, and the one blank behind it.  False where the head ends before. */
static bool
next_word(struct slice *left, struct slice *word)
{
	do {
		size_t n = 0;

		while (n < left->len && !is_blank(left->p[n]))
			n++;
		*word = (struct slice){left->p, n};
		while (n < left->len && left->p[word->len] == '#' && left->p[n] != '\n')
			n++;
		if (n == left->len)
			return false;
		*left = (struct slice){left->p + n + 1, left->len - n - 1};
	} while (word->len == 0);
	return true;
}

static bool
read_number(struct header *h, int i)
{
	struct slice word;

	return next_word(&h->left, &word) && num_parse_u64(word.p, word.len, &h->n[i]) && h->n[i] > 0 &&
	       h->n[i] <= (i == MAXVAL ? UINT16_MAX : INT32_MAX);
}

static bool
read_numbers(struct header *h)
{
	int last = h->kind % 3 == 1 ? HEIGHT : MAXVAL; /* a PBM has no more */

	for (int i = WIDTH; i <= last; i++) {
		if (!read_number(h, i))
			return false;
	}
	h->n[DEPTH] = h->kind % 3 == 0 ? 3 : 1;
	return h->kind > TEXT_MAX || h->left.len == 0 || is_blank(*h->left.p) ||
	       (*h->left.p >= '0' && *h->left.p <= '9');
}

/* A PAM's, in any order; its TUPLTYPE is a word like another. */
static bool
read_named_numbers(struct header *h)
{
	static const char *const names[NUMBERS] = {"WIDTH", "HEIGHT", "MAXVAL", "DEPTH"};
	struct slice word;

	while (next_word(&h->left, &word)) {
		if (slice_eq(word, "ENDHDR"))
			return h->n[WIDTH] > 0 && h->n[HEIGHT] > 0 && h->n[MAXVAL] > 0 && h->n[DEPTH] > 0;
		for (int i = 0; i < NUMBERS; i++) {
			if (slice_eq(word, names[i]) && !read_number(h, i))
				return false;
		}
	}
	return false;
}

static bool
parse(struct header *h, const uint8_t *head, size_t len)
{
	struct slice word;

	*h = (struct header){.left = {(const char *)head, len}};
	if (len == 0 || head[0] != 'P' || !next_word(&h->left, &word) || word.len != 2)
		return false;
	h->kind = word.p[1] - '0';
	if (h->kind < 1 || h->kind > PAM)
		return false;
	return h->kind == PAM ? read_named_numbers(h) : read_numbers(h);
}

static const char *
bid(const uint8_t *head, size_t len)
{
	static const char *const types[] = {NULL, "pbm", "pgm", "ppm", "pbm", "pgm", "ppm", "pam"};
	struct header h;

	return parse(&h, head, len) ? types[h.kind] : NULL;
}

static void
read_pnm(struct reader *r)
{
	size_t len;
	const uint8_t *head = reader_some(r, 0, SRC_HEAD_SIZE, &len);
	struct header h;
	uint64_t size;

	if (head == NULL || !parse(&h, head, len))
		return;
	reader_set_size(r, (double)h.n[WIDTH], (double)h.n[HEIGHT]);
	/* below 2^63 */
	size = h.kind == PACKED ? (h.n[WIDTH] + 7) / 8 : h.n[WIDTH] * h.n[DEPTH] * (h.n[MAXVAL] > ONE_BYTE ? 2 : 1);
	if (h.kind > TEXT_MAX && (!num_mul(size, h.n[HEIGHT], &size) || size > reader_size(r) - (len - h.left.len)))
		media_warn(r->info, FAIL_TRUNCATED, "the PNM ends within its picture");
}

const struct format_reader format_pnm = {bid, read_pnm};
