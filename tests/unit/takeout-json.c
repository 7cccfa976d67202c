/* What the JSONs of a Google Takeout say, and whose they are. */
#include "meta/takeout/takeoutjson.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "film.h"
#include "tap.h"

#define FILE_OF(more) "{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"86400\"}" more "}"
#define GEO(name, lat, lon, alt) \
	",\"" name "\":{\"latitude\":" #lat ",\"longitude\":" #lon ",\"altitude\":" #alt ",\"latitudeSpan\":0.0}"

static struct media_info info;

static const struct {
	const char *text, *title;
	enum takeoutjson_kind kind;
} kinds[] = {
    {FILE_OF(""), "a.jpg", TAKEOUTJSON_FILE},
    {"{\"photoTakenTime\":{},\"title\":\"\"}", "", TAKEOUTJSON_FILE},
    {"{\"title\":\"\\u00c4 \\ud83c\\udf3b\",\"photoTakenTime\":{}}", "\u00c4 \U0001f33b", TAKEOUTJSON_FILE},
    {"{\"title\":\"Summer\",\"date\":{\"timestamp\":\"1\"}}", "Summer", TAKEOUTJSON_ALBUM},
    {"{\"title\":\"Summer\",\"access\":\"protected\"}", "Summer", TAKEOUTJSON_ALBUM},
    {"{\"albumData\":{\"title\":\"Summer\"}}", "Summer", TAKEOUTJSON_ALBUM},
    {"{\"title\":\"A page\"}", "", TAKEOUTJSON_OTHER},
    {"{\"name\":\"a-program\",\"version\":\"1\"}", "", TAKEOUTJSON_OTHER},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":\"1\"}", "", TAKEOUTJSON_OTHER},
    {"[" FILE_OF("") "]", "", TAKEOUTJSON_OTHER},
    {FILE_OF("") "x", "", TAKEOUTJSON_OTHER},
    {"", "", TAKEOUTJSON_OTHER},
    {"\xff\xd8\xff\xe0", "", TAKEOUTJSON_OTHER},
};

static void
test_kinds(void)
{
	struct buf title = {0};
	struct fail why;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		size_t len = strlen(kinds[i].text);
		char *exact = tap_exact(kinds[i].text, len);
		bool good = takeoutjson_title((struct slice){exact, len}, &title, &why) == kinds[i].kind;

		tap_ok(good && strcmp(buf_cstr(&title), kinds[i].title) == 0, "%s is \"%s\"", kinds[i].text,
		    buf_cstr(&title));
		free(exact);
	}
	buf_fini(&title);
}

static const struct {
	const char *text, *want;
} facts[] = {
    {FILE_OF(""), "TAKEOUT=1970-01-02T00:00:00Z/utc original_name=a.jpg"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"0\"}}", "original_name=a.jpg"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"-86400\"}}",
	"TAKEOUT=1969-12-31T00:00:00Z/utc original_name=a.jpg"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"-1000000000\"}}",
	"TAKEOUT=1938-04-24T22:13:20Z/utc original_name=a.jpg"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"soon\"}}", "original_name=a.jpg EDATE"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{\"timestamp\":\"99999999999999999\"}}", "original_name=a.jpg EDATE"},
    {"{\"title\":\"a.jpg\",\"photoTakenTime\":{},\"creationTime\":{\"timestamp\":\"86400\"}}", "original_name=a.jpg"},
    {"{\"title\":\"\",\"description\":\"two\\nlines\",\"photoTakenTime\":{}}", "description=two\nlines"},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"people\":[{\"name\":\"Ada\"},{\"name\":\"Bo\"},{},1,{\"name\":\"Ada\"}]}",
	"people=Ada,Bo"},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"favorited\":true,\"archived\":true,\"trashed\":true}",
	"favorite=1 archived=1 trashed=1"},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"favorited\":false,\"archived\":null,\"trashed\":\"true\"}", ""},
    {"{\"title\":\"\",\"photoTakenTime\":{}" GEO("geoData", 54.5, 13.25, 3.5) GEO("geoDataExif", 0.0, 0.0, 0.0) "}",
	"lat=54.5 lon=13.25 alt_m=3.5"},
    {"{\"title\":\"\",\"photoTakenTime\":{}" GEO("geoData", 0.0, 0.0, 0.0) GEO("geoDataExif", -54.5, 13.25, 0.0) "}",
	"lat=-54.5 lon=13.25"},
    {"{\"title\":\"\",\"photoTakenTime\":{}" GEO("geoData", 0.0, 0.0, 0.0) "}", ""},
    {"{\"title\":\"\",\"photoTakenTime\":{}" GEO("geoData", 154.5, 13.25, 0.0) "}", "EVALUE"},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"geoData\":{\"longitude\":13.25}}", ""},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"geoData\":{\"latitude\":1e400,\"longitude\":13.25}}", ""},
    {"{\"title\":\"\",\"photoTakenTime\":{},\"geoData\":{\"latitude\":54.5,\"longitude\":\"13.25\"}}", ""},
};

static void
describe(struct buf *out)
{
	buf_clear(out, SIZE_MAX);
	film_describe(&info, out);
}

static void
tell(const char *text)
{
	size_t len = strlen(text);
	char *exact = tap_exact(text, len);
	struct buf title = {0};
	struct fail why;

	if (takeoutjson_title((struct slice){exact, len}, &title, &why) != TAKEOUTJSON_FILE ||
	    takeoutjson_tell((struct slice){exact, len}, &info, &why) == -1)
		abort();
	buf_fini(&title);
	free(exact);
}

static void
test_facts(void)
{
	struct buf got = {0};

	for (size_t i = 0; i < sizeof facts / sizeof facts[0]; i++) {
		media_clear(&info);
		tell(facts[i].text);
		describe(&got);
		tap_ok(strcmp(buf_cstr(&got), facts[i].want) == 0 && info.origin == MEDIA_FROM_CONTAINER, "%s says: %s",
		    facts[i].text, buf_cstr(&got));
	}
	buf_fini(&got);
}

/* A file with a position of its own. */
static const struct {
	const char *what, *text, *want;
} places[] = {
    {"none", "", "lat=54.5 lon=13.25 alt_m=3"},
    {"the same, rounded", GEO("geoData", 54.501, 13.2499, 0.0) GEO("geoDataExif", 54.5, 13.25, 3.0),
	"lat=54.5 lon=13.25 alt_m=3"},
    {"one that Google did not read in the file", GEO("geoData", 10.5, 20.5, 0.0) GEO("geoDataExif", 0.0, 0.0, 0.0),
	"lat=54.5 lon=13.25 alt_m=3"},
    {"one that was set by its owner", GEO("geoData", 10.5, 20.5, 0.0) GEO("geoDataExif", 54.5, 13.25, 3.0),
	"lat=10.5 lon=20.5"},
    {"one that was set, with its altitude", GEO("geoData", 10.5, 20.5, 7.0) GEO("geoDataExif", 54.5, 13.25, 3.0),
	"lat=10.5 lon=20.5 alt_m=7"},
};

static void
test_places(void)
{
	struct buf got = {0}, text = {0};

	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		media_clear(&info);
		media_from(&info, MEDIA_FROM_EXIF);
		media_set_position(&info, 54.5, 13.25, true);
		media_set_number(&info, MEDIA_ALT, 3);
		media_from(&info, MEDIA_FROM_CONTAINER);
		buf_clear(&text, 0);
		buf_addf(&text, "{\"title\":\"\",\"photoTakenTime\":{}%s}", places[i].text);
		tell(buf_cstr(&text));
		describe(&got);
		tap_ok(strcmp(buf_cstr(&got), places[i].want) == 0, "%s: %s", places[i].what, buf_cstr(&got));
	}
	buf_fini(&got);
	buf_fini(&text);
}

/* The same as jansson reads. */
static void
test_oracle(void)
{
	static const char text[] = "{\"title\":\"\\u00e9\\t\\\"x\\\"\\/ \\ud83c\\udf3b\",\"photoTakenTime\":{}}";
	json_t *theirs = json_loads(text, 0, NULL);
	const char *title = json_string_value(json_object_get(theirs, "title"));
	struct buf ours = {0};
	struct fail why;

	takeoutjson_title(slice_of(text), &ours, &why);
	tap_ok(title != NULL && strcmp(buf_cstr(&ours), title) == 0, "a title as jansson reads it: %s", title);
	json_decref(theirs);
	buf_fini(&ours);
}

static void
test_open(void)
{
	char path[] = "/tmp/takeout-json.XXXXXX";
	int fd = mkstemp(path);
	struct buf text = {0};
	struct fail why;

	if (fd == -1 || write(fd, "{}", 2) != 2)
		abort();
	tap_ok(takeoutjson_open(AT_FDCWD, path, &text, &why) == 0 && strcmp(buf_cstr(&text), "{}") == 0, "a file");
	if (ftruncate(fd, TAKEOUTJSON_MAX) != 0)
		abort();
	tap_ok(takeoutjson_open(AT_FDCWD, path, &text, &why) == 0 && text.len == TAKEOUTJSON_MAX, "a large file");
	if (ftruncate(fd, TAKEOUTJSON_MAX + 1) != 0)
		abort();
	tap_ok(takeoutjson_open(AT_FDCWD, path, &text, &why) == -1 && why.code == FAIL_LIMIT &&
		   text.len == TAKEOUTJSON_MAX,
	    "one that is too large");
	unlink(path);
	tap_ok(takeoutjson_open(AT_FDCWD, path, &text, &why) == -1 && why.errnum == ENOENT, "one that is gone");
	close(fd);
	buf_fini(&text);
}

int
main(void)
{
	test_kinds();
	test_facts();
	test_places();
	test_oracle();
	test_open();
	media_fini(&info);
	return tap_done();
}
