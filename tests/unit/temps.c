/* temps -- unfinished files, and what a killed run leaves of them. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place/stage/temps.h"
#include "folder.h"
#include "tap.h"

static void
test_temps(int dir)
{
	struct temps t, next;
	struct temps_dir d;
	struct temp one, beside;
	struct temps_beside there;
	struct fail why = {0};
	char run[64];
	int sub;

	mkdirat(dir, "lib", 0777);
	mkdirat(dir, "lib/.dcim", 0777);
	mkdirat(dir, "lib/sub", 0777);
	int root = openat(dir, "lib", O_RDONLY | O_DIRECTORY), dcim = openat(root, ".dcim", O_RDONLY | O_DIRECTORY);

	sub = openat(root, "sub", O_RDONLY | O_DIRECTORY);
	there = (struct temps_beside){sub, "sub"};
	tap_ok(temps_open(&t, root, dcim, true, &why) == 0 && temps_dir_open(&d, &t, 0, &why) == 0, "a run begins");
	tap_ok(temp_make(&one, &d, &t, NULL, &why) == 0 && temp_make(&beside, &d, &t, &there, &why) == 0 &&
		   is_there(sub, beside.name) && is_there(d.fd, beside.link),
	    "with files in its folder and beside a target");
	tap_ok(temps_open(&next, root, dcim, true, &why) == 0 && is_there(sub, beside.name) && is_there(d.fd, one.name),
	    "another run leaves them alone");
	temps_close(&next);

	/* The first run dies: its lock goes, nothing else. */
	snprintf(run, sizeof(run), "tmp/%s", t.name);
	close(t.lock);
	tap_ok(
	    temps_open(&next, root, dcim, false, &why) == 0 && is_there(dcim, run), "without locks nobody tidies up");
	temps_close(&next);
	snprintf(run, sizeof(run), "tmp/%s/0", t.name); /* the next run may get the same name */
	tap_ok(temps_open(&next, root, dcim, true, &why) == 0 && !is_there(dcim, run) && !is_there(sub, beside.name),
	    "the next run removes what a dead one left");
	temps_close(&next);
	close(one.fd);
	close(beside.fd);
	close(beside.dirfd);
	close(d.fd);
	close(t.run);
	close(t.tmp);

	temps_open(&t, root, dcim, true, &why);
	temps_dir_open(&d, &t, 0, &why);
	temp_make(&one, &d, &t, NULL, &why);
	temp_make(&beside, &d, &t, &there, &why);
	temp_drop(&one);
	temp_drop(&beside);
	temp_drop(&beside);
	temps_dir_close(&d, &t);
	snprintf(run, sizeof(run), "tmp/%s", t.name);
	temps_close(&t);
	tap_ok(!is_there(dcim, run), "a run that ends leaves nothing");
	close(sub);
	close(root);
	close(dcim);
}

int
main(void)
{
	char path[] = FOLDER_NAME;
	int dir = folder_make(path);

	test_temps(dir);
	return folder_remove(path, dir) && tap_done() == 0 ? 0 : 1;
}
