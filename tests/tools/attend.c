/*
 * attend -- run a command as the first of a group of processes of its own, and come back when the last process that it
 * has left behind is gone.
 *
 * usage: attend [-s SIGNAL -a NANOSECONDS [-g]] [-l SECONDS] COMMAND [ARGUMENT]...
 *
 * After so many nanoseconds the signal (KILL, INT, TERM) is sent to the command, with -g to its group.  After so many
 * seconds (120) all are killed, and the status is 124; else it is the command's, or 128 and its signal.
 */
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct plan {
	int signal;
	long long after_ns;
	bool group;
	long limit_s;
};

static int
number_of(const char *name)
{
	return strcmp(name, "KILL") == 0 ? SIGKILL : strcmp(name, "INT") == 0 ? SIGINT : SIGTERM;
}

static int
parse(struct plan *plan, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "+s:a:gl:")) != -1) {
		switch (c) {
		case 's':
			plan->signal = number_of(optarg);
			break;
		case 'a':
			plan->after_ns = atoll(optarg);
			break;
		case 'g':
			plan->group = true;
			break;
		case 'l':
			plan->limit_s = atol(optarg);
			break;
		default:
			return -1;
		}
	}
	return optind < argc ? 0 : -1;
}

static pid_t
begin(char **argv)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	setsid();
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGALRM, SIG_DFL);
	execvp(argv[0], argv);
	_exit(127);
}

/* Wait as long for what ends; returns false when there was nothing more, with the command's status in *status. */
static bool
reap(pid_t command, int *status)
{
	int how;
	pid_t pid;

	while ((pid = waitpid(-1, &how, WNOHANG)) > 0)
		if (pid == command)
			*status = WIFEXITED(how) ? WEXITSTATUS(how) : 128 + WTERMSIG(how);
	return pid == 0;
}

/* Until all have ended, or the time has come: returns whether some are left. */
static bool
wait_for(pid_t command, int *status, long long ns)
{
	struct timespec now, end;
	sigset_t children;

	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += ns / 1000000000;
	end.tv_nsec += ns % 1000000000;
	while (reap(command, status)) {
		struct timespec left;

		clock_gettime(CLOCK_MONOTONIC, &now);
		ns = (long long)(end.tv_sec - now.tv_sec) * 1000000000 + end.tv_nsec - now.tv_nsec;
		if (ns <= 0)
			return true;
		left = (struct timespec){ns / 1000000000, ns % 1000000000};
		sigtimedwait(&children, NULL, &left);
	}
	return false;
}

int
main(int argc, char **argv)
{
	struct plan plan = {.limit_s = 120};
	int status = 127;
	sigset_t children;
	pid_t pid;

	if (parse(&plan, argc, argv) == -1) {
		fprintf(stderr, "usage: attend [-s SIGNAL -a NANOSECONDS [-g]] [-l SECONDS] COMMAND [ARGUMENT]...\n");
		return 2;
	}
	sigemptyset(&children);
	sigaddset(&children, SIGCHLD);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	pid = begin(argv + optind);
	sigprocmask(SIG_BLOCK, &children, NULL);
	if (plan.signal != 0 && wait_for(pid, &status, plan.after_ns))
		kill(plan.group ? -pid : pid, plan.signal);
	if (!wait_for(pid, &status, plan.limit_s * 1000000000LL))
		return status;
	kill(-pid, SIGKILL);
	return 124;
}
