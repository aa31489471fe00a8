/* When a silent worker is given up: a clock and a processor of the test's own. */
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <criterion/criterion.h>

#include "daemon/pulse.h"

#define PATIENCE 8000u

/* A worker that was heard at 1000 and is silent from then on: each second it uses so much processor
 * time and is found so. */
struct silence {
    const char *what;
    uint32_t cpu_ms; /* a second */
    bool runnable;
    uint32_t runnable_until; /* s; 0: always as above     */
    bool untold;             /* the host does not tell    */
    uint32_t lost_after;     /* s; 0: not in this hour    */
    enum xe_pulse_verdict verdict;
};

static const struct silence rows[] = {
    {"asleep or stopped", 0, false, 0, false, 8, XE_PULSE_STILL},
    {"the host does not tell", 0, false, 0, true, 8, XE_PULSE_STILL},
    {"works and says nothing", 1000, true, 0, false, 9, XE_PULSE_MUTE},
    {"half a processor", 500, true, 0, false, 17, XE_PULSE_MUTE},
    {"waits for a processor", 0, true, 0, false, 0, XE_PULSE_FINE},
    {"gets a hundredth of one", 2, true, 0, false, 0, XE_PULSE_FINE},
    {"is only ever found asleep, but runs", 2, false, 0, false, 0, XE_PULSE_FINE},
    {"waits for a processor, then stops", 0, true, 20, false, 28, XE_PULSE_STILL},
};

static uint64_t silent_until(const struct silence *row, enum xe_pulse_verdict *ret)
{
    struct xe_pulse pulse;
    uint64_t now = 1000;

    xe_pulse_heard(&pulse, now, PATIENCE);
    *ret = XE_PULSE_FINE;
    while (*ret == XE_PULSE_FINE && now < 3600000) {
        uint64_t s;
        struct xe_effort effort;

        cr_assert_gt(pulse.look, now, "%s: looks without end", row->what);
        now = pulse.look;
        s = (now - 1000) / 1000;
        effort.cpu_ms = 777 + s * row->cpu_ms;
        effort.runnable = row->runnable && (!row->runnable_until || s <= row->runnable_until);
        *ret = xe_pulse_look(&pulse, now, PATIENCE, row->untold ? NULL : &effort);
    }
    return *ret == XE_PULSE_FINE ? 0 : (now - 1000) / 1000;
}

Test(pulse, silence_is_death_only_when_there_was_a_chance_to_speak)
{
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum xe_pulse_verdict verdict;
        uint64_t after = silent_until(&rows[i], &verdict);

        cr_expect_eq(verdict, rows[i].verdict, "%s: verdict %d", rows[i].what, verdict);
        cr_expect_eq(after, rows[i].lost_after, "%s: after %d s", rows[i].what, (int)after);
    }
}

Test(pulse, one_look_after_a_long_absence_decides_nothing)
{
    const struct xe_effort asleep = {.cpu_ms = 5};
    struct xe_pulse pulse;

    xe_pulse_heard(&pulse, 0, PATIENCE);
    cr_expect_eq(xe_pulse_look(&pulse, 100000, PATIENCE, &asleep), XE_PULSE_FINE);
    cr_expect_eq(pulse.look, 101000);
    cr_expect_eq(xe_pulse_look(&pulse, 101000, PATIENCE, &asleep), XE_PULSE_STILL);
}

Test(pulse, a_word_makes_good_for_all_before)
{
    const struct xe_effort effort = {.cpu_ms = 1000000, .runnable = true};
    struct xe_pulse pulse;

    xe_pulse_heard(&pulse, 0, PATIENCE);
    cr_expect_eq(xe_pulse_look(&pulse, 1000, PATIENCE, &(struct xe_effort){0}), XE_PULSE_FINE);
    xe_pulse_heard(&pulse, 2000, PATIENCE);
    cr_expect_eq(xe_pulse_look(&pulse, 3000, PATIENCE, &effort), XE_PULSE_FINE);
}

/* ---- what the host tells -------------------------------------------------------------------- */

static bool runnable(pid_t pid)
{
    struct xe_effort effort;

    cr_assert(xe_effort_of(pid, &effort));
    return effort.runnable;
}

Test(pulse, a_process_is_seen_to_work_to_stop_and_to_end, .timeout = 60)
{
    struct xe_effort effort = {0};
    siginfo_t info;
    pid_t pid = fork();

    if (pid == 0)
        for (volatile unsigned i = 0;; i++)
            ;
    while (effort.cpu_ms < 30) /* it works: the time comes */
        cr_assert(xe_effort_of(pid, &effort));
    cr_expect(runnable(pid));
    kill(pid, SIGSTOP);
    waitid(P_PID, (id_t)pid, &info, WSTOPPED);
    cr_expect_not(runnable(pid));
    kill(pid, SIGKILL);
    waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
    cr_expect_not(runnable(pid));
    waitpid(pid, NULL, 0);
    cr_expect_not(xe_effort_of(pid, &effort));
}
