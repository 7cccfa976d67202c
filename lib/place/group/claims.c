#include "place/group/claims.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "file/beneath.h"
#include "file/io.h"

#define DIR_FLAGS (O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)

struct claim_name {
	char hex[2 * PATH_KEY + 1];
};

static struct claim_name
name_of(const uint8_t key[PATH_KEY])
{
	struct claim_name name;

	for (size_t i = 0; i < PATH_KEY; i++)
		snprintf(name.hex + 2 * i, 3, "%02x", key[i]);
	return name;
}

static int
digit(char c)
{
	return isdigit((unsigned char)c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
read_key(const char *name, uint8_t key[PATH_KEY])
{
	if (strlen(name) != 2 * (size_t)PATH_KEY)
		return false;
	for (size_t i = 0; i < PATH_KEY; i++) {
		int high = digit(name[2 * i]), low = digit(name[2 * i + 1]);

		if (high == -1 || low == -1)
			return false;
		key[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

void
claims_init(struct claims *c)
{
	*c = (struct claims){.dir = -1};
}

void
claims_forget(struct claims *c)
{
	io_close(&c->dir);
	for (size_t i = 0; i < c->n; i++)
		free(c->v[i].lines);
	free(c->v);
	claims_init(c);
}

/* Where a claim is, or would be. */
static size_t
seek(const struct claims *c, const uint8_t key[PATH_KEY])
{
	size_t low = 0, high = c->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (memcmp(c->v[middle].key, key, PATH_KEY) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static struct claim *
find(const struct claims *c, const uint8_t key[PATH_KEY])
{
	size_t i = seek(c, key);

	return i < c->n && memcmp(c->v[i].key, key, PATH_KEY) == 0 ? &c->v[i] : NULL;
}

static int
by_key(const void *a, const void *b)
{
	return memcmp(((const struct claim *)a)->key, ((const struct claim *)b)->key, PATH_KEY);
}

static int
room(struct claims *c, struct fail *why)
{
	struct claim *v = array_room(c->v, &c->cap, c->n, sizeof(*v));

	if (v == NULL)
		return fail_nomem(why);
	c->v = v;
	return 0;
}

static int
list(struct claims *c, struct fail *why)
{
	int fd = openat(c->dir, ".", DIR_FLAGS), rc = 0;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	const struct dirent *e;
	struct claim claim = {.lines = NULL};

	if (dir == NULL) {
		fail_errno(why, "open", "%s", CLAIMS_FOLDER);
		io_close(&fd);
		return -1;
	}
	c->n = 0; /* of a listing that failed */
	while (errno = 0, rc == 0 && (e = readdir(dir)) != NULL) {
		if (read_key(e->d_name, claim.key) && (rc = room(c, why)) == 0)
			c->v[c->n++] = claim;
	}
	if (rc == 0 && errno != 0)
		rc = fail_errno(why, "readdir", "%s", CLAIMS_FOLDER);
	closedir(dir);
	if (c->n > 0)
		qsort(c->v, c->n, sizeof(*c->v), by_key);
	return rc;
}

int
claims_load(struct claims *c, const struct library *l, struct fail *why)
{
	if (c->read)
		return 0;
	if (c->dir == -1)
		c->dir = beneath_open_plain(l->fd, CLAIMS_FOLDER, O_RDONLY | O_DIRECTORY);
	if (c->dir == -1 && errno != ENOENT)
		return fail_errno(why, "open", "%s", CLAIMS_FOLDER);
	c->read = c->dir == -1 || list(c, why) == 0;
	return c->read ? 0 : -1;
}

/* What a claim's file holds: nothing where another process has dropped it, or something else has its name. */
static int
read_file(const struct claims *c, const char *name, char text[CLAIM_BYTES + 1], struct fail *why)
{
	int fd = openat(c->dir, name, IO_OPEN_ITSELF);
	struct stat st;
	ssize_t len = 0;

	text[0] = '\0';
	if (fd == -1 && (errno == ENOENT || errno == ELOOP))
		return 0;
	if (fd == -1)
		return fail_errno(why, "open", "%s/%s", CLAIMS_FOLDER, name);
	if (fstat(fd, &st) == -1)
		len = fail_errno(why, "stat", "%s/%s", CLAIMS_FOLDER, name);
	else if (S_ISREG(st.st_mode))
		len = io_read(fd, text, CLAIM_BYTES, 0, why);
	io_close(&fd);
	text[len > 0 ? len : 0] = '\0';
	return len == -1 ? -1 : 0;
}

static int
read_lines(const struct claims *c, struct claim *claim, struct fail *why)
{
	char text[CLAIM_BYTES + 1];

	if (read_file(c, name_of(claim->key).hex, text, why) == -1)
		return -1;
	return (claim->lines = strdup(text)) != NULL ? 0 : fail_nomem(why);
}

int
claims_find(
    struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], const char **lines, struct fail *why)
{
	struct claim *claim;

	*lines = NULL;
	if (claims_load(c, l, why) == -1)
		return -1;
	if ((claim = find(c, key)) == NULL)
		return 0;
	if (claim->lines == NULL && read_lines(c, claim, why) == -1)
		return -1;
	if (claim->lines[0] != '\0')
		*lines = claim->lines;
	return 0;
}

static int
open_dir(struct claims *c, const struct library *l, struct fail *why)
{
	if (c->dir != -1)
		return 0;
	if (mkdirat(l->dcim, "claims", 0777) == -1 && errno != EEXIST)
		return fail_errno(why, "mkdir", "%s", CLAIMS_FOLDER);
	if ((c->dir = openat(l->dcim, "claims", DIR_FLAGS)) == -1)
		return fail_errno(why, "open", "%s", CLAIMS_FOLDER);
	return 0;
}

static int
write_lines(struct claims *c, const char *name, const struct buf *lines, struct fail *why)
{
	int fd, rc;

	unlinkat(c->dir, name, 0);
	fd = openat(c->dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd == -1)
		return fail_errno(why, "open", "%s/%s", CLAIMS_FOLDER, name);
	if ((rc = io_write(fd, lines->p, lines->len, why)) == -1)
		unlinkat(c->dir, name, 0); /* half a claim would be nobody's */
	io_close(&fd);
	return rc;
}

/* The claim of a key, made where there is none.  NULL: ENOMEM. */
static struct claim *
claim_of(struct claims *c, const uint8_t key[PATH_KEY], struct fail *why)
{
	struct claim *claim = find(c, key);
	size_t i = seek(c, key);

	if (claim != NULL || room(c, why) == -1)
		return claim;
	memmove(&c->v[i + 1], &c->v[i], (c->n - i) * sizeof(*c->v));
	c->n++;
	claim = &c->v[i];
	*claim = (struct claim){0};
	memcpy(claim->key, key, PATH_KEY);
	return claim;
}

int
claims_put(
    struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], const struct buf *lines, struct fail *why)
{
	struct claim *claim;

	if (claims_load(c, l, why) == -1)
		return -1;
	if (l->dcim != -1 && (open_dir(c, l, why) == -1 || write_lines(c, name_of(key).hex, lines, why) == -1))
		return -1;
	if ((claim = claim_of(c, key, why)) == NULL)
		return -1;
	free(claim->lines);
	claim->ahead = claim->durable = false;
	claim->lines = strdup(buf_cstr(lines));
	return claim->lines != NULL ? 0 : fail_nomem(why);
}

void
claims_drop(struct claims *c, const struct library *l, const uint8_t key[PATH_KEY])
{
	struct claim *claim = find(c, key);

	if (claim == NULL)
		return;
	if (l->dcim != -1)
		unlinkat(c->dir, name_of(key).hex, 0);
	free(claim->lines);
	c->n--;
	memmove(claim, claim + 1, (size_t)(c->v + c->n - claim) * sizeof(*claim));
}

/* ---- durable ---- */

/* The names of .dcim and of the folder in it. */
static int
flush_root(struct claims *c, const struct library *l, struct fail *why)
{
	if (c->rooted)
		return 0;
	if (io_sync_folder(l->fd) == -1 || io_sync_folder(l->dcim) == -1)
		return fail_errno(why, "fsync", "%s", CLAIMS_FOLDER);
	c->rooted = true;
	return 0;
}

static int
flush_file(const struct claims *c, const char *name, struct fail *why)
{
	int fd = openat(c->dir, name, IO_OPEN_ITSELF), rc;

	if (fd == -1)
		return fail_errno(why, "open", "%s/%s", CLAIMS_FOLDER, name);
	rc = fsync(fd) == -1 || io_sync_folder(c->dir) == -1 ? fail_errno(why, "fsync", "%s/%s", CLAIMS_FOLDER, name)
							     : 0;
	io_close(&fd);
	return rc;
}

int
claims_need(struct claims *c, const struct library *l, const uint8_t key[PATH_KEY], struct fail *why)
{
	struct claim *claim = find(c, key);

	if (claim == NULL || l->dcim == -1)
		return 0;
	if (!claim->durable && (flush_root(c, l, why) == -1 || flush_file(c, name_of(key).hex, why) == -1))
		return -1;
	claim->durable = true;
	claim->ahead = false;
	return 0;
}

void
claims_ahead(struct claims *c, const uint8_t key[PATH_KEY])
{
	struct claim *claim = find(c, key);

	if (claim != NULL)
		claim->ahead = true;
}

bool
claims_is_ahead(const struct claims *c, const uint8_t key[PATH_KEY])
{
	const struct claim *claim = find(c, key);

	return claim != NULL && claim->ahead;
}

int
claims_flush_ahead(struct claims *c, struct fail *why)
{
	bool any = false;

	for (size_t i = 0; i < c->n; i++)
		any |= c->v[i].ahead;
	if (any && syncfs(c->dir) == -1)
		return fail_errno(why, "syncfs", "%s", CLAIMS_FOLDER);
	for (size_t i = 0; i < c->n; i++)
		c->v[i].durable |= c->v[i].ahead;
	c->rooted |= any;
	return 0;
}

void
claims_drop_ahead(struct claims *c, const struct library *l)
{
	for (size_t i = c->n; i-- > 0;) {
		if (c->v[i].ahead)
			claims_drop(c, l, c->v[i].key);
	}
}

/* ---- what they say ---- */

bool
claims_agree(const char *a, const char *b)
{
	for (size_t len; *a != '\0'; a += len + (a[len] == '\n')) {
		len = strcspn(a, "\n");
		for (const char *p = b; *p != '\0'; p += strcspn(p, "\n"), p += *p == '\n') {
			if (len > 0 && strcspn(p, "\n") == len && memcmp(a, p, len) == 0)
				return true;
		}
	}
	return false;
}

bool
claims_is_of_group(const char *lines)
{
	return strcspn(lines, "\n") < 2 * (size_t)PATH_KEY;
}
