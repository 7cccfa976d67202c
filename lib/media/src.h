/*
 * src -- bounded random access to the bytes of one file.
 *
 * Readers never see a file descriptor: they ask for ranges.  The first 16 KiB are read at once (nearly always enough
 * for a JPEG); a range beyond is read where the structure points, into a second window.  Every read counts against
 * a budget, so that no structure can make a reader read a file without end; so does every range that is given out,
 * read or still there, so that no structure can make it look at the same bytes without end.
 */
#ifndef MEDIA_SRC_H
#define MEDIA_SRC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fail.h"
#include "base/num.h"

#define SRC_HEAD_SIZE (16u << 10)
#define SRC_WINDOW_MAX (1u << 20)    /* longest single range */
#define SRC_BUDGET_BYTES (16u << 20) /* read from one file */
#define SRC_BUDGET_READS 4096u
#define SRC_BUDGET_GIVEN (64u << 20) /* bytes of all ranges given out; files of cameras need 1 MiB */

struct src; /* reusable: one for each worker */

struct src *src_new(void); /* NULL: ENOMEM */
void src_free(struct src *s);

/* src_open() -- begin with an open descriptor (borrowed) of a file of size_bytes; reads the head.  0 or -1: EIO … */
int src_open(struct src *s, int fd, uint64_t size_bytes, struct fail *why);

/* src_open_memory() -- begin with bytes in memory (borrowed), as the tests and fuzzers do; never copied. */
void src_open_memory(struct src *s, const uint8_t *bytes, size_t len);

/* Ranges of bytes that come from elsewhere. */
struct src_from {
	void *arg;
	/* As io_read(): up to len bytes at `offset`, fewer only at the end; or -1. */
	ssize_t (*read)(void *arg, void *dst, size_t len, uint64_t offset, struct fail *why);
};

/* src_open_from() -- the same as src_open(), of size_bytes that come from elsewhere. */
int src_open_from(struct src *s, const struct src_from *from, uint64_t size_bytes, struct fail *why);

/* src_skip() -- from now on the file begins behind its first n bytes, which src_some(s, 0, n, ...) has just given. */
void src_skip(struct src *s, size_t n);

uint64_t src_size(const struct src *s);

/*
 * src_at() -- exactly len bytes at `offset`, valid until the next call with this src.  NULL with why: FAIL_TRUNCATED
 * where the file ends before, FAIL_LIMIT over a budget or SRC_WINDOW_MAX, or the read's errno.
 */
const uint8_t *src_at(struct src *s, uint64_t offset, size_t len, struct fail *why);

/* src_is_damage() -- whether src_at() failed by what the file is, not by the read: the rest of the file may be fine. */
static inline bool
src_is_damage(const struct fail *why)
{
	return why->code == FAIL_TRUNCATED || why->code == FAIL_LIMIT;
}

/* src_some() -- like src_at(), but as many bytes as the file has, up to len; *got may be 0. */
const uint8_t *src_some(struct src *s, uint64_t offset, size_t len, size_t *got, struct fail *why);

/* Unaligned integers in either order. */
static inline uint16_t
src_be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static inline uint32_t
src_be32(const uint8_t *p)
{
	return num_be32(p);
}

static inline uint64_t
src_be64(const uint8_t *p)
{
	return (uint64_t)src_be32(p) << 32 | src_be32(p + 4);
}

static inline uint16_t
src_le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

static inline uint32_t
src_le32(const uint8_t *p)
{
	return (uint32_t)p[3] << 24 | (uint32_t)p[2] << 16 | (uint32_t)p[1] << 8 | p[0];
}

static inline uint64_t
src_le64(const uint8_t *p)
{
	return (uint64_t)src_le32(p + 4) << 32 | src_le32(p);
}

#endif
