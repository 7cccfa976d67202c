/*
 * The usual file has no sidecar, and is found to have none by a search in the names of its folder.  Where these are not
 * known, sidecars are opened by the names that programs give them.
 */
#include "meta/sidecar.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/io.h"
#include "meta/xmp/xmp.h"

struct search {
	const struct sidecar_file *file;
	struct buf *found;
	size_t folder_len; /* with its slash */
	size_t name_len;
	struct reader *r;
	bool starved; /* r->why says of what */
};

/* What a sidecar would say is not left out for want of memory or descriptors: the next run would tell another tale. */
static void
tell(struct search *x, const char *name, const struct fail *why)
{
	if (!fail_is_short(why)) {
		media_warn(x->r->info, FAIL_SIDECAR, "%s: %s", name, why->message);
		return;
	}
	x->starved = true;
	*x->r->why = *why;
}

static bool
has_sidecars(const struct media_info *info, const char *name, size_t len)
{
	if (len >= 4 && strcasecmp(name + len - 4, ".xmp") == 0)
		return false;
	return info->type == NULL || (strcmp(info->type, "xmp") != 0 && strcmp(info->type, "aae") != 0 &&
					 strcmp(info->type, "takeout-json") != 0);
}

/* Whether the text is XML, in any of its encodings; whether it is XMP the parser sees. */
static bool
is_xml(const uint8_t *p, size_t len)
{
	size_t i = 0;

	if (len >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		i = 3;
	else if (len >= 2 && (memcmp(p, "\xff\xfe", 2) == 0 || memcmp(p, "\xfe\xff", 2) == 0))
		i = 2;
	while (i < len && memchr(" \t\r\n", p[i], 5) != NULL) /* NULs too */
		i++;
	return i < len && p[i] == '<';
}

/* Returns whether it was XMP, of this file. */
static bool
read_content(struct search *x, struct reader *r, int fd, uint64_t size, const char *name)
{
	const uint8_t *head;
	size_t len;

	if (src_open(r->src, fd, size, r->why) == -1 ||
	    (head = src_some(r->src, 0, SRC_HEAD_SIZE, &len, r->why)) == NULL) {
		tell(x, name, r->why);
		return false;
	}
	if (!is_xml(head, len)) {
		media_warn(r->info, FAIL_SIDECAR, "%s is not XMP", name);
		return false;
	}
	xmp_read(r, 0, reader_size(r));
	if (r->failed)
		tell(x, name, r->why);
	return r->worker->sidecar == NULL || !r->worker->sidecar->foreign;
}

/* Opens a sidecar by its name, which must be there unless `probing`.  Returns whether it was. */
static bool
read_one(struct search *x, const char *name, bool probing)
{
	struct buf *found = x->found;
	struct reader r = *x->r; /* what fails here costs the sidecar alone */
	size_t at = found->len;
	struct fail why;
	struct stat st;
	int fd;

	buf_add(found, x->file->path, x->folder_len);
	if (buf_add(found, name, strlen(name) + 1) == -1)
		return false;
	if ((fd = io_open(x->file->dirfd, found->p + at, &st, &why)) == -1) {
		found->len = at;
		if (probing && why.code == FAIL_SYSTEM && (why.errnum == ENOENT || why.errnum == ENAMETOOLONG))
			return false;
		tell(x, name, &why);
		return true;
	}
	r.why = &why;
	media_from(r.info, MEDIA_FROM_SIDECAR);
	if (st.st_size == 0 || !read_content(x, &r, fd, (uint64_t)st.st_size, name))
		found->len = at;
	io_close(&fd);
	return true;
}

/* Opens STEM.xmp, in small letters or else in capitals. */
static void
probe(struct search *x, const char *stem, size_t len)
{
	struct buf name = {0};

	buf_add(&name, stem, len);
	if (buf_adds(&name, ".xmp") == 0 && !read_one(x, name.p, true)) {
		memcpy(name.p + len, ".XMP", 4);
		read_one(x, name.p, true);
	}
	x->found->failed |= name.failed;
	buf_fini(&name);
}

/* Whether STEM.EXTENSION is there, in small letters as given or in capitals. */
static bool
is_there(struct search *x, struct slice stem, struct slice extension)
{
	struct buf name = {0};
	bool found = false;

	buf_add(&name, x->file->path, x->folder_len);
	buf_add(&name, stem.p, stem.len);
	buf_addc(&name, '.');
	if (buf_add(&name, extension.p, extension.len) == 0) {
		found = faccessat(x->file->dirfd, name.p, F_OK, 0) == 0;
		for (size_t i = name.len - extension.len; i < name.len; i++)
			name.p[i] = (char)toupper((unsigned char)name.p[i]);
		found = found || faccessat(x->file->dirfd, name.p, F_OK, 0) == 0;
	}
	x->found->failed |= name.failed;
	buf_fini(&name);
	return found;
}

/* Whether a raw picture lies beside a sidecar, in a folder whose names are not known. */
static bool
probe_raw(struct search *x, struct slice stem)
{
	const char *p = media_raw_extensions;
	bool found = false;
	size_t n;

	if (!is_there(x, stem, (struct slice){"xmp", 3}))
		return false;
	for (p += strspn(p, " "); *p != '\0' && !found; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		found = is_there(x, stem, (struct slice){p, n});
	}
	return found;
}

/* Another spelling of an extension, where no file beside has it: a file that was renamed so has kept its sidecar. */
static const char *
other_spelling(struct search *x, struct slice stem, struct slice extension)
{
	static const char *const pairs[][2] = {{"jpg", "jpeg"}, {"tif", "tiff"}, {"heic", "heif"}};
	const char *other;

	for (size_t i = 0; i < 2 * sizeof pairs / sizeof pairs[0]; i++) {
		if (strlen(pairs[i / 2][i % 2]) != extension.len ||
		    strncasecmp(pairs[i / 2][i % 2], extension.p, extension.len) != 0)
			continue;
		other = pairs[i / 2][1 - i % 2];
		return is_there(x, stem, (struct slice){other, strlen(other)}) ? NULL : other;
	}
	return NULL;
}

/* The sidecar of the file's whole name. */
static void
look(struct search *x, const char *stem, size_t len)
{
	const struct listing *names = folder_names(x->file->folder);
	const char *name;
	bool raw;

	if (names == NULL)
		probe(x, stem, len);
	else if ((name = listing_sidecar(names, (struct slice){stem, len}, &raw)) != NULL)
		read_one(x, name, false);
}

/* The one that others may share. */
static void
look_shared(struct search *x, struct slice stem)
{
	struct slice extension = {stem.p + stem.len + 1, x->name_len - stem.len - 1};
	struct xmp_sidecar whose = {.extension = extension.p, .len = extension.len};
	bool raw = media_extension_is_raw(extension.p, extension.len);
	const struct listing *names = folder_names(x->file->folder);
	bool known = names != NULL;

	if (known && listing_sidecar(names, stem, &whose.shared) == NULL)
		return;
	whose.shared = !raw && (known ? whose.shared : probe_raw(x, stem));
	if (known || is_there(x, stem, (struct slice){"xmp", 3}))
		whose.other = other_spelling(x, stem, extension);
	x->r->worker->sidecar = &whose;
	look(x, stem.p, stem.len);
	x->r->worker->sidecar = NULL;
}

int
sidecar_read(const struct sidecar_file *file, struct reader *r, struct buf *found)
{
	const char *name = pathname_last(file->path), *dot;
	size_t len = strlen(name);
	struct search x = {
	    .file = file, .found = found, .folder_len = (size_t)(name - file->path), .name_len = len, .r = r};
	enum media_origin before = r->info->origin;

	if (!has_sidecars(r->info, name, len))
		return 0;
	look(&x, name, len);
	if ((dot = memrchr(name, '.', len)) != NULL && dot != name)
		look_shared(&x, (struct slice){name, (size_t)(dot - name)});
	media_from(r->info, before);
	if (x.starved)
		return -1;
	return found->failed || r->info->text.failed ? fail_nomem(r->why) : 0;
}
