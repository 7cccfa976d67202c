/* progress: the rate of the last seconds, what is left, and a line that fits. */
#include "run/control/progress.h"

#include "file/meter.h"
#include "tap.h"

#define SECOND 1000000000ull
#define MB 1000000ull

static struct progress progress;
static struct progress_now now;

static void
begin(void)
{
	progress_begin(&progress, slice_of("photo-import"), 100 * SECOND);
	now = (struct progress_now){.ns = 100 * SECOND};
}

/* So many half seconds pass, and so many files and bytes are done in each. */
static void
pass(unsigned beats, uint64_t files, uint64_t bytes)
{
	for (unsigned i = 0; i < beats; i++) {
		now.ns += SECOND / 2;
		now.done += files;
		now.bytes += bytes;
		progress_note(&progress, &now);
	}
}

static void
is(size_t columns, const char *line)
{
	struct buf got = {0};

	progress_line(&progress, &now, columns, &got);
	if (!tap_ok(strcmp(buf_cstr(&got), line) == 0 && got.len <= columns, "%s", line))
		printf("# got %s\n", buf_cstr(&got));
	buf_fini(&got);
}

static void
test_rates(void)
{
	begin();
	is(79, "photo-import: 0 done, 0 failed");
	pass(4, 3, 0);
	is(79, "photo-import: 12 done, 0 failed, 6/s");
	begin();
	now.of_bytes = 2000 * MB;
	pass(4, 0, 20 * MB);
	is(79, "photo-import: 0 done, 0 failed, 80 MB of 2.0 GB, 40 MB/s, 0:00:48 left"); /* inside one film */
	pass(40, 0, 5 * MB);
	is(79, "photo-import: 0 done, 0 failed, 280 MB of 2.0 GB, 10 MB/s, 0:02:52 left"); /* not that of the start */
	pass(18, 0, 0);
	is(79, "photo-import: 0 done, 0 failed, 280 MB of 2.0 GB, 1.0 MB/s, 0:28:40 left");
	pass(2, 0, 0);
	is(79, "photo-import: 0 done, 0 failed, 280 MB of 2.0 GB, waiting");
	pass(1, 0, 5 * MB);
	is(79, "photo-import: 0 done, 0 failed, 285 MB of 2.0 GB, 500 kB/s, 0:57:10 left");
	now.ended = true;
	is(79, "photo-import: 0 done, 0 failed, 285 MB in 0:00:32");
}

static void
test_records(void)
{
	begin();
	now.of_records = 400;
	pass(20, 10, 0);
	is(79, "photo-import: 200 of 400 done, 0 failed, 20/s, 0:00:10 left");
	now.done -= 150; /* what has shrunk, as a pipeline's sum may, has no rate that could be told */
	pass(20, 0, 0);
	is(79, "photo-import: 50 of 400 done, 0 failed, 0/s");
}

static void
test_widths(void)
{
	begin();
	now.of_bytes = 6400 * MB;
	now.failed = 3;
	pass(20, 60, 61 * MB);
	is(79, "photo-import: 1200 done, 3 failed, 1.2 GB of 6.4 GB, 122 MB/s, 0:00:42 left");
	is(66, "photo-import: 1200 done, 3 failed, 19%, 122 MB/s, 0:00:42 left");
	is(60, "photo-import: 1200 done, 3 failed, 19%, 0:00:42 left");
	is(39, "1200 done, 3 failed, 19%, 0:00:42 left");
	is(30, "1200 done, 3 failed, 19%");
	is(10, "1200 done,");
	is(0, "");
	progress_begin(&progress, slice_of("\033[2J\xe5\x86\x99 x"), 0);
	now = (struct progress_now){0};
	is(79, "?[2J????x: 0 done, 0 failed");
}

/* A meter counts no more than the file holds, however often it is read; and at its end all of it. */
static void
test_meter(void)
{
	atomic_uint_least64_t total = 0;
	struct meter once = {&total, 1000, 1}, twice = {&total, 1000, 2}, none = {0};

	meter_add(&once, 600);
	tap_ok(total == 600, "what was read");
	meter_add(&once, 600);
	meter_end(&once);
	tap_ok(total == 1000, "no more than there is");
	meter_add(&twice, 1000);
	tap_ok(total == 1500, "of two readings, one is half");
	meter_end(&twice);
	tap_ok(total == 2000, "at the end, all");
	meter_add(&none, 10);
	meter_add(NULL, 10);
	tap_ok(total == 2000, "who has no total counts nothing");
}

int
main(void)
{
	test_rates();
	test_records();
	test_widths();
	test_meter();
	return tap_done();
}
