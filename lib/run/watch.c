/*
 * Signals are blocked everywhere and taken by one thread with sigtimedwait(2): no handler, and so no state outside
 * struct run.  The same thread draws progress, since it is the one with time to wait.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/pathname.h"
#include "run/control/screen.h"
#include "run/run.h"

#define BEAT_NS 500000000u
#define CALM_NS 999999999u /* where nobody waits for anything: enough to tell a rate when SIGUSR1 asks for it */
#define TELL_NS 30000000000u

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

/* What the parent chose to ignore (nohup, a background job) stays ignored. */
void
watch_block(struct run *run)
{
	struct sigaction now;

	sigemptyset(&run->signals);
	sigaddset(&run->signals, SIGUSR1);
	if (run->drawing)
		sigaddset(&run->signals, SIGWINCH);
	for (size_t i = 0; i < sizeof(ending) / sizeof(ending[0]); i++) {
		if (sigaction(ending[i], NULL, &now) == 0 && now.sa_handler != SIG_IGN)
			sigaddset(&run->signals, ending[i]);
	}
	pthread_sigmask(SIG_BLOCK, &run->signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* EFBIG tells which file it is */
}

/* How far the run is, or its whole pipeline. */
static struct progress_now
look(struct run *run)
{
	struct progress_now now = {
	    .ns = pool_now_ns(),
	    .done = atomic_load(&run->done),
	    .failed = atomic_load(&run->failed),
	    .bytes = atomic_load(&run->bytes),
	    .of_records = atomic_load(&run->total),
	    .of_bytes = run->options.total,
	    .ended = atomic_load(&run->ended),
	};

	if (run->share.dir != -1)
		now.bytes = share_bytes(&run->share, now.bytes);
	return now;
}

static void
put_line(const struct buf *line)
{
	if (!line->failed && write(STDERR_FILENO, line->p, line->len) == -1)
		errno = 0; /* nobody looks: no harm done */
}

/* In a line of its own. */
static void
tell(struct run *run, const struct progress_now *now)
{
	struct buf line = {0};

	buf_adds(&line, run->drawing ? SCREEN_CLEAR : "");
	progress_line(&run->progress, now, run->drawing ? screen_columns() : SIZE_MAX, &line);
	buf_addc(&line, '\n');
	put_line(&line);
	buf_fini(&line);
}

/* Over the line that was drawn before. */
static void
draw(struct run *run, const struct progress_now *now)
{
	struct buf line = {0};

	buf_adds(&line, "\r");
	progress_line(&run->progress, now, screen_columns(), &line);
	buf_adds(&line, "\033[K");
	put_line(&line);
	buf_fini(&line);
}

/* Nothing has come for a while. */
static void
beat(struct run *run)
{
	struct progress_now now = look(run);

	account_beat(run, now.ns);
	progress_note(&run->progress, &now);
	if (run->drawing) {
		draw(run, &now);
	} else if (run->telling && now.ns >= run->tell_at_ns) {
		run->tell_at_ns = now.ns + TELL_NS;
		tell(run, &now);
	}
}

static void
show(struct run *run, bool drawn)
{
	struct progress_now now = look(run);

	if (drawn)
		draw(run, &now);
	else
		tell(run, &now);
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
	const bool busy = run->telling || run->share.dir != -1 || run->options.metrics != NULL;
	const struct timespec tick = {.tv_nsec = busy ? BEAT_NS : CALM_NS};
	siginfo_t info;

	for (;;) {
		int number = sigtimedwait(&run->signals, &info, &tick);

		if (atomic_load(&run->ended))
			return NULL;
		if (number == SIGUSR1 || number == SIGWINCH)
			show(run, number == SIGWINCH);
		else if (number > 0 && is_news(run, &info))
			take_signal(run, number);
		else if (number == -1 && errno == EAGAIN)
			beat(run);
	}
}

/* A pipeline is called as the folder of its counts is. */
static void
begin(struct run *run)
{
	const char *folder = run->share.dir != -1 ? getenv("DCIM_COUNTS") : NULL;
	struct slice name = folder != NULL ? pathname_name(folder) : slice_of(run->f->name);
	uint64_t now_ns = pool_now_ns();

	progress_begin(&run->progress, name, now_ns);
	run->tell_at_ns = now_ns + TELL_NS;
	account_share(run);
}

int
watch_start(struct run *run, pthread_t *thread, struct fail *why)
{
	int error;

	begin(run);
	error = pthread_create(thread, NULL, watch_main, run);
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
	account_share(run); /* before whoever reads us comes to the end of the input */
	if (run->telling)
		show(run, false);
}

void
watch_die(const struct run *run)
{
	int number = atomic_load(&run->signal);

	signal(number, SIG_DFL);
	pthread_sigmask(SIG_UNBLOCK, &run->signals, NULL);
	raise(number);
}
