#include "run/control/schedule.h"

#include <ctype.h>
#include <string.h>
#include <sys/stat.h>

#include "base/hash.h"
#include "base/num.h"
#include "base/pathname.h"
#include "run/run.h"

/* What the file's status says; 0 where it has none, and fails when it is worked on. */
static uint64_t
asked(const struct run *run, const struct rec *rec, enum schedule what)
{
	struct stat st;

	if (fstatat(run->dirfd, rec_file(rec), &st, 0) == -1)
		return 0;
	return what == SCHEDULE_SIZE ? (uint64_t)st.st_size : (uint64_t)st.st_ino;
}

/* The type, else what the name says, in small letters. */
static uint64_t
type_hash(const struct rec *rec)
{
	const char *extension = pathname_extension(buf_cstr(&rec->path));
	uint64_t hash = HASH_START;
	struct slice type;

	if (rec_get(rec, "type", &type))
		return hash_bytes(hash, type);
	for (; extension != NULL && *extension != '\0'; extension++) {
		char c = (char)tolower((unsigned char)*extension);

		hash = hash_bytes(hash, (struct slice){&c, 1});
	}
	return hash;
}

/* A number's place among all numbers, the highest first: its bits, whose order is that of numbers but for the signs. */
static uint64_t
priority_rank(const struct rec *rec)
{
	double priority = 0;
	struct slice value;
	uint64_t bits;

	if (rec_get(rec, "priority", &value))
		num_parse_double(value.p, value.len, &priority);
	priority += 0.0; /* -0 is 0 */
	memcpy(&bits, &priority, sizeof(bits));
	return bits >> 63 ? bits : ~bits & INT64_MAX;
}

uint64_t
schedule_rank(const struct run *run, const struct rec *rec)
{
	switch (run->options.schedule) {
	case SCHEDULE_SIZE:
		return ~(rec->size_bytes != 0 ? rec->size_bytes : asked(run, rec, SCHEDULE_SIZE));
	case SCHEDULE_TYPE:
		return type_hash(rec);
	case SCHEDULE_INODE:
		return asked(run, rec, SCHEDULE_INODE);
	case SCHEDULE_PRIORITY:
		return priority_rank(rec);
	case SCHEDULE_FIFO:
		break;
	}
	return 0;
}
