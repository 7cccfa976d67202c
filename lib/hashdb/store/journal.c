/*
 * https://www.sqlite.org/fileformat.html, 3: segments of a header and records, each a page as it was.  A header counts
 * the records that were flushed before pages of the database were overwritten; what follows those was not flushed, and
 * the database still has it.
 */
#include "hashdb/store/journal.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/num.h"
#include "hashdb/store/pagesum.h"
#include "hashdb/store/schema.h"

_Static_assert(SCHEMA_VERSION == 3, "JOURNAL_BEGIN writes it");

enum { HEADER = 28, RECORD = 4 + PAGESUM_PAGE + 4, COUNTER_AT = 24, COUNT_AT = 28, ABOUT_PAGE = 2, ID_LEN = 2 + 16 };

static const unsigned char magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};

static const char damaged[] = "the journal beside it, which a killed program left, is damaged";
static const char foreign[] =
    "the journal beside it belongs to another database or to an older copy of this one: move it away";

struct journal {
	sqlite3_file *file, *database;
	sqlite3_int64 size, at;
	uint32_t records, nonce, pages, sector; /* of the segment's header */
	bool first_seen, about_seen;
	unsigned char record[RECORD], page[PAGESUM_PAGE]; /* as it was; as the database has it */
	const char **what;
};

static int
refuse(struct journal *j, const char *what)
{
	*j->what = what;
	return SQLITE_IOERR_DATA;
}

/* Zeros where the file ends. */
static int
read_at(sqlite3_file *f, void *to, int len, sqlite3_int64 at)
{
	int rc = f->pMethods->xRead(f, to, len, at);

	return rc == SQLITE_IOERR_SHORT_READ ? SQLITE_OK : rc;
}

/* What SQLite sums up. */
static bool
is_record(const struct journal *j)
{
	const unsigned char *page = j->record + 4;
	uint32_t number = num_be32(j->record), sum = j->nonce;

	for (int i = PAGESUM_PAGE - 200; i > 0; i -= 200)
		sum += page[i];
	return number > 0 && number <= j->pages && sum == num_be32(page + PAGESUM_PAGE) && pagesum_holds(page, number);
}

static int
read_record(struct journal *j)
{
	uint32_t number;
	int rc = read_at(j->file, j->record, RECORD, j->at);

	number = num_be32(j->record);
	if (rc == SQLITE_OK && number > 0)
		rc = read_at(j->database, j->page, PAGESUM_PAGE, (sqlite3_int64)(number - 1) * PAGESUM_PAGE);
	return rc;
}

/* The database's header counts changes; the one that was being made may have been counted. */
static bool
is_of_this_change(const struct journal *j)
{
	const unsigned char *old = j->record + 4;
	uint32_t ahead = num_be32(j->page + COUNTER_AT) - num_be32(old + COUNTER_AT);

	return !pagesum_holds(j->page, 1) || ahead <= 1;
}

static bool
is_id(const unsigned char *p)
{
	char digits[ID_LEN - 1] = {0};

	memcpy(digits, p + 2, ID_LEN - 2);
	return memcmp(p, "id", 2) == 0 && strspn(digits, "0123456789abcdef") == ID_LEN - 2;
}

/* A page that was being written when power was lost tells nothing. */
static bool
is_of_this_database(const struct journal *j)
{
	const unsigned char *old = j->record + 4, *end = old + PAGESUM_PAGE - ID_LEN;

	while (old < end && !is_id(old))
		old++;
	return !pagesum_holds(j->page, ABOUT_PAGE) || (old < end && memmem(j->page, PAGESUM_PAGE, old, ID_LEN) != NULL);
}

static int
check_record(struct journal *j)
{
	uint32_t number = num_be32(j->record);

	if (!is_record(j))
		return refuse(j, damaged);
	if ((number == 1 && !is_of_this_change(j)) || (number == ABOUT_PAGE && !is_of_this_database(j)))
		return refuse(j, foreign);
	if (number == 1 && num_be32(j->record + 4 + COUNT_AT) != j->pages)
		return refuse(j, damaged);
	j->first_seen |= number == 1;
	j->about_seen |= number == ABOUT_PAGE;
	return SQLITE_OK;
}

/* What was not flushed yet must not have been overwritten: else the header has lost count. */
static int
check_rest(struct journal *j)
{
	int rc = SQLITE_OK;

	while (rc == SQLITE_OK && j->at + RECORD <= j->size && (rc = read_record(j)) == SQLITE_OK && is_record(j)) {
		if (memcmp(j->record + 4, j->page, PAGESUM_PAGE) != 0)
			return refuse(j, damaged);
		j->at += RECORD;
	}
	return rc;
}

static int
check_segment(struct journal *j)
{
	int rc = SQLITE_OK;

	if (j->at + (sqlite3_int64)j->records * RECORD > j->size)
		return refuse(j, damaged);
	for (uint32_t i = 0; i < j->records && rc == SQLITE_OK; i++, j->at += RECORD)
		if ((rc = read_record(j)) == SQLITE_OK)
			rc = check_record(j);
	if (rc == SQLITE_OK && j->records > 0 && !(j->first_seen && j->about_seen))
		return refuse(j, foreign);
	return rc == SQLITE_OK ? check_rest(j) : rc;
}

/* A header from the next sector on.  *there: there is one. */
static int
read_header(struct journal *j, bool *there)
{
	static const unsigned char none[sizeof magic];
	unsigned char head[HEADER] = {0};
	int rc = SQLITE_OK;

	*there = false;
	if (j->sector > 0)
		j->at = (j->at + j->sector - 1) / j->sector * j->sector;
	if (j->at + HEADER <= j->size)
		rc = read_at(j->file, head, HEADER, j->at);
	if (rc != SQLITE_OK || memcmp(head, none, sizeof none) == 0)
		return rc;
	j->records = num_be32(head + 8);
	j->nonce = num_be32(head + 12);
	j->pages = num_be32(head + 16);
	if (memcmp(head, magic, sizeof magic) != 0 || num_be32(head + 24) != PAGESUM_PAGE ||
	    (j->sector > 0 && num_be32(head + 20) != j->sector) || num_be32(head + 20) < HEADER ||
	    num_be32(head + 20) > 65536)
		return refuse(j, damaged);
	j->sector = num_be32(head + 20);
	j->at += j->sector;
	*there = j->at <= j->size; /* one that is not whole counts nothing */
	return SQLITE_OK;
}

/* The name of a journal above this one: we never change two databases at once. */
static int
check_end(struct journal *j)
{
	unsigned char end[sizeof magic];
	int rc = read_at(j->file, end, sizeof end, j->size - (int)sizeof end);

	return rc == SQLITE_OK && memcmp(end, magic, sizeof end) == 0 ? refuse(j, foreign) : rc;
}

int
journal_check(sqlite3_file *journal, sqlite3_file *database, const char **what)
{
	struct journal j = {.file = journal, .database = database, .what = what};
	bool there = true;
	int rc = journal->pMethods->xFileSize(journal, &j.size);

	if (rc == SQLITE_OK && j.size >= (int)sizeof magic)
		rc = check_end(&j);
	while (rc == SQLITE_OK && there && (rc = read_header(&j, &there)) == SQLITE_OK && there)
		rc = check_segment(&j);
	return rc;
}
