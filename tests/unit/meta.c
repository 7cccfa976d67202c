/* meta -- what a copy keeps of its source besides the bytes. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place/stage/meta.h"
#include "folder.h"
#include "tap.h"

static void
test_meta(int dir)
{
	struct timespec times[2] = {{1, 2}, {3, 4}};
	struct buf lost = {0};
	struct stat st;
	int from = openat(dir, "mfrom", O_RDWR | O_CREAT, 0666), to = openat(dir, "mto", O_RDWR | O_CREAT, 0666);

	futimens(from, times);
	fstat(from, &st);
	meta_keep(from, &st, to, 0640, &lost);
	fstat(to, &st);
	tap_ok(lost.len == 0 && st.st_mtim.tv_sec == 3 && st.st_mtim.tv_nsec == 4 && st.st_atim.tv_nsec == 2 &&
		   (st.st_mode & 0777) == 0640,
	    "times in ns and a mode are kept");
	close(to);
	to = open("/proc/self/stat", O_RDONLY);
	meta_keep(from, &st, to, 0640, &lost);
	tap_ok(lost.len > 0, "what cannot be kept is told: %s", buf_cstr(&lost));
	buf_fini(&lost);
	close(from);
	close(to);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_meta(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
