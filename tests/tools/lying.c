/*
 * lying -- a folder shown as a file system that lies about it, or lacks what others can.
 *
 * usage: lying FOLDER MOUNTPOINT [SWITCH...]
 *
 * It stays in the foreground until it is told to end, its parent ends, or it is unmounted.  The switches are in
 * tests/lying/lying.h; NAME is the last name of a path.  What hangs does so until the file named by `until` appears, or
 * the program that asked is killed.
 */
#include "../lying/lying.h"

#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

/* clang-format off */
static const struct {
	const char *name;
	size_t at;
} switches[] = {
#define SWITCH(name, member) {name, offsetof(struct lying, member)}
	SWITCH("slow", slow), SWITCH("hang", hang), SWITCH("hang-open", hang_open), SWITCH("until", until),
	SWITCH("fold", fold), SWITCH("decompose", decompose), SWITCH("no-rename2", no_rename2),
	SWITCH("no-link", no_link), SWITCH("stale", stale), SWITCH("inodes", inodes),
	SWITCH("forget-fsync", forget_fsync), SWITCH("fsync", fsync), SWITCH("close", close), SWITCH("fat", fat),
	SWITCH("read-eio", read_eio), SWITCH("at", at), SWITCH("times", times), SWITCH("deaf", deaf), SWITCH("short", short_reads), SWITCH("size-zero", size_zero),
	SWITCH("size-more", size_more), SWITCH("log", log),
};
/* clang-format on */

/* Returns -1 where there is no such switch. */
static int
set(char *word)
{
	char *value = strchr(word, '=');

	if (value != NULL)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
		if (strcmp(switches[i].name, word) == 0) {
			*(const char **)(void *)((char *)&lie + switches[i].at) = value != NULL ? value : "";
			return 0;
		}
	}
	fprintf(stderr, "lying: no switch '%s'\n", word);
	return -1;
}

static int
serve(const char *mountpoint)
{
	struct fuse_args args = FUSE_ARGS_INIT(0, NULL);
	struct fuse_loop_config config = {.clone_fd = 0, .max_idle_threads = 10};
	struct fuse_lowlevel_ops ops = {
	    .lookup = lying_lookup, .forget = lying_forget, .getattr = lying_getattr, .setattr = lying_setattr};
	int rc;

	lying_folder_ops(&ops);
	lying_file_ops(&ops);
	fuse_opt_add_arg(&args, "lying");
	fuse_opt_add_arg(&args, "-ofsname=lying,default_permissions");
	lying_session = fuse_session_new(&args, &ops, sizeof(ops), NULL);
	if (lying_session == NULL || fuse_set_signal_handlers(lying_session) != 0 ||
	    fuse_session_mount(lying_session, mountpoint) != 0)
		return 1;
	rc = fuse_session_loop_mt(lying_session, &config);
	fuse_session_unmount(lying_session);
	fuse_session_destroy(lying_session);
	fuse_opt_free_args(&args);
	return rc != 0;
}

int
main(int argc, char **argv)
{
	if (argc < 3) {
		fputs("usage: lying FOLDER MOUNTPOINT [SWITCH...]\n", stderr);
		return 2;
	}
	for (int i = 3; i < argc; i++) {
		if (set(argv[i]) == -1)
			return 2;
	}
	if (lying_begin(argv[1]) == -1) {
		perror(argv[1]);
		return 1;
	}
	umask(0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	return serve(argv[2]);
}
