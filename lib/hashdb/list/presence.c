#include "hashdb/list/presence.h"

#include <fcntl.h>
#include <stdint.h>

#include "file/io.h"
#include "file/state.h"
#include "hash/digest.h"

int
presence_open(struct presence *p, struct hashdb *db, bool gone, struct fail *why)
{
	const char *root = hashdb_real_root(db);

	if (root == NULL)
		return hashdb_no_root(db, why);
	if ((p->root = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s", hashdb_root(db));
	p->db = db;
	p->gone = gone;
	return hashdb_mounted(db, why);
}

void
presence_close(struct presence *p)
{
	if (p->db != NULL)
		io_close(&p->root);
	buf_fini(&p->path);
}

int
presence_wants(struct presence *p, const struct cursor_row *row, struct fail *why)
{
	struct digests d;
	struct stat st;
	struct fail unseen;
	int gone;

	if (p->db == NULL)
		return 1;
	if (digest_read_json(row->hash, &d, why) == -1)
		return -1;
	if (!p->gone && (hashdb_algorithms(p->db) & ~d.mask) == 0)
		return 0;
	buf_clear(&p->path, SIZE_MAX);
	if (buf_add(&p->path, row->path.p, row->path.len) == -1)
		return fail_nomem(why);
	gone = state_look(p->root, p->path.p, &st, &unseen);
	p->passed_over += gone == 1 && !p->gone;
	return gone == -1 || (gone == 1) == p->gone;
}
