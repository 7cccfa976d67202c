/*
 * Reads, skips and seeks are ours, so that a read that fails keeps its errno, and a long one can be given up.
 *
 * What can be sought in is passed over unread.  Of a stream that is packed as a whole, the members that nobody wants
 * are unpacked here and not in libarchive, which would go on over any size.
 */
#include "archive/unpack.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "archive/magic.h"
#include "archive/membername.h"
#include "file/io.h"

#define BLOCK_BYTES (128u << 10)

struct unpack {
	struct archives *of;
	struct archive *archive;
	struct archive_entry *entry;
	struct unpack_member now;
	const struct run *run; /* may be NULL */
	int fd;
	struct stat st;
	uint64_t at, fetched; /* in the file; and the bytes that were read of it in all */
	bool at_end;          /* the last call has met the file's end */
	struct fail broken;   /* why a read has failed; or the member is not what it should be, which comes out last */
	bool alone;           /* it holds the decoder */
	size_t memory;        /* in use before it did */
	const char *block;    /* what libarchive has given … */
	size_t block_len;     /* … and is still to be taken … */
	uint64_t block_at;    /* … from here in the member */
	uint64_t came;        /* bytes of the member so far */
	uint64_t fetched_before;
	char bytes[BLOCK_BYTES];
};

static const struct calls *
calls(const struct unpack *u)
{
	return &u->of->calls;
}

/* Bytes of memory that are in use; 0 where nobody knows. */
static size_t
memory_in_use(void)
{
#if defined(__GLIBC__) && (__GLIBC__ > 2 || __GLIBC_MINOR__ >= 33)
	struct mallinfo2 m = mallinfo2();

	return m.uordblks + m.hblkhd;
#else
	return 0;
#endif
}

static la_ssize_t
on_read(struct archive *a, void *arg, const void **bytes)
{
	struct unpack *u = arg;
	ssize_t n;

	*bytes = u->bytes;
	if (u->now.number == 0 && u->fetched > UNPACK_LIST_MAX) {
		n = fail_set(&u->broken, FAIL_LIMIT, "read", "the list of what it holds is over the limit of %u MiB",
		    UNPACK_LIST_MAX >> 20);
	} else if (u->run != NULL && run_stopping(u->run)) {
		errno = ECANCELED;
		n = fail_errno(&u->broken, "read", "%s", "");
	} else {
		n = io_read(u->fd, u->bytes, sizeof(u->bytes), u->at, &u->broken);
	}
	if (n == -1) {
		calls(u)->archive_set_error(a, EIO, "%s", u->broken.message);
		return ARCHIVE_FATAL;
	}
	u->at += (uint64_t)n;
	u->fetched += (uint64_t)n;
	u->at_end |= n == 0;
	return n;
}

static la_int64_t
on_skip(struct archive *a, void *arg, la_int64_t request)
{
	struct unpack *u = arg;
	uint64_t left = u->at < (uint64_t)u->st.st_size ? (uint64_t)u->st.st_size - u->at : 0;
	uint64_t n = (uint64_t)request < left ? (uint64_t)request : left;

	(void)a;
	u->at += n;
	return (la_int64_t)n;
}

static la_int64_t
on_seek(struct archive *a, void *arg, la_int64_t offset, int whence)
{
	struct unpack *u = arg;
	la_int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? (la_int64_t)u->at : (la_int64_t)u->st.st_size;
	la_int64_t to;

	if (__builtin_add_overflow(from, offset, &to) || to < 0)
		return ARCHIVE_FATAL;
	if (to > u->st.st_size) {
		u->at_end = true;
		calls(u)->archive_set_error(a, EIO, "it points beyond its end");
		return ARCHIVE_FATAL;
	}
	u->at = (uint64_t)to;
	u->at_end = false;
	return to;
}

/* Wait for the turn of what may take much memory. */
static void
take_decoder(struct unpack *u)
{
	if (u->alone)
		return;
	atomic_fetch_add(&u->of->waiting, 1);
	pthread_mutex_lock(&u->of->decoder);
	atomic_fetch_sub(&u->of->waiting, 1);
	u->alone = true;
	u->memory = memory_in_use();
}

static int
check_memory(const struct unpack *u, struct fail *why)
{
	if (!u->alone || memory_in_use() <= u->memory + ARCHIVES_MEMORY)
		return 0;
	return fail_set(
	    why, FAIL_LIMIT, "read", "unpacking it takes more memory than the limit of %u MiB", ARCHIVES_MEMORY >> 20);
}

/* What libarchive says is wrong. */
static int
fail_archive(const struct unpack *u, int rc, struct fail *why)
{
	const char *text = calls(u)->archive_error_string(u->archive);

	if (text == NULL)
		text = "perhaps it was cut short";
	if (u->broken.code != FAIL_NONE)
		*why = u->broken;
	else if (calls(u)->archive_errno(u->archive) == ENOMEM) /* which is as often a number in the archive */
		fail_set(why, FAIL_LIMIT, "read", "unpacking it takes more memory than there is: %s", text);
	else if (u->at_end && rc != ARCHIVE_WARN)
		fail_set(why, FAIL_TRUNCATED, "read", "the archive ends early: %s", text);
	else
		fail_set(
		    why, rc == ARCHIVE_WARN ? FAIL_VERIFY : FAIL_FORMAT, "read", "the archive is damaged: %s", text);
	why->message[strcspn(why->message, "\n")] = '\0';
	return -1;
}

static bool
support(const struct calls *c, struct archive *a)
{
	return c->archive_read_support_filter_bzip2(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_compress(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_gzip(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_lz4(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_lzip(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_xz(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_filter_zstd(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_7zip(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_cab(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_cpio(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_iso9660(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_lha(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_rar(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_rar5(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_tar(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_xar(a) != ARCHIVE_FATAL &&
	       c->archive_read_support_format_zip(a) != ARCHIVE_FATAL;
}

/* Returns 1; 0: it only begins like an archive; -1. */
static int
open_archive(struct unpack *u, struct fail *why)
{
	const struct calls *c = calls(u);
	locale_t old;
	int rc;

	if ((u->archive = c->archive_read_new()) == NULL)
		return fail_nomem(why);
	old = uselocale(u->of->utf8);
	c->archive_read_set_read_callback(u->archive, on_read);
	c->archive_read_set_skip_callback(u->archive, on_skip);
	c->archive_read_set_seek_callback(u->archive, on_seek);
	c->archive_read_set_callback_data(u->archive, u);
	rc = support(c, u->archive) ? c->archive_read_open1(u->archive) : ARCHIVE_FATAL;
	uselocale(old);
	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN)
		return 1;
	if (u->broken.code == FAIL_NONE && c->archive_errno(u->archive) != ENOMEM)
		return 0;
	return fail_archive(u, rc, why);
}

/* Whether it begins as archives do: 1, 0, -1. */
static int
look(struct unpack *u, bool *hungry, struct fail *why)
{
	ssize_t n = io_read(u->fd, u->bytes, MAGIC_HEAD, 0, why);

	if (n == -1)
		return -1;
	if (magic_is_archive((const uint8_t *)u->bytes, (size_t)n, hungry))
		return 1;
	if ((n = io_read(u->fd, u->bytes, MAGIC_DISC_LEN, MAGIC_DISC_AT, why)) == -1)
		return -1;
	return magic_is_disc((const uint8_t *)u->bytes, (size_t)n);
}

int
unpack_open(struct archives *of, const char *path, const struct run *run, struct unpack **out, struct fail *why)
{
	struct unpack *u = malloc(sizeof(*u)); /* the pages of its block are touched when used */
	bool hungry;
	int rc;

	if (u == NULL)
		return fail_nomem(why);
	memset(u, 0, offsetof(struct unpack, bytes));
	u->of = of;
	u->run = run;
	if ((u->fd = io_open(of->dirfd, path, &u->st, why)) == -1)
		rc = -1;
	else if ((rc = look(u, &hungry, why)) == 1) {
		if (hungry)
			take_decoder(u);
		rc = archives_ready(of, why) == 0 ? open_archive(u, why) : -1;
	}
	*out = u;
	if (rc == 1)
		return 1;
	unpack_close(u);
	*out = NULL;
	return rc;
}

void
unpack_close(struct unpack *u)
{
	if (u == NULL)
		return;
	if (u->archive != NULL)
		calls(u)->archive_read_free(u->archive);
	if (u->alone)
		pthread_mutex_unlock(&u->of->decoder);
	io_close(&u->fd);
	buf_fini(&u->now.name);
	free(u);
}

static bool
is_format(const struct unpack *u, int format)
{
	return (calls(u)->archive_format(u->archive) & ARCHIVE_FORMAT_BASE_MASK) == format;
}

static bool
is_zip(const struct unpack *u)
{
	return is_format(u, ARCHIVE_FORMAT_ZIP);
}

/* A cpio has the content of several names behind the last one, where a tar has it behind the first. */
static const char *
only_a_name(const struct unpack *u)
{
	const struct unpack_member *m = &u->now;
	bool at_last = is_format(u, ARCHIVE_FORMAT_CPIO);

	if (at_last && m->size == 0 && calls(u)->archive_entry_nlink(u->entry) > 1)
		return "has its content under another of its names in the archive, which comes by itself";
	if (calls(u)->archive_entry_hardlink(u->entry) != NULL && !(at_last && m->size > 0))
		return "is another name of a member of the archive, which comes by itself";
	return NULL;
}

/* Why this member is not to be read. */
static void
judge(struct unpack *u)
{
	const struct calls *c = calls(u);
	struct unpack_member *m = &u->now;
	mode_t type = c->archive_entry_filetype(u->entry);
	struct fail *why = &m->refused;
	const char *name;

	if (c->archive_entry_is_encrypted(u->entry))
		fail_set(why, FAIL_INPUT, "open", "is encrypted: extract it with its password first");
	else if ((name = only_a_name(u)) != NULL)
		fail_set(why, FAIL_INPUT, "open", "%s", name);
	else if (type == AE_IFLNK || c->archive_entry_symlink(u->entry) != NULL)
		fail_set(why, FAIL_INPUT, "open", "is a link in the archive");
	else if (type != AE_IFREG && type != 0)
		fail_set(why, FAIL_INPUT, "open", "is no regular file in the archive");
	else if (membername_check(buf_cstr(&m->name), why) == 0 && m->has_size && m->size > u->of->max_member)
		fail_set(why, FAIL_LIMIT, "open", "its %ju bytes are over the limit of %ju: see --max-member",
		    (uintmax_t)m->size, (uintmax_t)u->of->max_member);
}

static void
take_header(struct unpack *u)
{
	const struct calls *c = calls(u);
	struct unpack_member *m = &u->now;
	const char *raw = c->archive_entry_pathname(u->entry);

	m->number++;
	buf_clear(&m->name, MEMBERNAME_MAX);
	membername_take(&m->name, raw != NULL ? raw : "", is_zip(u));
	m->has_size = c->archive_entry_size_is_set(u->entry) && c->archive_entry_size(u->entry) >= 0;
	m->size = m->has_size ? (uint64_t)c->archive_entry_size(u->entry) : 0;
	m->has_mtime = c->archive_entry_mtime_is_set(u->entry);
	m->mtime = (struct timespec){c->archive_entry_mtime(u->entry), c->archive_entry_mtime_nsec(u->entry)};
	if (m->mtime.tv_nsec < 0 || m->mtime.tv_nsec > 999999999)
		m->mtime.tv_nsec = 0;
	m->is_folder = c->archive_entry_filetype(u->entry) == AE_IFDIR;
	m->refused = (struct fail){0};
	m->is_nameless = m->name.len == 0;
	if (m->is_nameless)
		buf_addf(&m->name, "member-%ju", (uintmax_t)m->number);
	judge(u);
}

const struct unpack_member *
unpack_member(const struct unpack *u)
{
	return &u->now;
}

/* Whether a member of a zip is packed by what may take much memory. */
static bool
is_hungry(const struct unpack *u)
{
	const char *name = calls(u)->archive_format_name(u->archive);

	return is_zip(u) && name != NULL && strstr(name, "deflation") == NULL && strstr(name, "uncompressed") == NULL;
}

/* Whether the member has become more than it may. */
static int
check_size(const struct unpack *u, struct fail *why)
{
	uint64_t size = u->block_at + u->block_len, packed = u->fetched - u->fetched_before + BLOCK_BYTES;

	if (size > u->of->max_member)
		return fail_set(why, FAIL_LIMIT, "read", "it is over the limit of %ju bytes: see --max-member",
		    (uintmax_t)u->of->max_member);
	if (size > UNPACK_RATIO_FROM && size / UNPACK_RATIO > packed)
		return fail_set(why, FAIL_LIMIT, "read",
		    "it is more than %u times what the archive has of it, over the limit", UNPACK_RATIO);
	return check_memory(u, why);
}

/* The next block of libarchive's.  Returns 1, 0 at the member's end, -1. */
static int
next_block(struct unpack *u, struct fail *why)
{
	const void *block = NULL;
	locale_t old;
	la_int64_t at;
	int rc;

	if (u->broken.code != FAIL_NONE) {
		*why = u->broken;
		return -1;
	}
	if (u->came == 0 && is_hungry(u)) {
		if (u->now.has_size && u->now.size == 0)
			return 0; /* libarchive 3.6 fails of what LZMA makes of nothing */
		take_decoder(u);
	}
	old = uselocale(u->of->utf8);
	rc = calls(u)->archive_read_data_block(u->archive, &block, &u->block_len, &at);
	uselocale(old);
	if (rc == ARCHIVE_EOF) {
		u->block_len = 0;
		if (u->now.has_size && u->came != u->now.size)
			return fail_set(why, FAIL_VERIFY, "read", "its %ju bytes are not the %ju that the archive says",
			    (uintmax_t)u->came, (uintmax_t)u->now.size);
		return 0;
	}
	if (rc == ARCHIVE_WARN && u->block_len > 0)
		fail_archive(u, rc, &u->broken);
	else if (rc != ARCHIVE_OK)
		return fail_archive(u, rc, why);
	u->block = block;
	u->block_at = at > 0 ? (uint64_t)at : 0;
	if (u->block_at < u->came)
		return fail_set(
		    why, FAIL_FORMAT, "read", "the archive is damaged: a member's parts lie over each other");
	return check_size(u, why) == 0 ? 1 : -1;
}

/* Of a stream that is packed as a whole, go over what is left of the member; one that is not as it should be is over.
 */
static int
pass_member(struct unpack *u, struct fail *why)
{
	int got;

	if (u->entry == NULL || calls(u)->archive_filter_count(u->archive) < 2)
		return 0;
	while ((got = next_block(u, why)) == 1)
		u->came = u->block_at + u->block_len;
	return got == 0 || why->code == FAIL_VERIFY ? 0 : -1;
}

int
unpack_next(struct unpack *u, struct fail *why)
{
	locale_t old;
	int rc;

	if (pass_member(u, why) == -1)
		return -1;
	u->broken = (struct fail){0};
	u->block_len = 0;
	u->came = u->block_at = 0;
	old = uselocale(u->of->utf8);
	rc = calls(u)->archive_read_next_header(u->archive, &u->entry);
	if (rc == ARCHIVE_OK || rc == ARCHIVE_WARN)
		take_header(u);
	uselocale(old);
	u->fetched_before = u->fetched;
	if (rc == ARCHIVE_EOF)
		return 0;
	if (rc != ARCHIVE_OK && rc != ARCHIVE_WARN)
		return fail_archive(u, rc, why);
	if (u->now.name.failed)
		return fail_nomem(why);
	return check_memory(u, why) == 0 ? 1 : -1;
}

ssize_t
unpack_read(struct unpack *u, void *dst, size_t len, struct fail *why)
{
	size_t n;
	int got;

	while (u->block_len == 0 && u->came >= u->block_at) {
		if ((got = next_block(u, why)) != 1)
			return got;
	}
	if (u->came < u->block_at) { /* a hole before the block */
		n = u->block_at - u->came < len ? (size_t)(u->block_at - u->came) : len;
		memset(dst, 0, n);
	} else {
		n = u->block_len < len ? u->block_len : len;
		memcpy(dst, u->block, n);
		u->block += n;
		u->block_len -= n;
		u->block_at += n;
	}
	u->came += n;
	return (ssize_t)n;
}

bool
unpack_is_alone(const struct unpack *u)
{
	return u->alone;
}

bool
unpack_is_wanted(const struct unpack *u)
{
	return u->alone && atomic_load(&u->of->waiting) > 0;
}

const struct stat *
unpack_state(const struct unpack *u)
{
	return &u->st;
}

int
unpack_still(const struct unpack *u, struct fail *why)
{
	struct stat after;

	if (fstat(u->fd, &after) == -1)
		return fail_errno(why, "fstat", "%s", "");
	if (!io_same_version(&u->st, &after))
		return fail_set(why, FAIL_CHANGED, "read", "the archive changed while it was being read");
	return 0;
}
