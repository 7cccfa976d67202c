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

#include "file/io.h"
#include "meta/xmp/xmp.h"

#define FOUND_KEEP 4096

struct reading {
	const struct sidecar_file *file;
	size_t folder_len; /* with its slash */
	struct src *src;
	struct work *work;
	struct media_info *info;
	size_t name_len;
};

void
sidecar_fini(struct sidecar *s)
{
	if (s->folders != NULL)
		folders_put(s->folders, s->folder);
	s->folder = NULL;
	buf_fini(&s->found);
}

static bool
has_sidecars(const struct media_info *info, const char *name, size_t len)
{
	if (len >= 4 && strcasecmp(name + len - 4, ".xmp") == 0)
		return false;
	return info->type == NULL || (strcmp(info->type, "xmp") != 0 && strcmp(info->type, "aae") != 0 &&
					 strcmp(info->type, "takeout-json") != 0);
}

/* The folder of a file, whose path's first len bytes it is; the slash that ends it counts only in the root's name. */
static const struct folder *
folder_of(struct sidecar *s, const struct sidecar_file *file, size_t len)
{
	if (len > 1)
		len--;
	if (s->folder != NULL && folder_is(s->folder, file->path, len))
		return s->folder;
	folders_put(s->folders, s->folder);
	return s->folder = folders_get(s->folders, file->dirfd, file->path, len);
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
read_content(struct reading *r, int fd, uint64_t size, const char *name)
{
	const uint8_t *head;
	struct fail why = {0};
	size_t len;

	if (src_open(r->src, fd, size, &why) == -1 || (head = src_some(r->src, 0, SRC_HEAD_SIZE, &len, &why)) == NULL) {
		media_warn(r->info, FAIL_SIDECAR, "%s: %s", name, why.message);
	} else if (!is_xml(head, len)) {
		media_warn(r->info, FAIL_SIDECAR, "%s is no XMP", name);
	} else {
		if (xmp_read(&(struct reader){.src = r->src, .work = r->work, .info = r->info, .why = &why}, 0,
			src_size(r->src)) == -1)
			media_warn(r->info, FAIL_SIDECAR, "%s: %s", name, why.message);
		return r->work->sidecar == NULL || !r->work->sidecar->foreign;
	}
	return false;
}

/* `name`: of the sidecar; it must be there unless `probing`.  Returns whether it was. */
static bool
read_one(struct sidecar *s, struct reading *r, const char *name, bool probing)
{
	enum media_origin before;
	size_t at = s->found.len;
	struct fail why;
	struct stat st;
	int fd;

	buf_add(&s->found, r->file->path, r->folder_len);
	if (buf_add(&s->found, name, strlen(name) + 1) == -1)
		return false;
	if ((fd = io_open(r->file->dirfd, s->found.p + at, &st, &why)) == -1) {
		s->found.len = at;
		if (probing && why.code == FAIL_SYSTEM && (why.errnum == ENOENT || why.errnum == ENAMETOOLONG))
			return false;
		media_warn(r->info, FAIL_SIDECAR, "%s: %s", name, why.message);
		return true;
	}
	before = media_from(r->info, MEDIA_FROM_SIDECAR);
	if (st.st_size == 0 || !read_content(r, fd, (uint64_t)st.st_size, name))
		s->found.len = at;
	media_from(r->info, before);
	io_close(&fd);
	return true;
}

/* Opens STEM.xmp, in small letters or else in capitals. */
static void
probe(struct sidecar *s, struct reading *r, const char *stem, size_t len)
{
	struct buf name = {0};

	buf_add(&name, stem, len);
	if (buf_adds(&name, ".xmp") == 0 && !read_one(s, r, name.p, true)) {
		memcpy(name.p + len, ".XMP", 4);
		read_one(s, r, name.p, true);
	}
	s->found.failed |= name.failed;
	buf_fini(&name);
}

/* Whether STEM.EXTENSION is there, in small letters as given or in capitals. */
static bool
is_there(struct reading *r, const char *stem, size_t len, const char *extension, size_t extension_len)
{
	struct buf name = {0};
	bool found = false;

	buf_add(&name, r->file->path, r->folder_len);
	buf_add(&name, stem, len);
	buf_addc(&name, '.');
	if (buf_add(&name, extension, extension_len) == 0) {
		found = faccessat(r->file->dirfd, name.p, F_OK, 0) == 0;
		for (size_t i = name.len - extension_len; i < name.len; i++)
			name.p[i] = (char)toupper((unsigned char)name.p[i]);
		found = found || faccessat(r->file->dirfd, name.p, F_OK, 0) == 0;
	}
	r->info->text.failed |= name.failed;
	buf_fini(&name);
	return found;
}

/* Whether a raw picture lies beside a sidecar, in a folder whose names are not known. */
static bool
probe_raw(struct reading *r, const char *stem, size_t len)
{
	const char *p = media_raw_extensions;
	bool found = false;
	size_t n;

	if (!is_there(r, stem, len, "xmp", 3))
		return false;
	for (p += strspn(p, " "); *p != '\0' && !found; p += n, p += strspn(p, " ")) {
		n = strcspn(p, " ");
		found = is_there(r, stem, len, p, n);
	}
	return found;
}

/* Another spelling of an extension, where no file beside has it: a file that was renamed so has kept its sidecar. */
static const char *
other_spelling(struct reading *r, const char *stem, size_t len, const char *extension, size_t extension_len)
{
	static const char *const pairs[][2] = {{"jpg", "jpeg"}, {"tif", "tiff"}, {"heic", "heif"}};
	const char *other;

	for (size_t i = 0; i < 2 * sizeof pairs / sizeof pairs[0]; i++) {
		if (strlen(pairs[i / 2][i % 2]) != extension_len ||
		    strncasecmp(pairs[i / 2][i % 2], extension, extension_len) != 0)
			continue;
		other = pairs[i / 2][1 - i % 2];
		return is_there(r, stem, len, other, strlen(other)) ? NULL : other;
	}
	return NULL;
}

/* The sidecar of the file's whole name. */
static void
look(struct sidecar *s, struct reading *r, const char *stem, size_t len)
{
	const char *name;
	bool raw;

	if (!folder_is_known(s->folder))
		probe(s, r, stem, len);
	else if ((name = folder_sidecar(s->folder, stem, len, &raw)) != NULL)
		read_one(s, r, name, false);
}

/* The one that others may share. */
static void
look_shared(struct sidecar *s, struct reading *r, const char *stem, size_t len)
{
	struct xmp_sidecar whose = {.extension = stem + len + 1, .len = r->name_len - len - 1};
	bool raw = media_extension_is_raw(whose.extension, whose.len);
	bool known = folder_is_known(s->folder);

	if (known && folder_sidecar(s->folder, stem, len, &whose.shared) == NULL)
		return;
	whose.shared = !raw && (known ? whose.shared : probe_raw(r, stem, len));
	if (known || is_there(r, stem, len, "xmp", 3))
		whose.other = other_spelling(r, stem, len, whose.extension, whose.len);
	r->work->sidecar = &whose;
	look(s, r, stem, len);
	r->work->sidecar = NULL;
}

int
sidecar_read(struct sidecar *s, const struct sidecar_file *file, struct src *src, struct work *work,
    struct media_info *info, struct fail *why)
{
	const char *slash = memrchr(file->path, '/', file->path_len);
	const char *name = slash != NULL ? slash + 1 : file->path, *dot;
	size_t folder_len = (size_t)(name - file->path), len = file->path_len - folder_len;
	struct reading r = {
	    .file = file, .folder_len = folder_len, .name_len = len, .src = src, .work = work, .info = info};

	buf_clear(&s->found, FOUND_KEEP);
	if (!has_sidecars(info, name, len))
		return 0;
	if (folder_of(s, file, folder_len) == NULL)
		return fail_nomem(why);
	look(s, &r, name, len);
	if ((dot = memrchr(name, '.', len)) != NULL && dot != name)
		look_shared(s, &r, name, (size_t)(dot - name));
	return s->found.failed || info->text.failed ? fail_nomem(why) : 0;
}
