/*
 * digest-text -- the names of the digests, and digests as text.
 *
 * Apart from digest.c, so that a program which only compares digests does not load libcrypto.
 */
#include "hash/digest.h"

#include <string.h>

#include "base/json.h"
#include "base/span.h"

static const struct {
	const char *name;
	size_t size;
} table[DIGEST_COUNT] = {
#define DIGEST(name, text, size) [DIGEST_##name] = {text, size},
#include "hash/digest-algorithms.def"
#undef DIGEST
};

const char *
digest_name(enum digest_algorithm a)
{
	return table[a].name;
}

size_t
digest_size(enum digest_algorithm a)
{
	return table[a].size;
}

static int
find(const char *name, size_t len)
{
	for (int a = 0; a < DIGEST_COUNT; a++)
		if (strlen(table[a].name) == len && memcmp(table[a].name, name, len) == 0)
			return a;
	return -1;
}

static int
fail_unknown(const char *word, size_t len, struct fail *why)
{
	struct buf known = {0};

	for (int a = 0; a < DIGEST_COUNT; a++)
		buf_addf(&known, "%s%s", a > 0 ? " " : "", table[a].name);
	fail_set(why, FAIL_INPUT, "algorithm", "no such digest: \"%.*s\"; there are %s", (int)(len < 64 ? len : 64),
	    word, buf_cstr(&known));
	buf_fini(&known);
	return -1;
}

int
digest_parse_list(const char *list, digest_mask *mask, struct fail *why)
{
	digest_mask found = 0;

	for (const char *word = list;;) {
		size_t len = strcspn(word, ",");
		int a = find(word, len);

		if (a == -1)
			return fail_unknown(word, len, why);
		found |= 1u << a;
		if (word[len] == '\0')
			break;
		word += len + 1;
	}
	*mask |= found;
	return 0;
}

bool
digest_equal(const struct digests *a, const struct digests *b)
{
	digest_mask both = a->mask & b->mask;

	for (int i = 0; i < DIGEST_COUNT; i++)
		if ((both & 1u << i) && memcmp(a->bytes[i], b->bytes[i], table[i].size) != 0)
			return false;
	return both != 0;
}

void
digest_add(struct digests *d, const struct digests *more)
{
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (more->mask & ~d->mask & 1u << i)
			memcpy(d->bytes[i], more->bytes[i], table[i].size);
	d->mask |= more->mask;
}

int64_t
digest_prefix(const struct digests *d, enum digest_algorithm a)
{
	uint64_t prefix = 0;

	for (int i = 0; i < 8; i++)
		prefix = prefix << 8 | d->bytes[a][i];
	return (int64_t)prefix;
}

static void
write_hex(const uint8_t *bytes, size_t n, struct buf *out)
{
	char hex[2 * DIGEST_SIZE_MAX];

	for (size_t i = 0; i < n; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
	}
	buf_add(out, hex, 2 * n);
}

static void
write_members(const struct digests *d, struct buf *out)
{
	for (int a = 0; a < DIGEST_COUNT; a++) {
		if (!(d->mask & 1u << a))
			continue;
		json_comma(out);
		buf_addc(out, '"');
		buf_adds(out, table[a].name);
		buf_add(out, "\":\"", 3);
		write_hex(d->bytes[a], table[a].size, out);
		buf_addc(out, '"');
	}
}

void
digest_write_json(const struct digests *d, struct buf *out)
{
	buf_addc(out, '{');
	write_members(d, out);
	buf_addc(out, '}');
}

static int
nibble(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The hex between the quotes of a JSON string. */
static bool
read_hex(struct slice value, uint8_t *bytes, size_t n)
{
	if (value.len != 2 * n + 2 || value.p[0] != '"' || value.p[value.len - 1] != '"')
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = nibble(value.p[1 + 2 * i]), low = nibble(value.p[2 + 2 * i]);

		if (high == -1 || low == -1)
			return false;
		bytes[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

int
digest_read_json(struct slice object, struct digests *out, struct fail *why)
{
	struct spans members = {0};
	int rc = -1;

	out->mask = 0;
	if (span_scan(object, &members, why) == -1)
		goto done;
	for (size_t i = 0; i < members.n; i++) {
		const struct span *m = &members.v[i];
		int a = find(m->key.p, m->key.len);

		if (a == -1)
			continue;
		if (!read_hex(m->value, out->bytes[a], table[a].size)) {
			out->mask = 0;
			fail_set(why, FAIL_INPUT, "hash", "%s is not %zu hex digits", table[a].name, 2 * table[a].size);
			goto done;
		}
		out->mask |= 1u << a;
	}
	rc = 0;
done:
	spans_fini(&members);
	return rc;
}

static void
write_kept(const struct spans *old, digest_mask replaced, struct buf *out)
{
	for (size_t i = 0; i < old->n; i++) {
		const struct span *m = &old->v[i];
		int a = find(m->key.p, m->key.len);

		if (a != -1 && (replaced & 1u << a))
			continue;
		json_comma(out);
		buf_addc(out, '"');
		buf_add(out, m->key.p, m->key.len);
		buf_add(out, "\":", 2);
		buf_add(out, m->value.p, m->value.len);
	}
}

int
digest_merge_json(struct slice old, const struct digests *fresh, struct buf *out, struct fail *why)
{
	struct digests was = {0};
	struct spans members = {0};
	int rc = -1;

	if (old.len != 0 && (digest_read_json(old, &was, why) == -1 || span_scan(old, &members, why) == -1))
		goto done;
	if ((was.mask & fresh->mask) != 0 && !digest_equal(&was, fresh))
		members.n = 0;
	buf_addc(out, '{');
	write_kept(&members, fresh->mask, out);
	write_members(fresh, out);
	buf_addc(out, '}');
	rc = out->failed ? fail_nomem(why) : 0;
done:
	spans_fini(&members);
	return rc;
}
