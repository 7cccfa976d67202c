/* A table row becomes a getopt_long() option whose value is its place in the joined tables. */
#include "run/opt.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/num.h"

#define OPTS_MAX 64
#define FIRST_VALUE 256 /* above every letter */
#define HELP_COLUMN 30
#define HELP_WIDTH 80

#ifdef __GLIBC__
#define OPTIND_START 0 /* also forgets where in a word an earlier call stopped */
#else
#define OPTIND_START 1
#endif

struct parser {
	const struct opt *row[OPTS_MAX];
	void *conf[OPTS_MAX];
	size_t n;
	struct option longs[OPTS_MAX + 1];
	char letters[2 * OPTS_MAX + 2];
};

static bool
known(const struct parser *p, const struct opt *o, bool by_letter)
{
	for (size_t i = 0; i < p->n; i++) {
		if (by_letter ? p->row[i]->letter == o->letter
			      : p->row[i]->name != NULL && strcmp(p->row[i]->name, o->name) == 0)
			return true;
	}
	return false;
}

static int
arg_needed(const struct opt *o)
{
	if (o->kind == OPT_KIND_MAYBE)
		return optional_argument;
	return o->arg != NULL ? required_argument : no_argument;
}

static void
add_row(struct parser *p, const struct opt *o, void *conf)
{
	size_t len = strlen(p->letters), nlongs = 0;

	if (p->n == OPTS_MAX)
		abort(); /* a program's table is a constant: too long is a bug of ours */
	if (o->letter != 0 && !known(p, o, true)) {
		p->letters[len++] = (char)o->letter;
		if (arg_needed(o) == required_argument)
			p->letters[len++] = ':';
		p->letters[len] = '\0';
	}
	if (o->name != NULL && !known(p, o, false)) {
		while (p->longs[nlongs].name != NULL)
			nlongs++;
		p->longs[nlongs] = (struct option){o->name, arg_needed(o), NULL, FIRST_VALUE + (int)p->n};
	}
	p->row[p->n] = o;
	p->conf[p->n++] = conf;
}

static size_t
find_row(const struct parser *p, int value)
{
	size_t i = 0;

	if (value >= FIRST_VALUE)
		return (size_t)(value - FIRST_VALUE);
	while (p->row[i]->letter != value)
		i++;
	return i;
}

static int
bad_value(const struct opt *o, const char *arg, const char *wanted, struct fail *why)
{
	if (o->name != NULL)
		return fail_set(why, FAIL_INPUT, "options", "--%s wants %s, not '%s'", o->name, wanted, arg);
	return fail_set(why, FAIL_INPUT, "options", "-%c wants %s, not '%s'", o->letter, wanted, arg);
}

static int
add_to_list(struct opt_list *list, const char *arg, struct fail *why)
{
	const char **grown = array_room(list->v, &list->cap, list->n, sizeof *grown);

	if (grown == NULL)
		return fail_nomem(why);
	list->v = grown;
	list->v[list->n++] = arg;
	return 0;
}

/* "a|b|c" as "a, b or c", for a sentence. */
static void
spell_words(struct buf *out, const char *words)
{
	const char *last = strrchr(words, '|');

	for (const char *p = words; *p != '\0'; p++) {
		if (*p == '|')
			buf_adds(out, p == last ? " or " : ", ");
		else
			buf_addc(out, *p);
	}
}

/* The place of a word among "a|b|c", from 1; 0 where it is none of them. */
static int
place_of(const char *words, const char *word)
{
	size_t len = strlen(word), n;

	for (int place = 1;; place++) {
		n = strcspn(words, "|");
		if (n == len && memcmp(words, word, n) == 0)
			return place;
		if (words[n] == '\0')
			return 0;
		words += n + 1;
	}
}

static int
store_word(const struct opt *o, int *target, const char *arg, struct fail *why)
{
	int place = arg != NULL ? place_of(o->arg, arg) : 1;
	struct buf wanted = {0};

	if (place > 0) {
		*target = place;
		return 0;
	}
	spell_words(&wanted, o->arg);
	if (wanted.failed)
		fail_nomem(why);
	else
		bad_value(o, arg, wanted.p, why);
	buf_fini(&wanted);
	return -1;
}

static int
store(const struct opt *o, void *conf, const char *arg, struct fail *why)
{
	void *target = (char *)conf + o->offset;
	uint64_t count;
	double seconds;

	switch (o->kind) {
	case OPT_KIND_FLAG:
		*(bool *)target = true;
		break;
	case OPT_KIND_STRING:
		*(const char **)target = arg;
		break;
	case OPT_KIND_WORD:
	case OPT_KIND_MAYBE:
		return store_word(o, target, arg, why);
	case OPT_KIND_COUNT:
		if (!num_parse_u64(arg, strlen(arg), &count) || count > SIZE_MAX / 2)
			return bad_value(o, arg, "a whole number", why);
		*(size_t *)target = (size_t)count;
		break;
	case OPT_KIND_SECONDS:
		if (!num_parse_double(arg, strlen(arg), &seconds) || seconds < 0)
			return bad_value(o, arg, "a number of seconds", why);
		*(double *)target = seconds;
		break;
	case OPT_KIND_SIZE:
		if (!num_parse_size(arg, strlen(arg), target))
			return bad_value(o, arg, "bytes, such as 500M or 64G", why);
		break;
	case OPT_KIND_LIST:
		return add_to_list(target, arg, why);
	case OPT_KIND_CHOICE:
		*(int *)target = o->value;
		break;
	case OPT_KIND_END:
		break;
	}
	return 0;
}

static int
unknown(char **argv, int value, struct fail *why)
{
	const char *word = argv[optind - 1];

	if (value == ':' || (optopt >= FIRST_VALUE))
		return fail_set(why, FAIL_INPUT, "options",
		    value == ':' ? "option '%s' wants an argument" : "option '%s' takes no argument", word);
	if (optopt != 0)
		return fail_set(why, FAIL_INPUT, "options", "unknown option -- '%c'", optopt);
	return fail_set(why, FAIL_INPUT, "options", "unknown option '%s'", word);
}

int
opt_parse(const struct opt_table *tables, size_t ntables, int argc, char **argv, int *first_operand, struct fail *why)
{
	struct parser p = {.letters = ":"};
	int value;
	size_t i;

	for (size_t t = 0; t < ntables; t++) {
		for (const struct opt *o = tables[t].opts; o != NULL && o->kind != OPT_KIND_END; o++)
			add_row(&p, o, tables[t].conf);
	}
	opterr = 0;
	optind = OPTIND_START;
	while ((value = getopt_long(argc, argv, p.letters, p.longs, NULL)) != -1) {
		if (value == '?' || value == ':')
			return unknown(argv, value, why);
		i = find_row(&p, value);
		if (store(p.row[i], p.conf[i], optarg, why) == -1)
			return -1;
	}
	*first_operand = optind;
	return 0;
}

/* Begin a line where texts stand, unless this one has not come so far yet. */
static void
help_column(size_t start, struct buf *out)
{
	if (out->len - start >= HELP_COLUMN) {
		buf_addc(out, '\n');
		start = out->len;
	}
	while (!out->failed && out->len - start < HELP_COLUMN)
		buf_addc(out, ' ');
}

/* How much of a text stands in one line: whole words. */
static size_t
help_words(const char *text)
{
	const size_t len = strlen(text), room = HELP_WIDTH - HELP_COLUMN;
	size_t n = room;

	if (len <= room)
		return len;
	while (n > 0 && text[n] != ' ')
		n--;
	return n > 0 ? n : strcspn(text, " ");
}

static void
help_row(const struct opt *o, struct buf *out)
{
	size_t start = out->len, n;

	if (o->letter != 0)
		buf_addf(out, "  -%c%s", o->letter, o->name != NULL ? ", " : " ");
	else
		buf_adds(out, "      ");
	if (o->name != NULL)
		buf_addf(out, "--%s", o->name);
	if (o->arg != NULL && o->name == NULL)
		buf_adds(out, o->arg);
	else if (o->arg != NULL)
		buf_addf(out, o->kind == OPT_KIND_MAYBE ? "[=%s]" : "=%s", o->arg);
	for (const char *text = o->help; *text != '\0'; text += n + (text[n] == ' ')) {
		help_column(start, out);
		n = help_words(text);
		buf_add(out, text, n);
	}
	buf_addc(out, '\n');
}

/* Whether a table before that one has an option of this name, which wins. */
static bool
is_overridden(const struct opt_table *tables, size_t which, const struct opt *opt)
{
	for (size_t t = 0; t < which; t++) {
		for (const struct opt *o = tables[t].opts; o != NULL && o->kind != OPT_KIND_END; o++) {
			if (opt->name != NULL && o->name != NULL && strcmp(o->name, opt->name) == 0)
				return true;
		}
	}
	return false;
}

void
opt_help(const struct opt_table *tables, size_t which, struct buf *out)
{
	for (const struct opt *o = tables[which].opts; o != NULL && o->kind != OPT_KIND_END; o++) {
		if (!is_overridden(tables, which, o))
			help_row(o, out);
	}
}

void
opt_free(const struct opt_table *tables, size_t ntables)
{
	for (size_t t = 0; t < ntables; t++) {
		for (const struct opt *o = tables[t].opts; o != NULL && o->kind != OPT_KIND_END; o++) {
			if (o->kind != OPT_KIND_LIST)
				continue;
			struct opt_list *list = (void *)((char *)tables[t].conf + o->offset);
			free(list->v);
			*list = (struct opt_list){0};
		}
	}
}
