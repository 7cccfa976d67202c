#include "place/kit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "file/volume.h"

void
kits_init(struct kits *k, const struct temps *temps)
{
	*k = (struct kits){.temps = temps};
	pthread_mutex_init(&k->lock, NULL);
}

static void
kit_free(struct kit *kit, const struct temps *temps)
{
	if (kit->temps.fd != -1)
		temps_dir_close(&kit->temps, temps);
	digest_free(kit->digest);
	origin_fini(&kit->origin);
	io_close(&kit->near.fd);
	buf_fini(&kit->near.wanted);
	buf_fini(&kit->near.path);
	io_close(&kit->root.fd);
	buf_fini(&kit->root.path);
	buf_fini(&kit->scratch);
	free(kit);
}

static struct kit *
kit_new(const struct temps *temps, unsigned id, struct fail *why)
{
	struct kit *kit = malloc(sizeof(*kit)); /* the buffer's pages are touched only when used */

	if (kit == NULL) {
		fail_nomem(why);
		return NULL;
	}
	memset(kit, 0, offsetof(struct kit, bytes));
	kit->near.fd = kit->root.fd = kit->temps.fd = -1;
	if ((kit->digest = digest_new(1u << DIGEST_XXH128, why)) != NULL &&
	    (temps == NULL || temps_dir_open(&kit->temps, temps, id, why) == 0))
		return kit;
	kit_free(kit, temps);
	return NULL;
}

void
kits_fini(struct kits *k)
{
	struct kit *next;

	for (struct kit *kit = k->free; kit != NULL; kit = next) {
		next = kit->next;
		kit_free(kit, k->temps);
	}
	k->free = NULL;
	pthread_mutex_destroy(&k->lock);
}

struct kit *
kits_take(struct kits *k, struct fail *why)
{
	struct kit *kit;
	unsigned id = 0;

	pthread_mutex_lock(&k->lock);
	if ((kit = k->free) != NULL)
		k->free = kit->next;
	else
		id = k->n++;
	pthread_mutex_unlock(&k->lock);
	return kit != NULL ? kit : kit_new(k->temps, id, why);
}

void
kits_give(struct kits *k, struct kit *kit)
{
	pthread_mutex_lock(&k->lock);
	kit->next = k->free;
	k->free = kit;
	pthread_mutex_unlock(&k->lock);
}

/* Open near->path, or what lies above it. */
static int
open_nearest(struct kit_near *near, int root)
{
	const char *slash;

	while ((near->fd = beneath_open(root, near->path.p, O_RDONLY | O_DIRECTORY)) == -1) {
		if (errno != ENOENT || near->path.len == 0)
			return -1;
		slash = strrchr(near->path.p, '/');
		near->path.len = slash != NULL ? (size_t)(slash - near->path.p) : 0;
		near->path.p[near->path.len] = '\0';
	}
	return 0;
}

int
kit_near(struct kit *kit, int root, struct slice folder, struct fail *why)
{
	struct kit_near *near = &kit->near;
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
	near->mount = volume_mount(near->fd);
	return 0;
}

int
kit_root(struct kit *kit, int dirfd, const char *path)
{
	struct kit_root *root = &kit->root;
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
