#include "file/spool.h"

#include <signal.h>
#include <sys/resource.h>

#include "tap.h"

#define LINES 30000

/* A folder that is full: the message names it, and the variable that names another. */
static void
test_full(void)
{
	struct rlimit before, none;
	struct spool s = {.fd = -1};
	struct fail why = {0};
	static const char block[256 << 10];
	int rc;

	setenv("TMPDIR", "/tmp/../tmp", 1);
	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	none = (struct rlimit){.rlim_max = before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &none);
	rc = spool_add(&s, block, sizeof(block), &why);
	setrlimit(RLIMIT_FSIZE, &before); /* what the test says may go to a file */
	tap_ok(rc == -1 && strstr(why.message, "/tmp/../tmp; set TMPDIR") != NULL, "a full folder is named: %s",
	    why.message);
	spool_fini(&s);
	setenv("TMPDIR", "/nowhere", 1);
	tap_ok(spool_add(&s, block, sizeof(block), &why) == -1 && strstr(why.message, "/nowhere; set TMPDIR") != NULL,
	    "and one that is not there: %s", why.message);
	spool_fini(&s);
}

int
main(void)
{
	struct spool s = {.fd = -1};
	struct fail why = {0};
	char line[16], back[16];
	bool same = true;

	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%09d\n", i);
		if (spool_add(&s, line, 10, &why) == -1)
			return 1;
	}
	tap_ok(spool_size(&s) == 10 * LINES, "the size is what was added, in the file or not");
	for (int i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%09d\n", i);
		if (spool_read(&s, 10 * (uint64_t)i, back, 10, &why) == -1 || memcmp(line, back, 10) != 0)
			same = false;
	}
	tap_ok(same && s.flushed > 0 && s.flushed < 10 * LINES, "every line reads back, also across the file's end");
	tap_ok(spool_reset(&s, &why) == 0 && spool_size(&s) == 0, "reset empties it");
	tap_ok(spool_add(&s, "again", 5, &why) == 0 && spool_read(&s, 0, back, 5, &why) == 0 &&
		   memcmp(back, "again", 5) == 0,
	    "and it can be used again");
	spool_fini(&s);
	spool_fini(&s);
	test_full();
	return tap_done();
}
