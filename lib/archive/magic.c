#include "archive/magic.h"

#include <string.h>

#define BLOCK 512u /* of a tar, with its sum in octal digits */
#define SUM_AT 148
#define SUM_LEN 8

static const struct magic {
	size_t at;
	const char *bytes;
	size_t len;
	bool hungry;
} table[] = {
#define MAGIC(at, bytes, hungry) {at, bytes, sizeof(bytes) - 1, hungry},
#include "archive/magic.def"
#undef MAGIC
};

/* A tar of the old kind has no mark, but the sum of its first block. */
static bool
is_old_tar(const uint8_t *head, size_t len)
{
	unsigned sum = 0, said = 0;
	size_t i;

	if (len < BLOCK || head[0] == '\0')
		return false;
	for (i = 0; i < BLOCK; i++)
		sum += i >= SUM_AT && i < SUM_AT + SUM_LEN ? ' ' : head[i];
	for (i = SUM_AT; i < SUM_AT + SUM_LEN && head[i] == ' '; i++)
		;
	for (; i < SUM_AT + SUM_LEN && head[i] >= '0' && head[i] <= '7'; i++)
		said = said * 8 + (head[i] - '0');
	return said == sum;
}

bool
magic_is_archive(const uint8_t *head, size_t len, bool *hungry)
{
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const struct magic *m = &table[i];

		if (m->at + m->len > len || memcmp(head + m->at, m->bytes, m->len) != 0)
			continue;
		*hungry = m->hungry;
		return true;
	}
	*hungry = false;
	return is_old_tar(head, len);
}

bool
magic_is_disc(const uint8_t *bytes, size_t len)
{
	return len == MAGIC_DISC_LEN && memcmp(bytes + 1, "CD001", MAGIC_DISC_LEN - 1) == 0;
}
