#include "hashdb/list/rowrec.h"

#include <string.h>
#include <time.h>

#include "base/json.h"
#include "run/rec.h"
#include "run/words.h"

void
rowrec_path(struct hashdb *db, bool relative, const struct cursor_row *row, struct buf *out)
{
	const char *root = hashdb_root(db);

	buf_clear(out, SIZE_MAX);
	if (!relative) {
		buf_adds(out, root);
		if (root[strlen(root) - 1] != '/')
			buf_addc(out, '/');
	}
	buf_add(out, row->path.p, row->path.len);
}

static void
write_time(struct buf *line, const char *name, int64_t ns)
{
	struct timespec t;

	rec_time_of_ns(ns, &t);
	buf_addf(line, ",\"%s\":\"", name);
	rec_format_time(line, &t);
	buf_addc(line, '"');
}

/* An object's members, as they follow others. */
static void
write_members(struct buf *line, struct slice object)
{
	if (object.len <= strlen("{}"))
		return;
	buf_addc(line, ',');
	buf_add(line, object.p + 1, object.len - strlen("{}"));
}

/* What its file is, without the closing brace. */
static void
begin_file(const struct buf *path, const struct cursor_row *row, struct buf *out)
{
	buf_clear(out, 64 << 10);
	buf_addc(out, '{');
	json_path(out, "path", path->p, path->len);
	if (row->has_size)
		buf_addf(out, ",\"size\":%llu", (unsigned long long)row->size);
	if (row->has_mtime)
		write_time(out, "mtime", row->mtime_ns);
	buf_adds(out, ",\"hash\":");
	buf_add(out, row->hash.p, row->hash.len);
	if (row->deleted) {
		buf_addf(out, ",\"verify\":\"%s\",", word_text(VERIFY_MISSING));
		json_path(out, "deleted", row->path.p, row->path.len);
		write_time(out, "marked", row->deleted_ns);
	} else if (row->mismatch.len > 0) {
		buf_adds(out, ",\"hash_now\":");
		buf_add(out, row->mismatch.p, row->mismatch.len);
		buf_addf(out, ",\"verify\":\"%s\"", word_text(VERIFY_CORRUPT));
	}
	write_time(out, "verified", row->verified_ns);
}

void
rowrec_write(struct hashdb *db, const struct buf *path, const struct cursor_row *row, struct buf *out)
{
	begin_file(path, row, out);
	buf_addf(out, ",\"db\":{\"id\":\"%s\",\"seq\":%llu}", hashdb_id(db), (unsigned long long)row->seq);
	write_members(out, row->record);
	buf_addc(out, '}');
}

void
rowrec_write_file(const struct buf *path, const struct cursor_row *row, struct buf *out)
{
	begin_file(path, row, out);
	buf_addc(out, '}');
}
