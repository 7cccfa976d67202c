#include "run/opt.h"

#include "tap.h"

struct conf {
	bool all;
	const char *to, *alone;
	size_t jobs;
	double seconds;
	struct opt_list from;
	int mode, when, how;
};

static const struct opt opts[] = {OPT_FLAG('a', "all", struct conf, all, "everything"),
    OPT_STRING('t', "to", "DIR", struct conf, to, "where"),
    OPT_MAYBE(0, "when", "auto|always|never", struct conf, when, "perhaps"),
    OPT_WORD('w', "how", "batch|file", struct conf, how, "in which way"),
    OPT_COUNT('j', "jobs", "N", struct conf, jobs, "how many"),
    OPT_SECONDS(0, "wait", "SECONDS", struct conf, seconds, "how long"),
    OPT_LIST(0, "from", "DIR", struct conf, from, "whence"), OPT_CHOICE(0, "copy", struct conf, mode, 1, "copy"),
    OPT_CHOICE('m', "move", struct conf, mode, 2, "move"), OPT_END};

static const struct opt second[] = {OPT_STRING('a', NULL, "X", struct conf, alone, "shadowed by the first table"),
    OPT_FLAG('z', NULL, struct conf, all, "a letter alone"), OPT_END};

static int
parse(struct conf *conf, const char *line, int *first, struct fail *why)
{
	const struct opt_table tables[] = {{opts, conf}, {second, conf}};
	static char words[256];
	char *argv[32] = {(char *)(uintptr_t) "prog"}, *save;
	int argc = 1;

	snprintf(words, sizeof(words), "%s", line);
	for (char *w = strtok_r(words, " ", &save); w != NULL; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	*why = (struct fail){0};
	int rc = opt_parse(tables, 2, argc, argv, first, why);
	*first = argc - *first; /* how many operands */
	return rc;
}

static void
test_good(void)
{
	struct conf c = {0};
	struct fail why;
	int n = 0;

	tap_ok(parse(&c, "-a -t dir --jobs=3 one -m --from a --from=b two", &n, &why) == 0, "a line with everything");
	tap_ok(c.all && strcmp(c.to, "dir") == 0 && c.jobs == 3 && c.mode == 2, "the values are stored");
	tap_ok(c.from.n == 2 && strcmp(c.from.v[1], "b") == 0, "a repeated option is a list");
	tap_ok(n == 2, "operands between options are found");
	free(c.from.v);
	c = (struct conf){0};
	tap_ok(parse(&c, "--when -- -a", &n, &why) == 0 && c.when == 1 && !c.all && n == 1, "-- ends the options");
	tap_ok(parse(&c, "--when=never -z --move --copy", &n, &why) == 0 && c.mode == 1 && c.all && c.when == 3,
	    "the last choice wins; letters of the second table work");
	tap_ok(c.how == 0 && parse(&c, "-wbatch --how file", &n, &why) == 0 && c.how == 2, "one of its words");
	tap_ok(parse(&c, "--wait=0.25", &n, &why) == 0 && c.seconds == 0.25, "seconds");
}

static void
test_bad(void)
{
	static const struct {
		const char *line, *message;
	} rows[] = {
	    {"--nope", "unknown option '--nope'"},
	    {"-x", "unknown option -- 'x'"},
	    {"--to", "option '--to' wants an argument"},
	    {"--all=1", "option '--all=1' takes no argument"},
	    {"-j -3", "--jobs wants a whole number, not '-3'"},
	    {"-j 3x", "--jobs wants a whole number, not '3x'"},
	    {"--wait=soon", "--wait wants a number of seconds, not 'soon'"},
	    {"--when=auto|always", "--when wants auto, always or never, not 'auto|always'"},
	    {"--when=", "--when wants auto, always or never, not ''"},
	    {"-w file|", "--how wants batch or file, not 'file|'"},
	    {"-w fil", "--how wants batch or file, not 'fil'"},
	    {"--wait=-1", "--wait wants a number of seconds, not '-1'"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct conf c = {0};
		struct fail why;
		int n = 0, rc = parse(&c, rows[i].line, &n, &why);

		tap_ok(rc == -1 && why.code == FAIL_INPUT && strcmp(why.message, rows[i].message) == 0, "%s: %s",
		    rows[i].line, why.message);
	}
}

static void
test_help(void)
{
	struct conf c = {0};
	const struct opt_table table = {opts, &c};
	struct buf out = {0};

	opt_help(&table, 0, &out);
	tap_ok(strstr(out.p, "  -t, --to=DIR                where\n") != NULL, "help: a letter and a name");
	tap_ok(strstr(out.p, "      --when[=auto|always|never]\n                              perhaps\n") != NULL,
	    "help: an argument that leaves no room");
	tap_ok(strstr(out.p, "  -w, --how=batch|file        in which way\n") != NULL, "help: words");
	buf_fini(&out);
}

int
main(void)
{
	test_good();
	test_bad();
	test_help();
	return tap_done();
}
