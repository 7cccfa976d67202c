#include "hashdb/store/values.h"

#include <endian.h>
#include <sqlite3.h>
#include <string.h>
#include <xxhash.h>

#include "run/rec.h"

static const struct {
	const char *name;
	int values;
} tables[TABLES] = {
    [TABLE_FILE] = {"file", FILE_VALUES},
    [TABLE_SOURCE] = {"source", SOURCE_VALUES},
    [TABLE_VOLUME] = {"volume", VOLUME_VALUES},
    [TABLE_RUN] = {"run", RUN_VALUES},
    [TABLE_ABOUT] = {"about", ABOUT_VALUES},
};

const char *
table_name(enum table t)
{
	return tables[t].name;
}

struct value
value_int(int64_t n)
{
	return (struct value){.kind = VALUE_INT, .n = n};
}

struct value
value_maybe(bool there, int64_t n)
{
	return there ? value_int(n) : (struct value){.kind = VALUE_NULL};
}

/* SQLite takes an absent pointer for NULL. */
static struct slice
present(struct slice s)
{
	return s.p != NULL ? s : (struct slice){"", 0};
}

struct value
value_text(struct slice s)
{
	return (struct value){.kind = VALUE_TEXT, .bytes = present(s)};
}

struct value
value_text_or_null(struct slice s)
{
	return s.len > 0 ? value_text(s) : (struct value){.kind = VALUE_NULL};
}

struct value
value_blob(struct slice s)
{
	return (struct value){.kind = VALUE_BLOB, .bytes = present(s)};
}

int64_t
values_sum(const struct row *row)
{
	uint64_t words[1 + 2 * VALUES_MAX];
	const struct value *v = row->v;
	int n = tables[row->table].values;

	words[0] = htole64((uint64_t)row->table);
	for (int i = 0; i < n; i++) {
		bool bytes = v[i].kind == VALUE_TEXT || v[i].kind == VALUE_BLOB;

		words[1 + 2 * i] = htole64((uint64_t)v[i].kind | (uint64_t)v[i].bytes.len << 8);
		words[2 + 2 * i] = htole64(bytes ? XXH3_64bits(v[i].bytes.p, v[i].bytes.len) : (uint64_t)v[i].n);
	}
	return (int64_t)XXH3_64bits(words, sizeof words[0] * (size_t)(1 + 2 * n));
}

void
values_bind(sqlite3_stmt *stmt, const struct row *row)
{
	const struct value *v = row->v;
	int n = tables[row->table].values;

	for (int i = 0; i < n; i++)
		if (v[i].kind == VALUE_INT)
			sqlite3_bind_int64(stmt, i + 1, v[i].n);
		else if (v[i].kind == VALUE_NULL)
			sqlite3_bind_null(stmt, i + 1);
		else if (v[i].kind == VALUE_BLOB)
			sqlite3_bind_blob64(stmt, i + 1, v[i].bytes.p, v[i].bytes.len, SQLITE_STATIC);
		else
			sqlite3_bind_text64(stmt, i + 1, v[i].bytes.p, v[i].bytes.len, SQLITE_STATIC, SQLITE_UTF8);
	sqlite3_bind_int64(stmt, n + 1, row->sum);
}

static struct value
read_value(sqlite3_stmt *stmt, int column)
{
	switch (sqlite3_column_type(stmt, column)) {
	case SQLITE_INTEGER:
		return value_int(sqlite3_column_int64(stmt, column));
	case SQLITE_TEXT:
		return value_text(sql_column(stmt, column));
	case SQLITE_NULL:
		return (struct value){.kind = VALUE_NULL};
	default:
		return value_blob(sql_column(stmt, column));
	}
}

int
values_read(struct sql *s, sqlite3_stmt *stmt, int column, struct row *row, struct fail *why)
{
	int n = tables[row->table].values;

	for (int i = 0; i < n; i++)
		row->v[i] = read_value(stmt, column + i);
	row->sum = sqlite3_column_int64(stmt, column + n);
	if (sqlite3_column_type(stmt, column + n) != SQLITE_INTEGER || row->sum != values_sum(row))
		return sql_damaged(s, why, "the checksum of a row in table %s is wrong", table_name(row->table));
	return 0;
}

struct state
values_state(const struct value *file)
{
	struct state noted = {.has_size = file[FILE_SIZE].kind == VALUE_INT,
	    .has_mtime = file[FILE_MTIME].kind == VALUE_INT,
	    .size = (uint64_t)file[FILE_SIZE].n};

	rec_time_of_ns(file[FILE_MTIME].n, &noted.mtime);
	return noted;
}
