#include "hashdb/store/about.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

enum name { ID, ALGORITHMS, SEQ, ROOT, TOTALS, NAMES = TOTALS + 2 * TABLE_COUNTED };

/* The name of a row, into out. */
static const char *
write_name(enum name n, char out[32])
{
	static const char *const plain[TOTALS] = {"id", "algorithms", "seq", "root"};

	if (n < TOTALS)
		snprintf(out, 32, "%s", plain[n]);
	else
		snprintf(out, 32, "%s.%s", table_name((n - TOTALS) / 2), (n - TOTALS) % 2 == 0 ? "rows" : "sum");
	return out;
}

/* ---- digests ---- */

void
about_require(struct about *a, digest_mask more)
{
	if (a->required == 0 && more != 0)
		for (a->index = DIGEST_XXH128; !(more & 1u << a->index);)
			a->index = (a->index + 1) % DIGEST_COUNT;
	a->required |= more;
}

void
about_list(const struct about *a, struct buf *out)
{
	if (a->required == 0)
		return;
	buf_adds(out, digest_name(a->index));
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (i != (int)a->index && (a->required & 1u << i))
			buf_addf(out, ",%s", digest_name(i));
}

static int
read_list(struct sql *s, struct about *a, struct slice text, struct fail *why)
{
	char list[128];

	a->required = 0;
	if (text.len == 0)
		return 0;
	if (text.len >= sizeof list)
		return sql_damaged(s, why, "its list of digests cannot be read");
	memcpy(list, text.p, text.len);
	list[text.len] = '\0';
	if (digest_parse_list(list, &a->required, why) == -1)
		return fail_set(
		    why, FAIL_FORMAT, "database", "%s requires digests that this version does not know", s->name);
	for (int i = 0; i < DIGEST_COUNT; i++)
		if (strncmp(list, digest_name(i), strcspn(list, ",")) == 0 &&
		    strlen(digest_name(i)) == strcspn(list, ","))
			a->index = i;
	return 0;
}

/* ---- the table ---- */

static int
find_name(struct slice name)
{
	char known[32];

	for (int i = 0; i < NAMES; i++)
		if (slice_eq(name, write_name(i, known)))
			return i;
	return -1;
}

static int
set_value(struct sql *s, struct about *a, int name, const struct value *v, struct fail *why)
{
	bool text = name == ID || name == ALGORITHMS || name == ROOT;
	struct total *total = name >= TOTALS ? &a->totals[(name - TOTALS) / 2] : NULL;

	if ((v->kind != VALUE_TEXT && v->kind != VALUE_BLOB) != !text || (!text && v->kind != VALUE_INT) ||
	    (name == ID && v->bytes.len != ABOUT_ID_LEN))
		return sql_damaged(s, why, "table about has a value of the wrong type");
	switch (name) {
	case ID:
		memcpy(a->id, v->bytes.p, ABOUT_ID_LEN);
		return 0;
	case ALGORITHMS:
		return read_list(s, a, v->bytes, why);
	case SEQ:
		a->seq = (uint64_t)v->n;
		return 0;
	case ROOT:
		buf_clear(&a->root, SIZE_MAX);
		return buf_add(&a->root, v->bytes.p, v->bytes.len) == -1 ? fail_nomem(why) : 0;
	default:
		if ((name - TOTALS) % 2 == 0)
			total->rows = v->n;
		else
			total->sum = (uint64_t)v->n;
		return 0;
	}
}

static int
read_rows(struct sql *s, struct sqlite3_stmt *stmt, struct about *a, unsigned *seen, struct fail *why)
{
	struct row row = {.table = TABLE_ABOUT};
	int rc, name;

	while ((rc = sql_step(s, stmt, why)) == 1) {
		if (values_read(s, stmt, 0, &row, why) == -1)
			return -1;
		if ((name = find_name(row.v[ABOUT_NAME].bytes)) == -1 || (*seen & 1u << name))
			return sql_damaged(s, why, "table about has a row that does not belong there");
		*seen |= 1u << name;
		if (set_value(s, a, name, &row.v[ABOUT_VALUE], why) == -1)
			return -1;
	}
	return rc;
}

int
about_read(struct sql *s, struct about *a, struct fail *why)
{
	struct sqlite3_stmt *stmt = sql_prepare(s, "SELECT " ABOUT_COLUMNS " FROM about", why);
	unsigned seen = 0;
	char name[32];
	int rc;

	if (stmt == NULL)
		return -1;
	buf_clear(&a->root, SIZE_MAX);
	rc = read_rows(s, stmt, a, &seen, why);
	sqlite3_finalize(stmt);
	for (int i = 0; i < NAMES && rc == 0; i++)
		if (i != ROOT && !(seen & 1u << i))
			rc = sql_damaged(s, why, "table about lacks '%s'", write_name(i, name));
	return rc;
}

static struct value
value_of(const struct about *a, int name, const struct buf *list)
{
	const struct total *total = &a->totals[name >= TOTALS ? (name - TOTALS) / 2 : 0];

	switch (name) {
	case ID:
		return value_text((struct slice){a->id, ABOUT_ID_LEN});
	case ALGORITHMS:
		return value_text((struct slice){list->p, list->len});
	case SEQ:
		return value_int((int64_t)a->seq);
	case ROOT:
		return value_text((struct slice){a->root.p, a->root.len});
	default:
		return value_int((name - TOTALS) % 2 == 0 ? total->rows : (int64_t)total->sum);
	}
}

static int
write_row(struct sql *s, struct sqlite3_stmt *stmt, int name, struct value value, struct fail *why)
{
	char text[32];
	struct row row = {.table = TABLE_ABOUT};

	write_name(name, text);
	row.v[ABOUT_NAME] = value_text((struct slice){text, strlen(text)});
	row.v[ABOUT_VALUE] = value;
	row.sum = values_sum(&row);
	values_bind(stmt, &row);
	return sql_step(s, stmt, why);
}

int
about_write(struct sql *s, const struct about *a, struct fail *why)
{
	static const char insert[] = "INSERT OR REPLACE INTO about (" ABOUT_COLUMNS ") VALUES (?1, ?2, ?3)";
	struct sqlite3_stmt *stmt = sql_prepare(s, insert, why);
	struct buf list = {0};
	int rc = stmt != NULL ? 0 : -1;

	about_list(a, &list);
	if (list.failed && rc == 0)
		rc = fail_nomem(why);
	for (int i = 0; i < NAMES && rc == 0; i++)
		if (i != ROOT || a->root.len > 0)
			rc = write_row(s, stmt, i, value_of(a, i, &list), why);
	if (rc == 0 && a->root.len == 0)
		rc = sql_exec(s, "DELETE FROM about WHERE name = 'root'", why);
	sqlite3_finalize(stmt);
	buf_fini(&list);
	return rc;
}

void
about_fini(struct about *a)
{
	buf_fini(&a->root);
}
