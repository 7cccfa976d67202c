/* account -- when the file of --metrics is written anew. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/run.h"
#include "tap.h"

#define SECOND ((uint64_t)1000000000)

/* Whether a beat at that time has written the file, which is gone again then. */
static bool
writes(struct run *run, uint64_t ns)
{
	account_beat(run, ns);
	return unlink(run->options.metrics) == 0;
}

static void
test_beats(void)
{
	static const struct filter f = {.name = "file-hash"};
	char path[] = "/tmp/account-XXXXXX";
	struct run run = {.f = &f, .share = {-1, -1}, .options = {.jobs = 1, .metrics = path}};
	struct fail why = {0};

	close(mkstemp(path));
	unlink(path);
	tap_ok(account_begin(&run, &why) == 0 && unlink(path) == 0, "before anything is done: %s", why.message);
	tap_ok(writes(&run, 100 * SECOND), "at the first beat");
	tap_ok(!writes(&run, 105 * SECOND - 1), "not within five seconds");
	tap_ok(writes(&run, 105 * SECOND), "after five");
	tap_ok(!writes(&run, 109 * SECOND) && writes(&run, 110 * SECOND), "and every five");
	tap_ok(account_end(&run, 0, &why) == 0 && unlink(path) == 0, "at the end: %s", why.message);
	stats_free(run.stats);
}

int
main(void)
{
	test_beats();
	return tap_done();
}
