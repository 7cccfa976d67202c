/*
 * Signals are blocked everywhere and taken by one thread with sigtimedwait(2): no handler, and so no state outside
 * struct run.  The same thread draws progress, since it is the one with time to wait.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "run/run.h"

#define DRAW_NS 500000000u

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

/* What the parent chose to ignore (nohup, a background job) stays ignored. */
void
watch_block(struct run *run)
{
	struct sigaction now;

	sigemptyset(&run->signals);
	sigaddset(&run->signals, SIGUSR1);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&run->signals, ending[i]);
	}
	pthread_sigmask(SIG_BLOCK, &run->signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* EFBIG tells which file it is */
}

static void
put_eta(struct buf *line, uint64_t done, uint64_t total, double seconds)
{
	uint64_t left = done > 0 && done < total ? (uint64_t)(seconds / (double)done * (double)(total - done)) : 0;

	buf_addf(line, ", %llu in all, %llu:%02llu:%02llu left", (unsigned long long)total,
	    (unsigned long long)(left / 3600), (unsigned long long)(left / 60 % 60), (unsigned long long)(left % 60));
}

/* What is drawn stays in one line, or it could not be drawn over; `drawn` begins with a return. */
static void
fit_terminal(struct buf *drawn)
{
	struct winsize size;

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && drawn->len > size.ws_col)
		drawn->len = size.ws_col;
}

static void
put_progress(struct run *run, const char *before, const char *after)
{
	struct buf line = {0};
	uint64_t done = atomic_load(&run->done), total = atomic_load(&run->total), bytes = atomic_load(&run->bytes);
	double seconds = (double)(pool_now_ns() - run->started_ns) / 1e9;

	if (seconds <= 0)
		seconds = 1e-9;
	buf_addf(&line, "%s%s: %llu done, %llu failed, %.0f/s", before, run->f->name, (unsigned long long)done,
	    (unsigned long long)atomic_load(&run->failed), (double)done / seconds);
	if (bytes > 0)
		buf_addf(&line, ", %.1f MB/s", (double)bytes / seconds / 1e6);
	if (total > 0)
		put_eta(&line, done, total, seconds);
	if (*before == '\r')
		fit_terminal(&line);
	buf_adds(&line, after);
	if (!line.failed && write(STDERR_FILENO, line.p, line.len) == -1)
		errno = 0; /* nobody looks: no harm done */
	buf_fini(&line);
}

static void
take_signal(struct run *run, int number)
{
	sigset_t one;

	if (atomic_load(&run->signal) != 0) { /* the second: at once */
		signal(number, SIG_DFL);
		sigemptyset(&one);
		sigaddset(&one, number);
		pthread_sigmask(SIG_UNBLOCK, &one, NULL);
		raise(number);
	}
	atomic_store(&run->signal, number);
	if (!(run->f->flags & FILTER_DRAIN))
		stream_end_input(run);
}

/* Whether a signal is news: one to the whole process group has come by itself and from the guard. */
static bool
is_news(struct run *run, const siginfo_t *info)
{
	const bool passed_on = info->si_code == SI_QUEUE;

	return ++run->nsignals[passed_on] > run->nsignals[!passed_on];
}

static void *
watch_main(void *arg)
{
	struct run *run = arg;
	const struct timespec tick = {.tv_nsec = DRAW_NS};
	siginfo_t info;

	for (;;) {
		int number =
		    run->drawing ? sigtimedwait(&run->signals, &info, &tick) : sigwaitinfo(&run->signals, &info);

		if (atomic_load(&run->ended))
			return NULL;
		if (number == SIGUSR1)
			put_progress(run, "", "\n");
		else if (number > 0 && is_news(run, &info))
			take_signal(run, number);
		else if (number == -1 && errno == EAGAIN)
			put_progress(run, "\r", "\033[K");
	}
}

int
watch_start(struct run *run, pthread_t *thread, struct fail *why)
{
	int error = pthread_create(thread, NULL, watch_main, run);

	if (error == 0)
		return 0;
	errno = error;
	return fail_errno(why, "thread", "cannot start a thread");
}

void
watch_stop(struct run *run, pthread_t thread)
{
	atomic_store(&run->ended, true);
	pthread_kill(thread, SIGUSR1);
	pthread_join(thread, NULL);
	if (run->drawing)
		put_progress(run, "\r", "\033[K\n");
}

void
watch_die(const struct run *run)
{
	int number = atomic_load(&run->signal);

	signal(number, SIG_DFL);
	pthread_sigmask(SIG_UNBLOCK, &run->signals, NULL);
	raise(number);
}
