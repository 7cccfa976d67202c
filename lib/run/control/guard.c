#include "run/control/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

struct report {
	int status, number;
};

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGUSR1};

/* What the caller chose to ignore stays ignored; but SIGUSR1, which ends nothing, is answered in any case. */
static void
waited_for(sigset_t *set)
{
	struct sigaction now;

	sigemptyset(set);
	sigaddset(set, SIGCHLD);
	for (size_t i = 0; i < sizeof(passed_on) / sizeof(passed_on[0]); i++) {
		if (passed_on[i] == SIGUSR1 || (sigaction(passed_on[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN))
			sigaddset(set, passed_on[i]);
	}
}

static void
die_by(int number)
{
	sigset_t one;

	sigemptyset(&one);
	sigaddset(&one, number);
	signal(number, SIG_DFL);
	raise(number);
	pthread_sigmask(SIG_UNBLOCK, &one, NULL);
}

/* The child has said something, ended, or only stopped.  Returns whether it is over. */
static bool
is_over(const struct guard *g, pid_t child, int *status)
{
	struct report r = {0};
	int how;

	if (waitpid(child, &how, WNOHANG) == child) {
		if (WIFSIGNALED(how))
			die_by(WTERMSIG(how));
		*status = WEXITSTATUS(how);
		return true;
	}
	if (read(g->report[0], &r, sizeof(r)) != (ssize_t)sizeof(r))
		return false;
	if (r.number != 0)
		die_by(r.number);
	*status = r.status;
	return true;
}

/* The second signal ends the work at once, and the child may not be able to. */
static void
pass_on(pid_t child, int number, unsigned *endings)
{
	sigqueue(child, number, (union sigval){0});
	if (number != SIGUSR1 && ++*endings == 2)
		die_by(number);
}

static int
watch(const struct guard *g, pid_t child, const sigset_t *set)
{
	unsigned endings = 0;
	int status;

	close(STDIN_FILENO);
	close(STDOUT_FILENO);
	while (!is_over(g, child, &status)) {
		int number = sigwaitinfo(set, NULL);

		if (number > 0 && number != SIGCHLD)
			pass_on(child, number, &endings);
	}
	return status;
}

/* Without the parent nobody would pass on a signal. */
static void
stay_with(pid_t parent)
{
#ifdef __linux__
	prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
	if (getppid() != parent)
		raise(SIGKILL);
}

int
guard_begin(struct guard *g, int *status, struct fail *why)
{
	sigset_t set, before;
	pid_t child;

	waited_for(&set);
	g->parent = getpid();
	if (pipe2(g->report, O_CLOEXEC | O_NONBLOCK) == -1)
		return fail_errno(why, "pipe", "cannot make a pipe");
	signal(SIGCHLD, SIG_DFL); /* where it was ignored there would be no status */
	pthread_sigmask(SIG_BLOCK, &set, &before);
	if ((child = fork()) == -1)
		return fail_errno(why, "fork", "cannot start a process");
	if (child == 0) {
		stay_with(g->parent);
		pthread_sigmask(SIG_SETMASK, &before, NULL);
		return 0;
	}
	*status = watch(g, child, &set);
	return 1;
}

void
guard_report(const struct guard *g, int status, int number)
{
	const struct report r = {status, number};

	dup2(g->report[1], STDIN_FILENO);
	closefrom(STDIN_FILENO + 1);
	while (write(STDIN_FILENO, &r, sizeof(r)) == -1 && errno == EINTR)
		;
	close(STDIN_FILENO);
	kill(g->parent, SIGCHLD);
}
