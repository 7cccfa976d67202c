/*
 * A transaction leaves holes: a page that was given out and taken back before its end is never written, and reads as
 * zeros, or not at all, until it is used again.  Such pages lie beyond the count in the header as it is in the file.
 * What lies within it must be whole.
 */
#include "hashdb/store/pagesum.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "base/num.h"
#include "hashdb/store/journal.h"

enum { SUMMED = PAGESUM_PAGE - PAGESUM_RESERVED, HEADER = 100, COUNT_AT = 28 };

struct pagesum {
	sqlite3_vfs vfs, *real;
	char name[32];
	sqlite3_file *database;
	uint32_t bad;
	uint32_t pages; /* by the header in the file */
	const char *journal;
	unsigned char page[PAGESUM_PAGE];
};

struct file {
	sqlite3_file base;
	struct pagesum *owner;
	sqlite3_file *real; /* behind this struct */
};

static void
sum_of(const unsigned char *page, uint32_t number, unsigned char sum[PAGESUM_RESERVED])
{
	uint64_t n = XXH3_64bits(page, SUMMED) ^ number * UINT64_C(0x9e3779b97f4a7c15);

	for (unsigned i = 0; i < PAGESUM_RESERVED; i++)
		sum[i] = (unsigned char)(n >> (56 - 8 * i));
}

void
pagesum_stamp(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size / PAGESUM_PAGE; i++)
		sum_of(bytes + i * PAGESUM_PAGE, (uint32_t)i + 1, bytes + i * PAGESUM_PAGE + SUMMED);
}

static sqlite3_file *
real_of(sqlite3_file *f)
{
	return ((struct file *)(void *)f)->real;
}

bool
pagesum_holds(const unsigned char *page, uint32_t number)
{
	unsigned char sum[PAGESUM_RESERVED];

	sum_of(page, number, sum);
	return memcmp(sum, page + SUMMED, sizeof sum) == 0;
}

/* ---- reading ---- */

static int
damaged(struct pagesum *p, uint32_t number)
{
	p->bad = number;
	return SQLITE_IOERR_DATA;
}

static bool
is_hole(const unsigned char *page)
{
	return page[0] == 0 && memcmp(page, page + 1, PAGESUM_PAGE - 1) == 0;
}

/* The header says how long the file is. */
static int
check_length(struct file *f, const unsigned char *page)
{
	sqlite3_int64 size;
	int rc = f->real->pMethods->xFileSize(f->real, &size);

	if (rc != SQLITE_OK)
		return rc;
	f->owner->pages = num_be32(page + COUNT_AT);
	if (size == (sqlite3_int64)f->owner->pages * PAGESUM_PAGE)
		return SQLITE_OK;
	return damaged(f->owner, (uint32_t)(size / PAGESUM_PAGE) + 1);
}

static int
read_page(struct file *f, unsigned char *page, uint32_t number)
{
	int rc = f->real->pMethods->xRead(f->real, page, PAGESUM_PAGE, (sqlite3_int64)(number - 1) * PAGESUM_PAGE);

	if (rc != SQLITE_OK && rc != SQLITE_IOERR_SHORT_READ)
		return rc;
	if (number > 1 && number > f->owner->pages && (rc != SQLITE_OK || is_hole(page)))
		return rc;
	if (rc != SQLITE_OK || !pagesum_holds(page, number))
		return damaged(f->owner, number);
	return number == 1 ? check_length(f, page) : SQLITE_OK;
}

/* Whole pages, but for a look at the header, and for a long row's bytes. */
static int
f_read(sqlite3_file *file, void *to, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)(void *)file;
	unsigned char *page = f->owner->page;
	uint32_t number = (uint32_t)(at / PAGESUM_PAGE) + 1, offset = (uint32_t)(at % PAGESUM_PAGE);
	int rc;

	if (len == PAGESUM_PAGE && offset == 0)
		return read_page(f, to, number);
	if (at + len <= HEADER)
		return f->real->pMethods->xRead(f->real, to, len, at);
	if (offset + (uint32_t)len > PAGESUM_PAGE)
		return damaged(f->owner, number);
	if ((rc = read_page(f, page, number)) == SQLITE_OK)
		memcpy(to, page + offset, (size_t)len);
	return rc;
}

/* ---- writing ---- */

/* The sum goes into SQLite's own copy as well, since that is what it puts into the next journal. */
static int
f_write(sqlite3_file *file, const void *from, int len, sqlite3_int64 at)
{
	struct file *f = (struct file *)(void *)file;
	unsigned char *page = (unsigned char *)(uintptr_t)from;
	uint32_t number = (uint32_t)(at / PAGESUM_PAGE) + 1;
	int rc;

	if (len != PAGESUM_PAGE || at % PAGESUM_PAGE != 0)
		return SQLITE_IOERR_WRITE;
	sum_of(page, number, page + SUMMED);
	rc = f->real->pMethods->xWrite(f->real, page, len, at);
	if (rc == SQLITE_OK && number == 1)
		f->owner->pages = num_be32(page + COUNT_AT);
	return rc;
}

/* ---- the rest goes through ---- */

static int
f_close(sqlite3_file *f)
{
	return real_of(f)->pMethods->xClose(real_of(f));
}

static int
f_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	return real_of(f)->pMethods->xTruncate(real_of(f), size);
}

static int
f_sync(sqlite3_file *f, int flags)
{
	return real_of(f)->pMethods->xSync(real_of(f), flags);
}

static int
f_size(sqlite3_file *f, sqlite3_int64 *size)
{
	return real_of(f)->pMethods->xFileSize(real_of(f), size);
}

static int
f_lock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xLock(real_of(f), level);
}

static int
f_unlock(sqlite3_file *f, int level)
{
	return real_of(f)->pMethods->xUnlock(real_of(f), level);
}

static int
f_reserved(sqlite3_file *f, int *reserved)
{
	return real_of(f)->pMethods->xCheckReservedLock(real_of(f), reserved);
}

static int
f_control(sqlite3_file *f, int op, void *arg)
{
	return real_of(f)->pMethods->xFileControl(real_of(f), op, arg);
}

static int
f_sector(sqlite3_file *f)
{
	return real_of(f)->pMethods->xSectorSize(real_of(f));
}

static int
f_traits(sqlite3_file *f)
{
	return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}

/* Version 1: neither shared memory nor mapped pages, which would come past the checks. */
static const sqlite3_io_methods methods = {
    .iVersion = 1,
    .xClose = f_close,
    .xRead = f_read,
    .xWrite = f_write,
    .xTruncate = f_truncate,
    .xSync = f_sync,
    .xFileSize = f_size,
    .xLock = f_lock,
    .xUnlock = f_unlock,
    .xCheckReservedLock = f_reserved,
    .xFileControl = f_control,
    .xSectorSize = f_sector,
    .xDeviceCharacteristics = f_traits,
};

/* One that is opened and not made is to be undone. */
static int
open_journal(struct pagesum *p, const char *name, sqlite3_file *file, int flags, int *out)
{
	int rc = p->real->xOpen(p->real, name, file, flags, out);

	if (rc != SQLITE_OK || p->database == NULL || (rc = journal_check(file, p->database, &p->journal)) == SQLITE_OK)
		return rc;
	file->pMethods->xClose(file);
	file->pMethods = NULL;
	return rc;
}

/* Temporary files are SQLite's own affair. */
static int
open_file(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *out)
{
	struct pagesum *p = vfs->pAppData;
	struct file *f = (struct file *)(void *)file;
	int rc;

	if ((flags & SQLITE_OPEN_MAIN_JOURNAL) && (flags & SQLITE_OPEN_READWRITE) && !(flags & SQLITE_OPEN_CREATE))
		return open_journal(p, name, file, flags, out);
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return p->real->xOpen(p->real, name, file, flags, out);
	*f = (struct file){.owner = p, .real = (sqlite3_file *)(void *)(f + 1)};
	rc = p->real->xOpen(p->real, name, f->real, flags, out);
	if (f->real->pMethods != NULL)
		f->base.pMethods = &methods;
	p->database = rc == SQLITE_OK ? f->real : NULL;
	return rc;
}

static int
delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
	const struct pagesum *p = vfs->pAppData;

	return p->real->xDelete(p->real, name, sync);
}

static int
access_file(sqlite3_vfs *vfs, const char *name, int flags, int *out)
{
	const struct pagesum *p = vfs->pAppData;

	return p->real->xAccess(p->real, name, flags, out);
}

static int
full_path(sqlite3_vfs *vfs, const char *name, int len, char *out)
{
	const struct pagesum *p = vfs->pAppData;

	return p->real->xFullPathname(p->real, name, len, out);
}

struct pagesum *
pagesum_new(void)
{
	struct pagesum *p = calloc(1, sizeof *p);

	if (p == NULL)
		return NULL;
	if ((p->real = sqlite3_vfs_find(NULL)) == NULL) {
		free(p);
		return NULL;
	}
	snprintf(p->name, sizeof p->name, "pagesum-%p", (void *)p);
	p->vfs = *p->real; /* what knows no files needs no wrapper */
	p->vfs.zName = p->name;
	p->vfs.pAppData = p;
	p->vfs.szOsFile += (int)sizeof(struct file);
	p->vfs.xOpen = open_file;
	p->vfs.xDelete = delete_file;
	p->vfs.xAccess = access_file;
	p->vfs.xFullPathname = full_path;
	if (sqlite3_vfs_register(&p->vfs, 0) == SQLITE_OK)
		return p;
	free(p);
	return NULL;
}

void
pagesum_free(struct pagesum *p)
{
	if (p == NULL)
		return;
	sqlite3_vfs_unregister(&p->vfs);
	free(p);
}

const char *
pagesum_vfs(const struct pagesum *p)
{
	return p->name;
}

uint32_t
pagesum_bad(const struct pagesum *p)
{
	return p->bad;
}

const char *
pagesum_journal(const struct pagesum *p)
{
	return p->journal;
}
