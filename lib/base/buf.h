/*
 * buf -- a growable byte buffer whose failure is remembered, so that a chain of appends needs one check; and slice, a
 * run of bytes that lie elsewhere.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * struct buf -- {0} is an empty, valid buffer.
 *
 *   p       owned bytes; p[len] is always NUL when p != NULL
 *   len     bytes in use
 *   cap     bytes allocated
 *   failed  an append ran out of memory: the content is incomplete until buf_clear()
 *
 * Threads: a buf is owned by one thread at a time.
 */
struct buf {
	char *p;
	size_t len;
	size_t cap;
	bool failed;
};

/* A borrowed run of bytes; not NUL-terminated. */
struct slice {
	const char *p;
	size_t len;
};

/* All appends return 0, or -1 with failed set; after a failure they do nothing and return -1. */
int buf_add(struct buf *b, const void *bytes, size_t len);
int buf_addc(struct buf *b, char c);
int buf_adds(struct buf *b, const char *s);
int buf_addf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int buf_addu(struct buf *b, uint64_t n); /* decimal, without printf's cost */

/* buf_reserve() -- make room for `more` bytes beyond len (and the NUL); returns where they go, or NULL. */
char *buf_reserve(struct buf *b, size_t more);

/* buf_cstr() -- the content as a C string, "" when nothing was ever added. */
const char *buf_cstr(const struct buf *b);

/* buf_clear() -- empty, keeping at most `keep` bytes of memory, and forget a failure. */
void buf_clear(struct buf *b, size_t keep);

void buf_fini(struct buf *b); /* back to {0} */

/* buf_slice() -- the content, valid until the next append; p is never NULL. */
static inline struct slice
buf_slice(const struct buf *b)
{
	return (struct slice){buf_cstr(b), b->len};
}

bool slice_eq(struct slice s, const char *cstr);
bool slice_same(struct slice a, struct slice b);   /* the same bytes */
int slice_compare(struct slice a, struct slice b); /* as memcmp(); the beginning of another is less, as in SQLite */

static inline struct slice
slice_of(const char *cstr)
{
	return (struct slice){cstr, strlen(cstr)};
}

#endif
