/* job -- when two names are of one file. */
#include "place/job.h"
#include "tap.h"

/* One file seen through two mounts has two devices. */
static void
test_same_file(void)
{
	struct stat a = {.st_dev = 1, .st_ino = 2, .st_size = 3, .st_ctim = {4, 5}}, b = a;

	b.st_size = 9;
	tap_ok(job_same_file(&a, &b), "one device and number: one file");
	b = a;
	b.st_ino = 9;
	tap_ok(!job_same_file(&a, &b), "another number: two files");
	b = a;
	b.st_dev = 9;
	tap_ok(job_same_file(&a, &b), "another device, the same number and change: one file");
	b.st_ctim.tv_nsec = 9;
	tap_ok(!job_same_file(&a, &b), "another device and change: two files");
}

int
main(void)
{
	test_same_file();
	return tap_done();
}
