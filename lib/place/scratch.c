#include "place/scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/beneath.h"
#include "file/io.h"
#include "file/volume.h"

void
scratch_pool_init(struct scratch_pool *pool, const struct temps *temps)
{
	*pool = (struct scratch_pool){.temps = temps};
	pthread_mutex_init(&pool->lock, NULL);
}

static void
scratch_free(struct scratch *scratch, const struct temps *temps)
{
	if (scratch->temps.fd != -1)
		temps_dir_close(&scratch->temps, temps);
	digest_free(scratch->digest);
	origin_fini(&scratch->origin);
	origin_fini(&scratch->lead);
	origin_fini(&scratch->archive);
	members_fini(&scratch->members);
	io_close(&scratch->near.fd);
	buf_fini(&scratch->near.wanted);
	buf_fini(&scratch->near.path);
	io_close(&scratch->root.fd);
	buf_fini(&scratch->root.path);
	buf_fini(&scratch->text);
	free(scratch);
}

static struct scratch *
scratch_new(const struct temps *temps, unsigned id, struct fail *why)
{
	struct scratch *scratch = malloc(sizeof(*scratch)); /* the buffer's pages are touched only when used */

	if (scratch == NULL) {
		fail_nomem(why);
		return NULL;
	}
	memset(scratch, 0, offsetof(struct scratch, bytes));
	scratch->near.fd = scratch->root.fd = scratch->temps.fd = -1;
	if ((scratch->digest = digest_new(1u << DIGEST_XXH128, why)) != NULL &&
	    (temps == NULL || temps_dir_open(&scratch->temps, temps, id, why) == 0))
		return scratch;
	scratch_free(scratch, temps);
	return NULL;
}

void
scratch_pool_fini(struct scratch_pool *pool)
{
	struct scratch *next;

	for (struct scratch *scratch = pool->free; scratch != NULL; scratch = next) {
		next = scratch->next;
		scratch_free(scratch, pool->temps);
	}
	pool->free = NULL;
	pthread_mutex_destroy(&pool->lock);
}

struct scratch *
scratch_take(struct scratch_pool *pool, struct fail *why)
{
	struct scratch *scratch;
	unsigned id = 0;

	pthread_mutex_lock(&pool->lock);
	if ((scratch = pool->free) != NULL)
		pool->free = scratch->next;
	else
		id = pool->n++;
	pthread_mutex_unlock(&pool->lock);
	return scratch != NULL ? scratch : scratch_new(pool->temps, id, why);
}

void
scratch_return(struct scratch_pool *pool, struct scratch *scratch)
{
	scratch->meter = NULL;
	scratch->packed = NULL;
	pthread_mutex_lock(&pool->lock);
	scratch->next = pool->free;
	pool->free = scratch;
	pthread_mutex_unlock(&pool->lock);
}

/* Open near->path, or what lies above it. */
static int
open_nearest(struct scratch_near *near, int root)
{
	while ((near->fd = beneath_open(root, near->path.p, O_RDONLY | O_DIRECTORY)) == -1) {
		if (errno != ENOENT || near->path.len == 0)
			return -1;
		near->path.len = pathname_parent(near->path.p).len;
		near->path.p[near->path.len] = '\0';
	}
	return 0;
}

int
scratch_near(struct scratch *scratch, int root, struct slice folder, struct fail *why)
{
	struct scratch_near *near = &scratch->near;
	struct stat st;

	if (near->fd != -1 && near->wanted.len == folder.len && memcmp(near->wanted.p, folder.p, folder.len) == 0)
		return 0;
	io_close(&near->fd);
	buf_clear(&near->wanted, SIZE_MAX);
	buf_clear(&near->path, SIZE_MAX);
	buf_add(&near->wanted, folder.p, folder.len);
	if (buf_add(&near->path, folder.p, folder.len) == -1 || near->wanted.failed)
		return fail_nomem(why);
	if (open_nearest(near, root) == -1 || fstat(near->fd, &st) == -1)
		return beneath_fail(why, "open", near->path.p);
	near->dev = st.st_dev;
	near->mount = volume_mount(near->fd, "");
	return 0;
}

int
scratch_root(struct scratch *scratch, int dirfd, const char *path)
{
	struct scratch_root *root = &scratch->root;
	struct stat st;

	if (root->fd != -1 && strcmp(root->path.p, path) == 0)
		return root->fd;
	io_close(&root->fd);
	buf_clear(&root->path, SIZE_MAX);
	if (buf_adds(&root->path, path) == -1)
		return -1;
	if ((root->fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	if (fstat(root->fd, &st) == -1) {
		io_close(&root->fd);
		return -1;
	}
	root->dev = st.st_dev;
	root->ino = st.st_ino;
	return root->fd;
}
