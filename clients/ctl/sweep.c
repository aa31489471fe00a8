/* xe360ctl run --seeds: the same title under many schedules, several at a time, and how many end
 * how.
 *
 * Each seed is a process of its own, which runs the title as a single run does, in a worker of its
 * own, and writes how it ended, as JSON, into a pipe. So nothing of one run reaches another, and
 * each seed, run alone, comes out as it did here. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

#define TICK_MS 200
#define SEEDS   1000000u
#define JOBS    64u
#define RESULT  65536u /* bytes; what one run tells is far shorter */

struct job {
    pid_t pid; /* 0: free */
    int fd;
    size_t used;
    char text[RESULT];
};

struct sweep {
    struct ctl *ctl;
    uint64_t *seed; /* owned */
    size_t seeds, begun;
    struct job *job; /* owned */
    size_t jobs, busy;
    json_t *runs; /* owned, in the order of their ends */
    int failed;   /* status of a run that could not be made; 0: none */
};

/* ---- the list ------------------------------------------------------------------------------- */

/* "7" or "1..200" at *text, which moves behind it. */
static bool parse_range(const char **text, uint64_t *ret_first, uint64_t *ret_last)
{
    char *end;

    if (**text < '0' || **text > '9')
        return false;
    errno = 0;
    *ret_first = *ret_last = strtoull(*text, &end, 10);
    if (!strncmp(end, "..", 2) && end[2] >= '0' && end[2] <= '9')
        *ret_last = strtoull(end + 2, &end, 10);
    *text = end;
    return !errno && *ret_first <= *ret_last && *ret_last <= XE_SETTING_COUNT_MAX;
}

/* The seeds of a list into ret, which may be NULL; 0: it is none, or too long. */
static size_t list_seeds(const char *list, uint64_t *ret)
{
    uint64_t first, last;
    size_t n = 0;

    while (parse_range(&list, &first, &last) && last - first < SEEDS - n) {
        for (uint64_t seed = first; seed <= last; seed++, n++)
            if (ret)
                ret[n] = seed;
        if (!*list)
            return n;
        if (*list++ != ',')
            return 0;
    }
    return 0;
}

bool ctl_seeds_check(const char *list)
{
    return list_seeds(list, NULL) > 0;
}

/* ---- one run -------------------------------------------------------------------------------- */

static json_t *outcome(struct ctl *ctl, uint64_t seed)
{
    json_t *all = ctl_run_once(ctl), *run, *one;
    const json_t *verdict, *error;
    int status;

    if (!all) {
        json_t *why = ctl_take_error();

        error = json_object_get(why, "message") ? why : json_object_get(why, "error");
        one = json_pack("{s:I, s:i, s:O*}", "seed", (json_int_t)seed, "failed", ctl->exit, "error",
                        json_object_get(error, "message"));
        json_decref(why);
        return one;
    }
    verdict = json_object_get(json_object_get(all, "thread_diagnostic"), "verdict");
    status = ctl_run_status(ctl, all);
    run = json_object_get(all, "run");
    one = json_pack("{s:I, s:O*, s:O*, s:O*, s:O*, s:O*, s:O*, s:i}", "seed", (json_int_t)seed,
                    "verdict", json_object_get(verdict, "code"), "fingerprint",
                    json_object_get(json_object_get(all, "explain"), "fingerprint"), "stop_reason",
                    json_object_get(run, "stop_reason"), "detail", json_object_get(run, "detail"),
                    "cycle", json_object_get(run, "cycle"), "digest",
                    json_object_get(run, "digest"), "exit_status", status);
    json_decref(all);
    return one;
}

/* The process of one seed: does not return. A signal is its parent's to take. */
static void be_job(struct ctl *ctl, uint64_t seed, int fd)
{
    int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    json_t *one;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    dup2(nowhere, STDOUT_FILENO);
    dup2(nowhere, STDERR_FILENO);
    if (!ctl->o.config)
        ctl->o.config = json_object();
    json_object_set_new(ctl->o.config, "seed", json_integer((json_int_t)seed));
    ctl_keep_errors();
    one = outcome(ctl, seed);
    if (one)
        json_dumpfd(one, fd, JSON_COMPACT);
    ctl_private_stop(ctl);
    _exit(0);
}

/* ---- all of them ---------------------------------------------------------------------------- */

static bool begin_job(struct sweep *sweep, struct job *job)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return false;
    fflush(NULL);
    job->pid = fork();
    if (job->pid == 0)
        be_job(sweep->ctl, sweep->seed[sweep->begun], ends[1]);
    close(ends[1]);
    if (job->pid < 0) {
        job->pid = 0;
        close(ends[0]);
        return false;
    }
    job->fd = ends[0];
    job->used = 0;
    sweep->begun++;
    sweep->busy++;
    return true;
}

static void end_job(struct sweep *sweep, struct job *job)
{
    json_t *one = json_loadb(job->text, job->used, 0, NULL);
    const char *error = json_string_value(json_object_get(one, "error"));

    close(job->fd);
    waitpid(job->pid, NULL, 0);
    job->pid = 0;
    sweep->busy--;
    if (json_object_get(one, "verdict")) {
        json_array_append_new(sweep->runs, one);
        return;
    }
    if (!sweep->failed) {
        sweep->failed = (int)json_integer_value(json_object_get(one, "failed"));
        sweep->failed = sweep->failed ? sweep->failed : CTL_HARNESS;
        ctl_fail("%s", error ? error : "a run ended without a result");
    }
    json_decref(one);
}

static void read_job(struct sweep *sweep, struct job *job)
{
    ssize_t got = read(job->fd, job->text + job->used, sizeof(job->text) - job->used);

    if (got < 0 && errno == EINTR)
        return;
    if (got > 0)
        job->used += (size_t)got;
    else
        end_job(sweep, job);
}

static void await_jobs(struct sweep *sweep)
{
    struct pollfd at[JOBS];

    for (size_t i = 0; i < sweep->jobs; i++)
        at[i] = (struct pollfd){.fd = sweep->job[i].pid ? sweep->job[i].fd : -1, .events = POLLIN};
    if (poll(at, sweep->jobs, TICK_MS) <= 0)
        return;
    for (size_t i = 0; i < sweep->jobs; i++)
        if (at[i].revents)
            read_job(sweep, &sweep->job[i]);
}

static void fill_jobs(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->jobs && sweep->begun < sweep->seeds; i++)
        if (!sweep->job[i].pid && !begin_job(sweep, &sweep->job[i])) {
            if (sweep->busy)
                return; /* try again when one has ended */
            ctl_fail("no process for a run: %s", strerror(errno));
            sweep->failed = CTL_HARNESS;
        }
}

static void drop_jobs(struct sweep *sweep)
{
    for (size_t i = 0; i < sweep->jobs; i++)
        if (sweep->job[i].pid) {
            kill(sweep->job[i].pid, SIGKILL);
            waitpid(sweep->job[i].pid, NULL, 0);
            close(sweep->job[i].fd);
        }
}

static void run_all(struct sweep *sweep)
{
    ctl_progress_begin();
    ctl_wall_begin(sweep->ctl->o.wall_limit_ms);
    while (!ctl_caught_signal() && !ctl_wall_over() && !sweep->failed) {
        fill_jobs(sweep);
        if (!sweep->busy)
            break;
        await_jobs(sweep);
        ctl_progress_count("runs", json_array_size(sweep->runs), sweep->seeds);
    }
    ctl_progress_end();
    drop_jobs(sweep);
}

/* ---- the report ----------------------------------------------------------------------------- */

static json_int_t number(const json_t *object, const char *name)
{
    return json_integer_value(json_object_get(object, name));
}

static int by_seed(const void *a, const void *b)
{
    json_int_t x = number(*(json_t *const *)a, "seed"), y = number(*(json_t *const *)b, "seed");

    return (x > y) - (x < y);
}

/* Runs end in an order of the host's making; the report is in order of the seeds. */
static json_t *sorted(const json_t *runs)
{
    size_t n = json_array_size(runs);
    json_t **list = calloc(n ? n : 1, sizeof(json_t *)), *all = json_array();

    for (size_t i = 0; list && i < n; i++)
        list[i] = json_array_get(runs, i);
    if (list)
        qsort(list, n, sizeof(json_t *), by_seed);
    for (size_t i = 0; list && i < n; i++)
        json_array_append(all, list[i]);
    free(list);
    return all;
}

static json_t *ending_of(json_t *endings, const json_t *run)
{
    json_t *ending;
    size_t i;

    json_array_foreach(endings, i, ending)
    {
        if (json_equal(json_object_get(ending, "verdict"), json_object_get(run, "verdict")) &&
            json_equal(json_object_get(ending, "fingerprint"), json_object_get(run, "fingerprint")))
            return ending;
    }
    ending =
        json_pack("{s:O, s:O, s:i, s:O}", "verdict", json_object_get(run, "verdict"), "fingerprint",
                  json_object_get(run, "fingerprint"), "count", 0, "shortest", run);
    json_array_append_new(endings, ending);
    return ending;
}

static json_t *endings_of(const json_t *runs)
{
    json_t *endings = json_array(), *run;
    size_t i;

    json_array_foreach(runs, i, run)
    {
        json_t *ending = ending_of(endings, run);

        json_object_set_new(ending, "count", json_integer(number(ending, "count") + 1));
        if (number(run, "cycle") < number(json_object_get(ending, "shortest"), "cycle"))
            json_object_set(ending, "shortest", run);
    }
    return endings;
}

/* The worse of two: a crash, a hang, a limit, whatever else is no success, success. */
static int worse(int a, int b)
{
    static const int worst_first[] = {CTL_CRASHED, CTL_HANG, CTL_LIMIT};

    for (size_t i = 0; i < sizeof(worst_first) / sizeof(worst_first[0]); i++)
        if (a == worst_first[i] || b == worst_first[i])
            return worst_first[i];
    return a > b ? a : b;
}

static int status_of(const struct sweep *sweep)
{
    int status = CTL_OK;
    json_t *run;
    size_t i;

    if (sweep->failed)
        return sweep->failed;
    if (ctl_caught_signal())
        return CTL_CANCELLED;
    json_array_foreach(sweep->runs, i, run)
    {
        status = worse(status, (int)number(run, "exit_status"));
    }
    return status;
}

static void print_text(const struct sweep *sweep, const json_t *endings)
{
    json_t *ending;
    size_t i, done = json_array_size(sweep->runs);

    ctl_put_text(stdout, sweep->ctl->o.arg[0]);
    printf(": %zu of %zu seeds run%s\n", done, sweep->seeds,
           ctl_caught_signal() ? ", then cancelled" : "");
    json_array_foreach(endings, i, ending)
    {
        const json_t *run = json_object_get(ending, "shortest");
        const char *fingerprint = json_string_value(json_object_get(ending, "fingerprint"));

        printf("%8lld %-12s shortest: --seed=%lld, cycle %lld  ", number(ending, "count"),
               json_string_value(json_object_get(ending, "verdict")), number(run, "seed"),
               number(run, "cycle"));
        if (fingerprint)
            printf("%s  ", fingerprint);
        ctl_put_text(stdout, json_string_value(json_object_get(run, "detail")) ?: "");
        putchar('\n');
    }
}

static int report(struct sweep *sweep)
{
    json_t *runs = sorted(sweep->runs), *endings = endings_of(runs), *all;
    int status = status_of(sweep);

    if (sweep->ctl->o.form) {
        all = json_pack("{s:s, s:s, s:I, s:I, s:b, s:O, s:O, s:i}", "schema", "xe360/sweep/1",
                        "image", sweep->ctl->o.arg[0], "seeds", (json_int_t)sweep->seeds, "done",
                        (json_int_t)json_array_size(runs), "cancelled", ctl_caught_signal(),
                        "endings", endings, "runs", runs, "exit_status", status);
        ctl_print(sweep->ctl, all);
        json_decref(all);
    } else {
        print_text(sweep, endings);
    }
    json_decref(endings);
    json_decref(runs);
    return status;
}

static size_t jobs_for(const struct ctl_options *o, size_t seeds)
{
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    uint64_t jobs = o->jobs ? o->jobs : cores > 0 ? (uint64_t)cores : 1;

    jobs = jobs < JOBS ? jobs : JOBS;
    return jobs < seeds ? (size_t)jobs : seeds;
}

int ctl_sweep(struct ctl *ctl)
{
    struct sweep sweep = {.ctl = ctl, .seeds = list_seeds(ctl->o.seeds, NULL)};
    int status = CTL_HARNESS;

    sweep.jobs = jobs_for(&ctl->o, sweep.seeds);
    sweep.seed = calloc(sweep.seeds, sizeof(*sweep.seed));
    sweep.job = calloc(sweep.jobs, sizeof(*sweep.job));
    sweep.runs = json_array();
    if (sweep.seed && sweep.job && sweep.runs) {
        list_seeds(ctl->o.seeds, sweep.seed);
        run_all(&sweep);
        ctl_listen(false);
        status = sweep.failed ? sweep.failed : report(&sweep);
    } else {
        ctl_fail("no memory for %zu seeds", sweep.seeds);
    }
    json_decref(sweep.runs);
    free(sweep.job);
    free(sweep.seed);
    return status;
}
