/* state -- when a file counts as another than the one that was noted, and when as gone. */
#include "file/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/rec.h"
#include "tap.h"

static void
test_times(void)
{
	static const struct {
		struct timespec a, b;
		bool same;
		const char *what;
	} rows[] = {
	    {{100, 123456789}, {100, 123456789}, true, "equal to the nanosecond"},
	    {{100, 123456789}, {100, 123456788}, false, "one nanosecond apart"},
	    {{101, 123456789}, {101, 0}, true, "whole seconds, rounded down"},
	    {{100, 123456789}, {101, 0}, true, "whole seconds, rounded up"},
	    {{100, 123456789}, {103, 0}, false, "whole seconds, others"},
	    {{101, 500000000}, {100, 0}, true, "two seconds (FAT), rounded down"},
	    {{101, 500000000}, {102, 0}, true, "two seconds (FAT), rounded up"},
	    {{101, 500000000}, {104, 0}, false, "two seconds (FAT), others"},
	    {{101, 0}, {103, 0}, false, "odd seconds two apart"},
	    {{101, 0}, {102, 0}, true, "an odd and an even second: FAT may have rounded"},
	    {{100, 123456789}, {100, 123456700}, true, "hundreds of ns (NTFS, SMB)"},
	    {{100, 123456789}, {100, 123456900}, false, "hundreds of ns, others"},
	    {{100, 123456789}, {100, 123456000}, true, "microseconds"},
	    {{100, 123456789}, {100, 123000000}, true, "milliseconds"},
	    {{100, 123456789}, {100, 120000000}, true, "hundredths (exFAT)"},
	    {{-1, 5}, {-1, 0}, true, "before 1970"},
	    {{INT64_MIN, 0}, {INT64_MAX, 0}, false, "the ends of time"},
	};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(state_same_time(&rows[i].a, &rows[i].b) == rows[i].same &&
			   state_same_time(&rows[i].b, &rows[i].a) == rows[i].same,
		    "times: %s", rows[i].what);
}

static void
test_agrees(void)
{
	static const struct {
		const char *line;
		bool agrees;
	} rows[] = {
	    {"{\"path\":\"x\"}", true},
	    {"{\"path\":\"x\",\"size\":5}", true},
	    {"{\"path\":\"x\",\"size\":6}", false},
	    {"{\"path\":\"x\",\"size\":\"5\"}", false},
	    {"{\"path\":\"x\",\"mtime\":\"1970-01-01T00:01:41.000000001Z\"}", true},
	    {"{\"path\":\"x\",\"size\":5,\"mtime\":\"1970-01-01T00:01:41.000000002Z\"}", false},
	    {"{\"path\":\"x\",\"size\":5,\"mtime\":\"1970-01-01T00:01:41Z\"}", true},
	    {"{\"path\":\"x\",\"size\":5,\"mtime\":\"yesterday\"}", false},
	};
	struct stat st = {.st_size = 5, .st_mtim = {101, 1}};

	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		struct rec rec = {0};
		struct fail why = {0};
		int rc = rec_from_line(&rec, rows[i].line, strlen(rows[i].line), &why);

		tap_ok(rc == 0 && rec_agrees(&rec, &st) == rows[i].agrees, "%s %s the file", rows[i].line,
		    rows[i].agrees ? "agrees with" : "is not");
		rec_refresh_stat(&rec, &st);
		tap_ok(rec_agrees(&rec, &st), "... and agrees once set");
		rec_fini(&rec);
	}
}

static int
make_file(const char *name)
{
	int fd = open(name, O_WRONLY | O_CREAT, 0666);

	return fd != -1 && write(fd, "x", 1) == 1 ? close(fd) : -1;
}

static void
test_look(void)
{
	static const struct {
		const char *path;
		int gone;
	} rows[] = {
	    {"file", 0},
	    {"folder/../file", 0},
	    {"to-file", 0},
	    {"to-folder/../file", 0},
	    {"to-to-file", 0},
	    {"nothing", 1},
	    {"nothing/below", 1},
	    {"file/below", 1},
	    {"folder", 1},
	    {"to-folder", 1},
	    {"pipe", 1},
	    {"dangling", 1},
	    {"loop", 1},
	    {"loop/below", 1},
	};
	char dir[] = "/tmp/state.XXXXXX", command[64], longest[5000];
	struct fail why = {0};
	struct stat st;
	int fd;

	if (mkdtemp(dir) == NULL || (fd = open(dir, O_RDONLY | O_DIRECTORY)) == -1 || fchdir(fd) == -1 ||
	    make_file("file") == -1 || mkdir("folder", 0777) == -1 || mkfifo("pipe", 0666) == -1 ||
	    symlink("file", "to-file") == -1 || symlink("to-file", "to-to-file") == -1 ||
	    symlink("folder", "to-folder") == -1 || symlink("nowhere", "dangling") == -1 ||
	    symlink("loop", "loop") == -1)
		abort();
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		tap_ok(state_look(fd, rows[i].path, &st, &why) == rows[i].gone, "%s %s", rows[i].path,
		    rows[i].gone ? "has gone" : "is there");
	tap_ok(state_look(fd, "file", &st, &why) == 0 && st.st_size == 1, "its state is that of the file");
	tap_ok(state_look(fd, "to-file", &st, &why) == 0 && S_ISLNK(st.st_mode), "a link shows that it is one");
	memset(longest, 'x', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	tap_ok(state_look(fd, longest, &st, &why) == -1 && why.errnum == ENAMETOOLONG,
	    "what cannot be looked at has not gone");
	close(fd);
	snprintf(command, sizeof command, "rm -r %s", dir);
	tap_ok(system(command) == 0, "cleared away");
}

int
main(void)
{
	test_times();
	test_agrees();
	test_look();
	return tap_done();
}
