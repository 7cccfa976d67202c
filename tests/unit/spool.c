#include "run/spool.h"

#include "tap.h"

#define LINES 30000

int
main(void)
{
	struct spool s = { .fd = -1 };
	struct fail why = { 0 };
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
	tap_ok(spool_add(&s, "again", 5, &why) == 0 && spool_read(&s, 0, back, 5, &why) == 0 && memcmp(back, "again", 5) == 0,
	    "and it can be used again");
	spool_fini(&s);
	spool_fini(&s);
	return tap_done();
}
