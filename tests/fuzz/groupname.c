/*
 * Fuzz media/group/groupname: each line is the name of a file in one folder.  Whatever they are, a stem and what it
 * says of the name lie within it, the case of an extension does not matter, and a number behind the stem changes
 * nothing but the key.
 */
#include "media/group/groupname.h"

#include <ctype.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAMES_MAX 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct names {
	struct slice v[NAMES_MAX];
	size_t n;
};

static void
require(bool good, const char *what, struct slice name)
{
	if (!good) {
		fprintf(stderr, "%s: %.*s\n", what, (int)name.len, name.p);
		abort();
	}
}

/* The extension, as groupname's contract has it. */
static struct slice
extension_of(struct slice name)
{
	const char *dot = memrchr(name.p, '.', name.len);

	return dot == NULL ? (struct slice){"", 0} : (struct slice){dot + 1, (size_t)(name.p + name.len - dot) - 1};
}

static bool
has(void *arg, struct slice key, const struct groupname_need *need)
{
	const struct names *names = arg;
	struct groupname name;

	for (size_t i = 0; i < names->n; i++) {
		if (groupname_alone(names->v[i], &name) && !group_is_companion(name.role) && name.key_len == key.len &&
		    memcmp(name.key, key.p, key.len) == 0 && groupname_meets(names->v[i], need))
			return true;
	}
	return false;
}

static bool
is_same(const struct groupname *a, const struct groupname *b)
{
	return a->rule == b->rule && a->role == b->role && a->first == b->first && a->stem == b->stem &&
	       a->key_len == b->key_len && a->inner.len == b->inner.len;
}

/* The name again, in memory of its own size, with its extension in the other case. */
static void
check_case(struct slice name, struct names *names, const struct groupname *read)
{
	size_t extension = extension_of(name).len;
	char *copy = malloc(name.len);
	struct groupname again;

	if (copy == NULL)
		abort();
	memcpy(copy, name.p, name.len);
	for (size_t i = name.len - extension; i < name.len; i++)
		copy[i] = (char)(isupper((unsigned char)copy[i]) ? tolower((unsigned char)copy[i])
								 : toupper((unsigned char)copy[i]));
	require(groupname_read((struct slice){copy, name.len}, has, names, &again) && is_same(read, &again),
	    "reads otherwise in the other case", name);
	free(copy);
}

static void
check_number(struct slice name)
{
	char numbered[GROUPNAME_MAX + 2];
	struct groupname plain, again;

	if (!groupname_alone(name, &plain) || name.len + 2 > GROUPNAME_MAX || memchr(name.p, '-', plain.stem) != NULL)
		return;
	memcpy(numbered, name.p, plain.stem);
	memcpy(numbered + plain.stem, "-7", 2);
	memcpy(numbered + plain.stem + 2, name.p + plain.stem, name.len - plain.stem);
	require(groupname_alone((struct slice){numbered, name.len + 2}, &again), "is none with a number", name);
	plain.stem += 2;
	plain.key_len += 2;
	require(is_same(&plain, &again), "reads otherwise with a number", name);
}

static void
check(struct slice name, struct names *names)
{
	struct groupname read, alone;

	if (!groupname_read(name, has, names, &read)) {
		require(!groupname_alone(name, &read), "is of a group only where it is alone", name);
		return;
	}
	require(groupname_alone(name, &alone) && (alone.beside || is_same(&alone, &read)),
	    "reads otherwise for what is beside it, and does not say so", name);
	require(read.stem > 0 && read.stem < name.len && read.key_len > 0 && read.key_len <= sizeof read.key,
	    "a stem or key outside", name);
	require(read.rule < GROUP_RULES && read.role < GROUP_NO_ROLE, "no rule or role", name);
	require(read.inner.len == 0 || (read.inner.p > name.p && read.inner.p + read.inner.len < name.p + name.len),
	    "an inner extension outside", name);
	require(group_is_companion(read.role) || read.first == GROUP_NO_ROLE, "a picture that is another's", name);
	check_case(name, names, &read);
	check_number(name);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *p = (const char *)data, *end = p + size;
	struct names names = {.n = 0};

	while (p < end && names.n < NAMES_MAX) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		names.v[names.n++] = (struct slice){p, (size_t)((nl != NULL ? nl : end) - p)};
		p = nl != NULL ? nl + 1 : end;
	}
	for (size_t i = 0; i < names.n; i++)
		check(names.v[i], &names);
	return 0;
}
