/*
 * Growth doubles, so that appending is linear.  One byte beyond the content is always there for a NUL: paths go to
 * system calls as they stand.
 */
#include "base/buf.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"

enum { BUF_FIRST = 64 };

static int
grow(struct buf *b, size_t more)
{
	uint64_t need;
	size_t cap = b->cap < BUF_FIRST ? BUF_FIRST : b->cap;
	char *p;

	if (!num_add(b->len, more, &need) || !num_add(need, 1, &need) || need > SIZE_MAX / 2)
		goto fail;
	while (cap < need)
		cap *= 2;
	if ((p = realloc(b->p, cap)) == NULL)
		goto fail;
	p[b->len] = '\0';
	b->p = p;
	b->cap = cap;
	return 0;
fail:
	b->failed = true;
	return -1;
}

char *
buf_reserve(struct buf *b, size_t more)
{
	if (b->failed)
		return NULL;
	if ((b->cap - b->len <= more || b->p == NULL) && grow(b, more) == -1)
		return NULL;
	return b->p + b->len;
}

int
buf_add(struct buf *b, const void *bytes, size_t len)
{
	char *to = buf_reserve(b, len);

	if (to == NULL)
		return -1;
	if (len > 0)
		memcpy(to, bytes, len);
	to[len] = '\0';
	b->len += len;
	return 0;
}

int
buf_addc(struct buf *b, char c)
{
	char *to = buf_reserve(b, 1);

	if (to == NULL)
		return -1;
	to[0] = c;
	to[1] = '\0';
	b->len++;
	return 0;
}

int
buf_adds(struct buf *b, const char *s)
{
	return buf_add(b, s, strlen(s));
}

int
buf_addf(struct buf *b, const char *fmt, ...)
{
	char *to = buf_reserve(b, BUF_FIRST);
	va_list ap;
	size_t room;
	int n;

	if (to == NULL)
		return -1;
	room = b->cap - b->len;
	va_start(ap, fmt);
	n = vsnprintf(to, room, fmt, ap);
	va_end(ap);
	if (n >= 0 && (size_t)n >= room && (to = buf_reserve(b, (size_t)n)) != NULL) {
		va_start(ap, fmt);
		n = vsnprintf(to, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	if (n < 0 || to == NULL) {
		b->p[b->len] = '\0';
		b->failed = true;
		return -1;
	}
	b->len += (size_t)n;
	return 0;
}

int
buf_addu(struct buf *b, uint64_t n)
{
	char digits[20], *p = digits + sizeof digits;

	do {
		*--p = (char)('0' + n % 10);
		n /= 10;
	} while (n > 0);
	return buf_add(b, p, (size_t)(digits + sizeof digits - p));
}

const char *
buf_cstr(const struct buf *b)
{
	return b->p == NULL ? "" : b->p;
}

void
buf_clear(struct buf *b, size_t keep)
{
	b->len = 0;
	b->failed = false;
	if (b->cap > keep)
		buf_fini(b);
	else if (b->p != NULL)
		b->p[0] = '\0';
}

void
buf_fini(struct buf *b)
{
	free(b->p);
	*b = (struct buf){0};
}

bool
slice_eq(struct slice s, const char *cstr)
{
	size_t len = strlen(cstr);

	return s.len == len && memcmp(s.p, cstr, len) == 0;
}

bool
slice_same(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.p, b.p, a.len) == 0);
}

int
slice_compare(struct slice a, struct slice b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int d = n > 0 ? memcmp(a.p, b.p, n) : 0;

	return d != 0 ? d : (a.len > b.len) - (a.len < b.len);
}
