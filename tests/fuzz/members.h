/* members -- what an archive holds, told as text: its records, and a sum of each member's bytes. */
#ifndef FUZZ_MEMBERS_H
#define FUZZ_MEMBERS_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "archive/unfold.h"
#include "archive/forward.h"
#include "archive/packed.h"
#include "base/hash.h"

#define MEMBERS_MAX 200

/* A file of these bytes without a name on disk; its path in `path`. */
static inline int
members_file(const uint8_t *bytes, size_t len, char path[64])
{
	int fd = memfd_create("archive", MFD_CLOEXEC);

	if (fd == -1 || write(fd, bytes, len) != (ssize_t)len)
		abort();
	snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

/* The bytes of a member, from its end and then in ranges from its beginning; -1 where they cannot be had. */
static inline int
members_read(struct packed *packed, struct forward *forward, const struct rec *rec, struct buf *out, struct fail *why)
{
	static char bytes[5000];
	uint64_t size, sum = HASH_START;
	struct stat st;
	ssize_t n = 1;

	if (packed_seek(packed, rec, &st, why) == -1 || forward_begin(forward, packed, &size, why) == -1 ||
	    (size > 100 && forward_read(forward, bytes, 10, size - 10, why) == -1))
		return -1;
	for (uint64_t at = 0; n > 0; at += n > 0 ? (uint64_t)n : 0) {
		if ((n = forward_read(forward, bytes, sizeof(bytes), at, why)) > 0)
			sum = hash_bytes(sum, (struct slice){bytes, (size_t)n});
	}
	buf_addf(out, " %ju", (uintmax_t)sum);
	return n == 0 ? 0 : -1;
}

static inline int
members_one(struct packed *packed, struct forward *forward, const struct rec *rec, struct buf *out, struct fail *why)
{
	struct fail bad = {0};

	buf_addf(out, "%s %ju", rec->path.p, (uintmax_t)rec->member);
	if (rec->failed)
		buf_adds(out, " failed");
	else if (members_read(packed, forward, rec, out, &bad) == -1)
		buf_addf(out, " %s", fail_name(&bad, (char[16]){0}));
	buf_addc(out, '\n');
	if (fail_is_short(&bad)) {
		*why = bad;
		return -1;
	}
	return 0;
}

/* All members of a file, into `out`.  Returns 0, or -1: ENOMEM. */
static inline int
members_describe(struct archives *of, const char *path, struct buf *out, struct fail *why)
{
	struct unfold unfold = {.of = of, .tool = "t", .spool.fd = -1};
	struct packed packed = {.of = of};
	struct forward forward = {.spool.fd = -1};
	struct rec from = {0}, rec = {0};
	int got = rec_from_path(&from, path, strlen(path), why) == 0 ? 1 : -1;

	for (int i = 0; got == 1 && i < MEMBERS_MAX; i++) {
		if ((got = unfold_next(&unfold, &from, &rec, why)) == 1 &&
		    (rec_check(&rec, why) == -1 ||
			(rec.archive.len > 0 && members_one(&packed, &forward, &rec, out, why) == -1)))
			got = -1;
		packed_leave(&packed); /* what unpacks both with much memory waits for the other */
	}
	rec_fini(&rec);
	rec_fini(&from);
	forward_fini(&forward);
	packed_fini(&packed);
	unfold_fini(&unfold);
	return got == -1 || out->failed ? -1 : 0;
}

#endif
