#include "hashdb/lacking.h"

#include <fcntl.h>
#include <stdint.h>

#include "file/io.h"
#include "file/state.h"
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

int
lacking_has(struct lacking *l, const struct page_row *row, struct fail *why)
{
	struct digests d;
	struct stat st;
	struct fail unseen; /* who reads the file will say why */
	bool gone;

	if (digest_read_json(row->hash, &d, why) == -1)
		return -1;
	if ((hashdb_algorithms(l->db) & ~d.mask) == 0)
		return 0;
	buf_clear(&l->path, SIZE_MAX);
	if (buf_add(&l->path, row->path.p, row->path.len) == -1)
		return fail_nomem(why);
	gone = state_look(l->root, l->path.p, &st, &unseen) == 1;
	l->gone += gone;
	return !gone;
}
