/* copy -- moving bytes, and seeing that they have arrived. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "folder.h"
#include "place/stage/copy.h"
#include "tap.h"

static void
test_copy(int dir)
{
	struct temps none = TEMPS_NONE;
	struct scratch_pool scratch_pool;
	struct scratch *scratch;
	struct fail why = {0};
	struct digested got;
	bool past_cache;
	int from = openat(dir, "from", O_RDWR | O_CREAT, 0666), to = openat(dir, "to", O_RDWR | O_CREAT, 0666), full;
	struct copy_ends ends = {.from = from, .to = to};
	atomic_uint_least64_t counted = 0;
	struct meter meter = {&counted, 3 * SCRATCH_BYTES + 1, 2};

	scratch_pool_init(&scratch_pool, &none);
	scratch = scratch_take(&scratch_pool, &why);
	if (scratch == NULL || ftruncate(from, 3 * SCRATCH_BYTES + 1) == -1 ||
	    pwrite(from, "x", 1, SCRATCH_BYTES) == -1)
		abort();
	scratch->meter = &meter;
	tap_ok(copy_bytes(scratch, &ends, 1u << DIGEST_XXH128, &got, &why) == 0 && got.bytes == 3 * SCRATCH_BYTES + 1,
	    "bytes are copied and digested");
	tap_ok(counted == 3 * SCRATCH_BYTES / 2, "which is half of the way, where the copy is read, too");
	tap_ok(copy_check(scratch, to, &got, NULL, &why) == 0, "the copy is equal");
	tap_ok(counted == 3 * SCRATCH_BYTES, "and that the other");
	fsync(to);
	tap_ok(copy_check(scratch, to, &got, &past_cache, &why) == 0, "also read back");
	if (pwrite(to, "y", 1, 2 * SCRATCH_BYTES) == -1)
		abort();
	tap_ok(copy_check(scratch, to, &got, NULL, &why) == -1 && why.code == FAIL_VERIFY,
	    "one byte that differs is seen");
	if (pwrite(to, "\0", 1, 2 * SCRATCH_BYTES) == -1 || ftruncate(to, 3 * SCRATCH_BYTES) == -1)
		abort();
	tap_ok(copy_check(scratch, to, &got, NULL, &why) == -1 && why.code == FAIL_VERIFY, "one byte less too");
	full = open("/dev/full", O_WRONLY);
	ends = (struct copy_ends){.from = from, .to = full};
	tap_ok(
	    copy_bytes(scratch, &ends, 1u << DIGEST_XXH128, &got, &why) == -1 && ends.to_failed && why.errnum == ENOSPC,
	    "a target that is full is told from a source that cannot be read");
	close(full);
	full = open("/", O_RDONLY | O_DIRECTORY);
	ends = (struct copy_ends){.from = full, .to = to};
	tap_ok(
	    copy_bytes(scratch, &ends, 1u << DIGEST_XXH128, &got, &why) == -1 && !ends.to_failed, "and the other way");
	close(full);
	scratch_return(&scratch_pool, scratch);
	scratch_pool_fini(&scratch_pool);
	close(from);
	close(to);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_copy(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
