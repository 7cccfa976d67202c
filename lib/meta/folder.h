/*
 * folder -- which sidecars lie in a folder, without asking the system for each file.
 *
 * A folder is listed by whichever worker comes first, and the names of its sidecars are kept for all.  Memory is
 * bounded: the folders used least recently are forgotten; one with too many sidecars, or that cannot be listed, is only
 * known to be so, and the caller tries names.
 */
#ifndef META_FOLDER_H
#define META_FOLDER_H

#include <stdbool.h>
#include <stddef.h>

#define FOLDER_NAMES_SIZE (512u << 10) /* names of one folder, in bytes; more are not kept */
#define FOLDERS_SIZE (1u << 20)        /* … of all folders that are not in use */
#define FOLDERS_MAX 256                /* folders that are kept though not in use */

struct folders; /* shared by all workers */
struct folder;  /* one of them; does not change once a caller has it */

struct folders *folders_new(void);    /* NULL: ENOMEM */
void folders_free(struct folders *f); /* when nobody has a folder any more */

/*
 * folders_get() -- the folder that the first len bytes of `path` name, below dirfd where it is relative; "" is dirfd
 * itself.  Waits where another worker is listing it.  The caller gives it back with folders_put(); NULL: ENOMEM.
 * Threads: both are safe from any.
 */
const struct folder *folders_get(struct folders *f, int dirfd, const char *path, size_t len);
void folders_put(struct folders *f, const struct folder *take); /* NULL is fine */

/* folder_is() -- whether it is the one of that name. */
bool folder_is(const struct folder *f, const char *path, size_t len);

/* folder_is_known() -- whether its sidecars are known; else folder_sidecar() finds none. */
bool folder_is_known(const struct folder *f);

/*
 * folder_sidecar() -- the name of the sidecar "STEM.xmp", whose extension may be in any case; NULL where there is none.
 * Of several the one in small letters comes first.  Valid as long as the folder is.  *raw: whether a raw picture of
 * that stem lies beside it.
 */
const char *folder_sidecar(const struct folder *f, const char *stem, size_t len, bool *raw);

#endif
