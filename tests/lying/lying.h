/* lying -- what the parts of tests/tools/lying.c share. */
#ifndef TESTS_LYING_LYING_H
#define TESTS_LYING_LYING_H

#define FUSE_USE_VERSION 34
#include <fuse3/fuse_lowlevel.h>
#include <limits.h>
#include <stdint.h>
#include <sys/stat.h>

#define LYING_HOUR 3600.0

/* The switches, each NULL where it is not given; set once, before there are threads. */
extern struct lying {
	const char *slow;       /* =MS: each read and write takes so long */
	const char *hang;       /* =NAME: its reads hang */
	const char *hang_open;  /* =NAME: it hangs to open it */
	const char *until;      /* =FILE: where that lies, nothing hangs */
	const char *deaf;       /* who waits for what hangs cannot be killed before */
	const char *fold;       /* names are one whatever their case, and however their accents are written */
	const char *decompose;  /* new names get their accents as marks of their own */
	const char *no_rename2; /* EINVAL for a rename that would not replace */
	const char *no_link;    /* EPERM */
	const char *stale;      /* what was seen once is not looked at again for an hour: names, sizes, times, bytes */
	const char *inodes;     /* another number each time that a name is looked up while it is not open */
	const char *forget_fsync; /* it does nothing */
	const char *fsync;        /* =ERRNO */
	const char *close;        /* =ERRNO: what a close answers after a write */
	const char *fat;          /* times in two seconds, no modes, no owners, no links */
	const char *read_eio;     /* =NAME: OFFSET of `at` cannot be read */
	const char *at;           /* =OFFSET */
	const char *times;        /* =N: … so many times, and then it can */
	const char *short_reads;  /* a read brings half of what was asked for */
	const char *size_zero;    /* files are said to be empty, as in /proc */
	const char *size_more;    /* =BYTES: ... to be so much longer */
	const char *log;          /* =FILE: a line for each open, read, write, fsync: what, and the name */
} lie;

extern struct fuse_session *lying_session; /* there before the first request */

/* A file or folder that the kernel knows. */
struct node {
	struct node *next;
	int fd; /* O_PATH */
	dev_t dev;
	ino_t ino, shown; /* its number, and the one that is said with `inodes` */
	uint64_t lookups;
	unsigned opens;          /* of its file or folder, that are not closed */
	char name[NAME_MAX + 1]; /* by which it was looked up last */
};

/* ---- names.c ---- */

/* lying_spelled() -- how the folder spells a name; where nothing there is called so, as it would be made. */
const char *lying_spelled(const struct node *folder, const char *name, char out[NAME_MAX + 1]);

/* ---- node.c ---- */

/* lying_begin() -- the folder that is shown, and the log.  Returns 0 or -1 with errno. */
int lying_begin(const char *folder);

struct node *lying_node(fuse_ino_t ino);

/* lying_path() -- by which the node's file can be opened. */
const char *lying_path(const struct node *node, char out[32]);

/* lying_opens() -- note that it was opened, or closed (-1). */
void lying_opens(struct node *node, int step);

/* lying_note() -- a line in the log. */
void lying_note(const char *what, const struct node *node);

/* lying_reply() -- answer a request with success, or for -1 with errno. */
void lying_reply(fuse_req_t req, int rc);

/* lying_entry() -- what a name leads to, one look-up more of it.  Returns 0 or -1 with errno. */
int lying_entry(struct node *folder, const char *name, struct fuse_entry_param *e);

/* lying_reply_entry() -- answer with that unless rc is -1. */
void lying_reply_entry(fuse_req_t req, int rc, fuse_ino_t parent, const char *name);

void lying_lookup(fuse_req_t req, fuse_ino_t parent, const char *name);
void lying_forget(fuse_req_t req, fuse_ino_t ino, uint64_t lookups);
void lying_getattr(fuse_req_t req, fuse_ino_t ino, struct fuse_file_info *fi);
void lying_setattr(fuse_req_t req, fuse_ino_t ino, struct stat *st, int set, struct fuse_file_info *fi);

/* ---- folders.c, files.c ---- */

void lying_folder_ops(struct fuse_lowlevel_ops *ops);
void lying_file_ops(struct fuse_lowlevel_ops *ops);

#endif
