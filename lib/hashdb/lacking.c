#include "hashdb/lacking.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#include "file/io.h"
#include "hash/digest.h"

int
lacking_open(struct lacking *l, const struct hashdb *db, struct fail *why)
{
	const char *root = hashdb_real_root(db);

	if (root == NULL)
		return hashdb_no_root(db, why);
	if ((l->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s", hashdb_root(db));
	l->db = db;
	return hashdb_mounted(db, why);
}

void
lacking_close(struct lacking *l)
{
	if (l->db != NULL)
		io_close(&l->root);
	buf_fini(&l->path);
}

/* Nothing is left there that could be read, or what has its name is no file. */
static bool
is_gone(struct lacking *l)
{
	struct stat st;

	if (fstatat(l->root, buf_cstr(&l->path), &st, 0) == 0)
		return !S_ISREG(st.st_mode);
	return errno == ENOENT || errno == ENOTDIR || errno == ELOOP;
}

int
lacking_has(struct lacking *l, const struct cursor_row *row, struct fail *why)
{
	struct digests d;
	bool gone;

	if (digest_read_json(row->hash, &d, why) == -1)
		return -1;
	if ((hashdb_algorithms(l->db) & ~d.mask) == 0)
		return 0;
	buf_clear(&l->path, SIZE_MAX);
	if (buf_add(&l->path, row->path.p, row->path.len) == -1)
		return fail_nomem(why);
	gone = is_gone(l);
	l->gone += gone;
	return !gone;
}
