/*
 * noted -- run a program, and note each line of its output in a file before passing it on.
 *
 * usage: noted FILE WORD COMMAND [ARGUMENT...]
 *
 * Each line goes to FILE behind WORD and a tab, in one write: what a program acknowledges has its place among what
 * recorder (recorder.c) sees of the disk.  Ends as COMMAND did; 128 and the signal where one ended that.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void
die(const char *what)
{
	perror(what);
	exit(3);
}

static pid_t
start(char **command, int *out)
{
	int ends[2];
	pid_t pid = -1;

	if (pipe2(ends, O_CLOEXEC) == -1 || (pid = fork()) == -1)
		die("fork");
	if (pid == 0) {
		dup2(ends[1], 1);
		execv(command[0], command);
		die(command[0]);
	}
	close(ends[1]);
	*out = ends[0];
	return pid;
}

static void
note(int fd, const char *word, const char *line)
{
	char *text;
	int n = asprintf(&text, "%s\t%s", word, line);

	if (n == -1 || write(fd, text, (size_t)n) != n)
		die("note");
	free(text);
}

static void
watch(FILE *in, int notes, const char *word)
{
	char *line = NULL;
	size_t size = 0;

	while (getline(&line, &size, in) != -1) {
		note(notes, word, line);
		if (fputs(line, stdout) == EOF || fflush(stdout) == EOF)
			break;
	}
	free(line);
}

int
main(int argc, char **argv)
{
	int notes, out, status;
	pid_t pid;
	FILE *in;

	if (argc < 4) {
		fprintf(stderr, "usage: noted FILE WORD COMMAND [ARGUMENT...]\n");
		return 2;
	}
	if ((notes = open(argv[1], O_WRONLY | O_CLOEXEC)) == -1)
		die(argv[1]);
	pid = start(argv + 3, &out);
	if ((in = fdopen(out, "r")) == NULL)
		die("pipe");
	watch(in, notes, argv[2]);
	fclose(in);
	if (waitpid(pid, &status, 0) == -1)
		die("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
