/* What is told of content that no reader knows: from heads of every length, in memory of their exact size. */
#include "format/unknown.h"

#include "tap.h"

static const char *
told(struct src *src, struct reader_worker *worker, const char *path, const void *head, size_t len,
    struct media_info *info)
{
	struct fail why = {0};
	uint8_t *exact = tap_exact(head, len);
	int rc;

	media_clear(info);
	src_open_memory(src, exact, len);
	rc = unknown_read(src, worker, path, info, &why);
	free(exact);
	if (rc == -1)
		return "failed";
	if (info->nwarnings == 0)
		return "";
	info->text.p[info->warning[0].at + info->warning[0].len] = '\0';
	return info->text.p + info->warning[0].at;
}

int
main(void)
{
	static const uint8_t jpeg[] = {7, 8, 9, 0xff, 0xd8, 0xff, 0xe1, 0};
	static const struct {
		const char *path;
		size_t len;
		const char *want;
	} rows[] = {
	    {"a.jpg", 0, "is empty"},
	    {"a/b.JPG", 1, "holds no known kind of picture or film"},
	    {"a.jpg", 6, "holds no known kind of picture or film"},
	    {"a.jpg", 7, "a JPEG begins at byte 3, behind bytes that do not belong to it"},
	    {"a.jpg", 8, "a JPEG begins at byte 3, behind bytes that do not belong to it"},
	    {"a.mov", 7, "holds no known kind of picture or film"},
	    {"a.txt", 0, ""},
	    {"a.txt", 7, ""},
	    {"a.jpg/b", 7, ""},
	    {"a.jpgjpgjpgjpgjpg", 7, ""},
	    {"a.", 7, ""},
	};
	static const struct {
		const char *path, *head;
		bool quiet;
	} others[] = {
	    {"a.ogg", "OggS\0\2\0\0", true},
	    {"a/b.OGG", "OggS\0\2\0\0", true},
	    {"a.ogg", "OggT\0\2\0\0", false},
	    {"a.jpg", "OggS\0\2\0\0", false},
	    {"a.ps", "%!PS\xff\2\0\0", true},
	    {"a.ps", "\0\0\1\x20\xff\2\0\0", false},
	    {"._a.jpg", "\0\5\26\7\0\2\0\0", true},
	};
	struct src *src = src_new();
	struct reader_worker *worker = reader_worker_new();
	struct media_info info = {0};
	uint8_t zeros[40] = {0};
	size_t i;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *got = told(src, worker, rows[i].path, jpeg, rows[i].len, &info);

		tap_ok(strcmp(got, rows[i].want) == 0, "%s of %zu bytes: %s", rows[i].path, rows[i].len, got);
	}
	for (i = 1; i <= sizeof zeros; i++)
		tap_ok(
		    (strstr(told(src, worker, "a.jpg", zeros, i, &info), "0x00") != NULL) == (i >= 16), "%zu zeros", i);
	for (i = 0; i < sizeof others / sizeof others[0]; i++) {
		const char *got = told(src, worker, others[i].path, others[i].head, 9, &info);

		tap_ok((*got == '\0') == others[i].quiet, "%s of another kind: %s", others[i].path, got);
	}
	media_fini(&info);
	reader_worker_free(worker);
	src_free(src);
	return tap_done();
}
