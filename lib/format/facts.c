#include "format/facts.h"

#include "file/io.h"
#include "format/format.h"
#include "format/unknown.h"
#include "meta/sidecar.h"

void
facts_reader_fini(struct facts_reader *r)
{
	if (r->folder != NULL)
		folders_put(r->o->folders, r->folder);
	src_free(r->src);
	reader_worker_free(r->worker);
	*r = (struct facts_reader){0};
}

int
facts_reader_init(struct facts_reader *r, const struct facts_options *o)
{
	*r = (struct facts_reader){.o = o};
	if ((r->src = src_new()) != NULL && (r->worker = reader_worker_new()) != NULL)
		return 0;
	facts_reader_fini(r);
	return -1;
}

static void
begin(const struct facts_reader *r, struct facts *out)
{
	out->info.tags = r->o->all ? &out->tags : NULL;
	facts_clear(out);
}

/* What the open source says. */
static int
read_content(struct facts_reader *r, const char *own, struct facts *out, struct fail *why)
{
	int rc = format_read(r->src, r->worker, &out->info, why);

	if (rc == 0 && out->info.type == NULL)
		rc = unknown_read(r->src, r->worker, own, &out->info, why);
	return rc;
}

static int
read_file(struct facts_reader *r, const char *path, const char *own, struct facts *out, struct fail *why)
{
	int fd, rc = -1;

	if ((fd = io_open(r->o->dirfd, path, &out->st, why)) == -1)
		return -1;
	if (src_open(r->src, fd, (uint64_t)out->st.st_size, why) == 0)
		rc = read_content(r, own, out, why);
	io_close(&fd);
	return rc;
}

static void
choose(const struct facts_reader *r, const char *own, struct facts *out)
{
	time_t now = time(NULL);

	taken_names(&out->info, r->o->order, slice_of(own), &out->st.st_mtim, now);
	taken_choose(&out->info, r->o->order, r->o->to_zone, now, &out->taken);
}

static int
read_sidecars(struct facts_reader *r, const char *own, struct facts *out, struct fail *why)
{
	struct sidecar_file file = {.dirfd = r->o->dirfd, .path = own};
	struct reader reader = {.src = r->src, .worker = r->worker, .info = &out->info, .why = why};

	if (!r->o->sidecars)
		return 0;
	if ((file.folder = folders_of(r->o->folders, r->o->dirfd, own, &r->folder)) == NULL)
		return fail_nomem(why);
	return sidecar_read(&file, &reader, &out->sidecars);
}

int
facts_read(struct facts_reader *r, const char *path, const char *own, struct facts *out, struct fail *why)
{
	begin(r, out);
	if (read_file(r, path, own, out, why) == -1 || read_sidecars(r, own, out, why) == -1)
		return -1;
	choose(r, own, out);
	return 0;
}

int
facts_read_from(struct facts_reader *r, const struct src_from *from, const struct stat *st, const char *own,
    struct facts *out, struct fail *why)
{
	begin(r, out);
	out->st = *st;
	if (src_open_from(r->src, from, (uint64_t)st->st_size, why) == -1 || read_content(r, own, out, why) == -1)
		return -1;
	choose(r, own, out);
	return 0;
}
