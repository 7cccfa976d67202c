/* Which sidecars a file has, what they say beside it, and what is done about those that cannot be read. */
#include "meta/sidecar.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made.h"
#include "meta/reader.h"
#include "tap.h"

#define PACKET(body)                                                                                            \
	"<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>" \
	"<rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' "                                         \
	"xmlns:tiff='http://ns.adobe.com/tiff/1.0/' " body "</rdf:RDF></x:xmpmeta>"
#define TITLE(t) PACKET("dc:title='" t "'/>")

static char root[] = "/tmp/sidecar.XXXXXX";
static int rootfd;
static struct reader_worker *worker;
static struct media_info info;
static struct src *src;
static struct folders *folders;
static const struct folder *folder;
static struct buf paths;

static void
put(const char *name, const char *text)
{
	int fd = openat(rootfd, name, O_WRONLY | O_CREAT | O_TRUNC, 0644);

	if (fd == -1 || write(fd, text, strlen(text)) != (ssize_t)strlen(text))
		abort();
	close(fd);
}

/* Empties the folder, and what is known of it. */
static void
again(void)
{
	DIR *dir = fdopendir(openat(rootfd, ".", O_RDONLY | O_DIRECTORY));
	struct dirent *e;

	while ((e = readdir(dir)) != NULL) {
		if (*e->d_name != '.' || strlen(e->d_name) > 2)
			unlinkat(rootfd, e->d_name, 0);
	}
	closedir(dir);
	folders_put(folders, folder);
	folder = NULL;
	folders_free(folders);
	folders = folders_new(false);
}

/* The sidecars of a file that has no title and the make Canon, with blanks between them. */
static const char *
found(const char *path)
{
	struct sidecar_file file = {rootfd, path, folders_of(folders, rootfd, path, &folder)};
	static char all[4096];
	struct fail why;
	size_t at;

	media_clear(&info);
	media_from(&info, MEDIA_FROM_EXIF);
	media_set_text(&info, MEDIA_MAKE, "Canon", 5);
	media_from(&info, MEDIA_FROM_CONTAINER);
	buf_clear(&paths, 0);
	if (sidecar_read(&file, &(struct reader){.src = src, .worker = worker, .info = &info, .why = &why}, &paths) ==
	    -1)
		abort();
	all[0] = '\0';
	for (at = 0; at < paths.len; at += strlen(paths.p + at) + 1)
		snprintf(all + strlen(all), sizeof all - strlen(all), "%s%s", at > 0 ? " " : "", paths.p + at);
	return all;
}

static const struct {
	const char *name;
	const char *sidecars[3]; /* each with its name as its title */
	const char *path, *found, *title;
} rows[] = {
    {"none", {"b.xmp", "aa.xmp", "xmp"}, "a.jpg", "", ""},
    {"name.ext.xmp", {"a.jpg.xmp", "a.cr2.xmp"}, "a.jpg", "a.jpg.xmp", "a.jpg.xmp"},
    {"name.xmp", {"a.xmp"}, "a.jpg", "a.xmp", "a.xmp"},
    {"name.xmp serves another extension too", {"a.xmp"}, "a.CR2", "a.xmp", "a.xmp"},
    {"both", {"a.xmp", "a.jpg.xmp"}, "a.jpg", "a.jpg.xmp a.xmp", "a.jpg.xmp"},
    {"in capitals", {"a.XMP"}, "a.jpg", "a.XMP", "a.XMP"},
    {"mixed", {"a.jpg.Xmp"}, "a.jpg", "a.jpg.Xmp", "a.jpg.Xmp"},
    {"small letters before capitals", {"a.XMP", "a.xmp", "a.xMP"}, "a.jpg", "a.xmp", "a.xmp"},
    {"the name's case counts", {"A.xmp"}, "a.jpg", "", ""},
    {"no extension", {"a.xmp"}, "a", "a.xmp", "a.xmp"},
    {"several points", {"a.b.xmp", "a.xmp"}, "a.b.jpg", "a.b.xmp", "a.b.xmp"},
    {"a hidden file", {".jpg.xmp", ".xmp"}, ".jpg", ".jpg.xmp", ".jpg.xmp"},
    {"with a folder", {"a.xmp"}, "./a.jpg", "./a.xmp", "./a.xmp"},
    {"with two slashes", {"a.xmp"}, ".//a.jpg", ".//a.xmp", ".//a.xmp"},
    {"a sidecar has none", {"a.xmp.xmp", "a.xmp"}, "a.xmp", "", ""},
    {"not UTF-8", {"\xff.xmp"}, "\xff.jpg", "\xff.xmp", "\xff.xmp"},
    {"in a folder that is not there", {"a.xmp"}, "no/a.jpg", "", ""},
};

static void
test_rows(void)
{
	char text[512];
	size_t i, j;

	for (i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		const char *have, *title, *slash;

		again();
		for (j = 0; j < 3 && rows[i].sidecars[j] != NULL; j++) {
			snprintf(text, sizeof text, TITLE("%s") " ",
			    *rows[i].sidecars[j] == '\xff' ? "x" : rows[i].sidecars[j]);
			put(rows[i].sidecars[j], text);
		}
		have = found(rows[i].path);
		tap_ok(strcmp(have, rows[i].found) == 0 && info.nwarnings == 0, "%s: %s", rows[i].name, have);
		title = made_field(&info, MEDIA_TITLE);
		slash = strrchr(rows[i].title, '/');
		have = slash != NULL ? slash + 1 : *rows[i].title == '\xff' ? "x" : rows[i].title;
		tap_ok(strcmp(title, have) == 0 && info.origin == MEDIA_FROM_CONTAINER, "… its title is \"%s\"", title);
	}
}

static void
test_said(void)
{
	again();
	put("a.jpg.xmp",
	    PACKET("tiff:Make='Nikon' "
		   "dc:title='one'><dc:subject><rdf:Bag><rdf:li>k1</rdf:li></rdf:Bag></dc:subject></rdf:Description>"));
	put("a.xmp", PACKET("dc:title='two' "
			    "dc:description='d'><dc:subject><rdf:Bag><rdf:li>k2</rdf:li></rdf:Bag></dc:subject></"
			    "rdf:Description>"));
	found("a.jpg");
	tap_ok(strcmp(made_field(&info, MEDIA_MAKE), "Canon") == 0, "the camera's word stays");
	tap_ok(strcmp(made_field(&info, MEDIA_TITLE), "one") == 0, "the first sidecar's word stays");
	tap_ok(strcmp(made_field(&info, MEDIA_DESCRIPTION), "d") == 0, "the second adds to it");
	tap_ok(info.nitems == 1 && memcmp(info.text.p + info.item[0].at, "k1", 2) == 0, "lists are not mixed");
}

#define FOR(extension)                                                                                          \
	PACKET("xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' photoshop:SidecarForExtension='" extension \
	       "' dc:title='t' tiff:Model='m'/>")

/* Which of the files that share a name its sidecar speaks of. */
static const struct {
	const char *name, *sidecar, *content;
	const char *beside[2];
	const char *path;
	bool ours;
} shares[] = {
    {"the extension that is named", "a.xmp", FOR("CR2"), {"a.CR2"}, "a.CR2", true},
    {"… in another case", "a.xmp", FOR("cr2"), {"a.CR2"}, "a.CR2", true},
    {"… with a point", "a.xmp", FOR(".CR2"), {"a.CR2"}, "a.CR2", true},
    {"another extension than is named", "a.xmp", FOR("CR2"), {"a.CR2", "a.JPG"}, "a.JPG", false},
    {"… where the other file is not there", "a.xmp", FOR("CR2"), {"a.JPG"}, "a.JPG", false},
    {"… of a raw picture", "a.xmp", FOR("JPG"), {"a.CR2", "a.JPG"}, "a.CR2", false},
    {"the picture that is named, beside a raw one", "a.xmp", FOR("JPG"), {"a.CR2", "a.JPG"}, "a.JPG", true},
    {"a blank name", "a.xmp", FOR(""), {"a.JPG"}, "a.JPG", true},
    {"another spelling", "a.xmp", FOR("jpeg"), {"a.jpg"}, "a.jpg", true},
    {"… in capitals, beside a raw picture", "a.XMP", FOR("TIF"), {"a.NEF", "a.TIFF"}, "a.TIFF", true},
    {"… that another file has", "a.xmp", FOR("JPEG"), {"a.jpg", "a.jpeg"}, "a.jpg", false},
    {"… and this is its", "a.xmp", FOR("JPEG"), {"a.jpg", "a.jpeg"}, "a.jpeg", true},
    {"… of another format", "a.xmp", FOR("tiff"), {"a.jpg"}, "a.jpg", false},
    {"a longer extension", "a.xmp", FOR("JP"), {"a.JPG"}, "a.JPG", false},
    {"the whole name before what the sidecar says", "a.JPG.xmp", FOR("CR2"), {"a.CR2", "a.JPG"}, "a.JPG", true},
    {"no extension named: the raw picture", "a.xmp", TITLE("t"), {"a.cr3", "a.jpg"}, "a.cr3", true},
    {"… and not the one beside it", "a.xmp", TITLE("t"), {"a.cr3", "a.jpg"}, "a.jpg", false},
    {"… nor the film", "a.XMP", TITLE("t"), {"a.NEF", "a.MOV"}, "a.MOV", false},
    {"… but each of two raw pictures", "a.xmp", TITLE("t"), {"a.CR2", "a.dng"}, "a.dng", true},
    {"… and both where there is no raw picture", "a.xmp", TITLE("t"), {"a.HEIC", "a.MOV"}, "a.MOV", true},
    {"a raw picture of another name", "a.xmp", TITLE("t"), {"ab.CR2", "a.b.CR2"}, "a.JPG", true},
};

static void
test_shares(bool known)
{
	size_t i, j;

	for (i = 0; i < sizeof shares / sizeof shares[0]; i++) {
		if (known)
			again();
		put(shares[i].sidecar, shares[i].content);
		for (j = 0; j < 2 && shares[i].beside[j] != NULL; j++)
			put(shares[i].beside[j], "");
		found(shares[i].path);
		tap_ok((folder_names(folder) != NULL) == known &&
			   strcmp(made_field(&info, MEDIA_TITLE), shares[i].ours ? "t" : "") == 0 &&
			   (paths.len > 0) == shares[i].ours && info.nwarnings == 0,
		    "%s (%s)", shares[i].name, known ? "listed" : "tried");
		unlinkat(rootfd, shares[i].sidecar, 0);
		for (j = 0; j < 2 && shares[i].beside[j] != NULL; j++)
			unlinkat(rootfd, shares[i].beside[j], 0);
	}
}

static void
test_unreadable(void)
{
	again();
	put("empty.xmp", "");
	tap_ok(*found("empty.jpg") == '\0' && info.nwarnings == 0, "an empty one says nothing");
	put("b.xmp", "\xff\xd8\xff\xe0 <no>");
	tap_ok(*found("b.jpg") == '\0', "what was read before is not looked for again");
	again();
	put("b.xmp", "\xff\xd8\xff\xe0 <no>");
	put("c.xmp", TITLE("c") "<<<");
	put("d.xmp", "<x:xmpmeta xmlns:x='adobe:ns:meta/'>");
	mkfifoat(rootfd, "f.xmp", 0644);
	symlinkat("gone", rootfd, "g.xmp");
	symlinkat("c.xmp", rootfd, "h.xmp");
	symlinkat("i.xmp", rootfd, "i.xmp");
	mkdirat(rootfd, "j.xmp", 0755);
	tap_ok(*found("b.jpg") == '\0' && made_warned(&info, FAIL_SIDECAR, "b.xmp is not XMP"), "another format");
	tap_ok(strcmp(found("c.jpg"), "c.xmp") == 0 && info.nwarnings == 0, "junk at its end");
	tap_ok(strcmp(found("d.jpg"), "d.xmp") == 0 && made_warned(&info, FAIL_TRUNCATED, "sidecar"), "a cut one");
	tap_ok(*found("f.jpg") == '\0' && made_warned(&info, FAIL_SIDECAR, "f.xmp: not a regular file"), "a pipe");
	tap_ok(*found("g.jpg") == '\0' && made_warned(&info, FAIL_SIDECAR, "g.xmp: No such file"), "a dead link");
	tap_ok(strcmp(found("h.jpg"), "h.xmp") == 0 && info.nwarnings == 0, "a link");
	tap_ok(*found("i.jpg") == '\0' && made_warned(&info, FAIL_SIDECAR, "i.xmp: "), "a link to itself");
	tap_ok(*found("j.jpg") == '\0' && made_warned(&info, FAIL_SIDECAR, "j.xmp: "), "a folder");
	unlinkat(rootfd, "j.xmp", AT_REMOVEDIR);
}

/* The same, and the folder cannot be listed, nor by root. */
static void
again_unlisted(void)
{
	uid_t nobody = 65534;

	again();
	fchmod(rootfd, 0311);
	if (geteuid() == 0)
		setfsuid(nobody);
	folders_of(folders, rootfd, "a.jpg", &folder);
	setfsuid(geteuid());
	fchmod(rootfd, 0700);
}

/* Where the names are not known, they are tried. */
static void
test_probing(void)
{
	char name[256];

	again_unlisted();
	put("a.jpg.xmp", TITLE("a"));
	put("b.XMP", TITLE("b"));
	mkfifoat(rootfd, "f.xmp", 0644);
	tap_ok(strcmp(found("a.jpg"), "a.jpg.xmp") == 0 && info.nwarnings == 0, "cannot be listed: small letters");
	tap_ok(folder_names(folder) == NULL, "… the names are not known");
	tap_ok(strcmp(found("b.jpg"), "b.XMP") == 0 && info.nwarnings == 0, "… capitals");
	tap_ok(*found("c.jpg") == '\0' && info.nwarnings == 0, "… none");
	tap_ok(*found("f.jpg") == '\0' && info.nwarnings == 1, "… a pipe");
	memset(name, 'x', 255);
	name[255] = '\0';
	tap_ok(*found(name) == '\0' && info.nwarnings == 0, "… a name with no room for the extension");
	unlinkat(rootfd, "a.jpg.xmp", 0);
	test_shares(false);
}

/* Many folders, from many threads: each is listed as it is, and those not in use are forgotten. */
static void *
ask(void *arg)
{
	char path[32];
	long wrong = 0;
	size_t i;

	(void)arg;
	for (i = 0; i < 3000; i++) {
		size_t d = i * 7 % 300;
		const struct folder *f;
		bool raw;

		snprintf(path, sizeof path, "d%zu", d);
		f = folders_get(folders, rootfd, path, strlen(path));
		wrong += f == NULL || folder_names(f) == NULL ||
			 (listing_sidecar(folder_names(f), slice_of("a"), &raw) != NULL) != (d % 2 == 0);
		folders_put(folders, f);
	}
	return (void *)wrong;
}

static void
test_threads(void)
{
	pthread_t thread[4];
	char path[32];
	void *wrong;
	long sum = 0;
	int i;

	again();
	for (i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "d%d", i);
		mkdirat(rootfd, path, 0755);
		snprintf(path, sizeof path, "d%d/a.xmp", i);
		if (i % 2 == 0)
			put(path, "");
	}
	for (i = 0; i < 4; i++)
		pthread_create(&thread[i], NULL, ask, NULL);
	for (i = 0; i < 4; i++) {
		pthread_join(thread[i], &wrong);
		sum += (long)wrong;
	}
	tap_ok(sum == 0, "300 folders in four threads: %ld wrong answers", sum);
	for (i = 0; i < 300; i++) {
		snprintf(path, sizeof path, "d%d/a.xmp", i);
		unlinkat(rootfd, path, 0);
		snprintf(path, sizeof path, "d%d", i);
		unlinkat(rootfd, path, AT_REMOVEDIR);
	}
}

int
main(void)
{
	if (mkdtemp(root) == NULL || (rootfd = open(root, O_RDONLY | O_DIRECTORY)) == -1)
		abort();
	worker = reader_worker_new();
	src = src_new();
	test_rows();
	test_said();
	test_shares(true);
	test_unreadable();
	test_probing();
	test_threads();
	again();
	folders_put(folders, folder);
	buf_fini(&paths);
	folders_free(folders);
	reader_worker_free(worker);
	media_fini(&info);
	src_free(src);
	close(rootfd);
	rmdir(root);
	return tap_done();
}
