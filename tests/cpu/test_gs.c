/* GS, through which translated code reaches guest memory: several instances share one thread's, by
 * either way of setting it, and host faults find the right one, or none. */
#include <asm/prctl.h>
#include <criterion/criterion.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "jit/emit.h"
#include "tests/cpu/made.h"

#define CODE   0x40010000u
#define DATA   0x40020000u
#define ROUNDS 8u
#define AWAY   0x10000u /* data of two rounds: no fault opens the pages of both */

/* One engine and its memory. */
struct side {
    struct xe_mem *mem;
    struct xe_cpu_engine *engine;
    struct xe_cpu cpu;
};

/* A guest, translated and interpreted. */
struct guest {
    struct side translated, interpreted;
    uint32_t rounds; /* so far */
};

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    (void)ctx;
    cr_assert_fail("exception %d at %08x", what->kind, cpu->pc);
    return XE_CPU_LEAVE;
}

static void side_init(struct side *side, const struct xe_cpu_engine_config *config)
{
    struct xe_cpu_host host = {.exception = on_exception};

    side->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(side->mem);
    xe_mem_alloc(side->mem, XE_MEM_HEAP_VIRTUAL_64K, CODE, (ROUNDS + 1) * AWAY, 0,
                 XE_PAGE_EXECUTE_READWRITE, true, false);
    side->engine = made_engine(config, side->mem, host);
    xe_cpu_reset(&side->cpu);
    side->cpu.fpr[2] = UINT64_C(0x000FFFFFFFFFFFFF); /* a denormal: the host's sum faults */
}

static void guest_init(struct guest *guest, enum xe_jit_gs way)
{
    memset(guest, 0, sizeof(*guest));
    side_init(&guest->translated,
              &(struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .hot = 1, .gs = way});
    side_init(&guest->interpreted, &(struct xe_cpu_engine_config){.kind = XE_CPU_INTERPRETER});
}

static void side_fini(struct side *side)
{
    xe_cpu_engine_destroy(side->engine);
    xe_mem_destroy(side->mem);
    *side = (struct side){0};
}

static void guest_fini(struct guest *guest)
{
    side_fini(&guest->translated);
    side_fini(&guest->interpreted);
}

/* A loop at a place of its own, which stores to a page of its own. */
static void side_run(struct side *side, uint32_t round)
{
    static const uint32_t loop[] = {
        0x38630001, /* addi r3,r3,1   */
        0x907F0000, /* stw r3,0(r31)  */
        0xFC22182A, /* fadd f1,f2,f3  */
        0x4BFFFFF4, /* b to the first */
    };

    side->cpu.pc = CODE + round * sizeof(loop);
    side->cpu.gpr[31] = DATA + round * AWAY;
    for (uint32_t i = 0; i < 4; i++)
        xe_mem_set_u32(side->mem, side->cpu.pc + 4 * i, loop[i]);
    cr_assert_eq(xe_cpu_run(side->engine, &side->cpu, 1000), 1000);
}

static uint64_t faults(const struct guest *guest)
{
    return xe_jit_counters(guest->translated.engine->jit)->faults;
}

/* Both kinds of fault happen, and what they leave is right. */
static void guest_run(struct guest *guest)
{
    uint32_t round = guest->rounds++ % ROUNDS;
    struct side *t = &guest->translated, *i = &guest->interpreted;
    uint64_t before = faults(guest);

    side_run(t, round);
    side_run(i, round);
    cr_assert_gt(faults(guest), before, "arithmetic faulted");
    cr_assert_eq(memcmp(&t->cpu, &i->cpu, sizeof(t->cpu)), 0);
    cr_assert_eq(xe_load_be32(t->mem->guarded + DATA + round * AWAY), (uint32_t)t->cpu.gpr[3],
                 "the page was opened");
}

static void alternate(enum xe_jit_gs first, enum xe_jit_gs second)
{
    struct guest a, b;
    uint64_t gs = 1;

    guest_init(&a, first);
    guest_init(&b, second);
    for (uint32_t n = 0; n < 3; n++) {
        guest_run(&a);
        guest_run(&b);
    }
    guest_fini(&b); /* whose GS it was last */
    guest_run(&a);
    guest_init(&b, second);
    guest_run(&a);
    guest_fini(&a); /* whose GS it was last */
    guest_run(&b);
    guest_run(&b);
    guest_init(&a, first);
    guest_fini(&a); /* it never ran */
    guest_run(&b);
    guest_fini(&b);
    cr_assert_eq(syscall(SYS_arch_prctl, ARCH_GET_GS, &gs), 0);
    cr_expect_eq(gs, 0, "nothing is left of it");
}

Test(gs, instances_alternate_on_one_thread)
{
    alternate(XE_JIT_GS_CALL, XE_JIT_GS_CALL);
}

Test(gs, instances_alternate_by_instruction_where_there_is_one)
{
    alternate(XE_JIT_GS_ANY, XE_JIT_GS_ANY);
}

Test(gs, ways_alternate)
{
    alternate(XE_JIT_GS_CALL, XE_JIT_GS_ANY);
    alternate(XE_JIT_GS_ANY, XE_JIT_GS_CALL);
}

/* An owner's thread, lent what others of the test do meanwhile. */
static void *run_first(void *arg)
{
    struct guest **guest = arg;

    guest_run(guest[0]);
    pthread_barrier_wait((pthread_barrier_t *)(void *)guest[2]);
    pthread_barrier_wait((pthread_barrier_t *)(void *)guest[2]);
    guest_run(guest[1]);
    return NULL;
}

/* Where GS points there is no memory any more, since another thread ended that instance. */
Test(gs, an_instance_ended_elsewhere_is_looked_at)
{
    pthread_barrier_t barrier;
    struct guest a, b;
    void *shared[] = {&a, &b, &barrier};
    pthread_t thread;

    guest_init(&a, XE_JIT_GS_CALL);
    guest_init(&b, XE_JIT_GS_CALL);
    pthread_barrier_init(&barrier, NULL, 2);
    cr_assert_eq(pthread_create(&thread, NULL, run_first, shared), 0);
    pthread_barrier_wait(&barrier);
    guest_fini(&a);
    pthread_barrier_wait(&barrier);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&barrier);
    guest_fini(&b);
}

/* ---- a host that refuses -------------------------------------------------------------------- */

static bool create(enum xe_jit_gs way, struct xe_error *err)
{
    struct xe_mem *mem = xe_mem_create(0, NULL);
    struct xe_cpu_engine *engine =
        xe_cpu_engine_create_as(&(struct xe_cpu_engine_config){.kind = XE_CPU_JIT, .gs = way}, mem,
                                (struct xe_cpu_host){.exception = on_exception}, err);
    bool made = engine != NULL;

    xe_cpu_engine_destroy(engine);
    xe_mem_destroy(mem);
    return made;
}

Test(gs, neither_way_is_told)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert_not(create(XE_JIT_GS_NONE, &err));
    cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
    cr_expect_not_null(strstr(err.text, "arch_prctl: "), "%s", err.text);
    cr_expect_null(xe__jit_gs_owner());
}

/* From now on arch_prctl fails. */
static void refuse_arch_prctl(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof(code) / sizeof(code[0]), code};

    cr_assert_eq(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    cr_assert_eq(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), 0);
}

/* No call is made while GS is right; where it can't be made right, the interpreter goes on. */
Test(gs, it_is_set_only_when_it_has_to_be)
{
    struct xe_error err = XE_ERROR_INIT;
    struct guest a, b;
    uint64_t before;

    guest_init(&a, XE_JIT_GS_CALL);
    guest_init(&b, XE_JIT_GS_CALL);
    guest_run(&b);
    guest_run(&a);
    refuse_arch_prctl();
    guest_run(&a);
    guest_run(&a);
    before = faults(&b);
    side_run(&b.translated, 1);
    side_run(&b.interpreted, 1);
    cr_expect_eq(faults(&b), before, "nothing translated ran");
    cr_expect_eq(memcmp(&b.translated.cpu, &b.interpreted.cpu, sizeof(b.translated.cpu)), 0);
    cr_expect_not(create(XE_JIT_GS_CALL, &err));
    cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID, "%s", err.text);
    guest_run(&a);
    guest_fini(&b);
    guest_fini(&a);
}

/* ---- faults of others ----------------------------------------------------------------------- */

static void touch_nothing(void)
{
    volatile uint8_t *nothing =
        mmap(NULL, XE_MEM_PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    (void)*nothing;
}

static void divide_by_zero(void)
{
    __asm__ volatile("divl %%ecx" : : "a"(1), "d"(0), "c"(0) : "cc");
}

static void after_an_instance(enum xe_jit_gs way, void (*fault)(void))
{
    struct guest a;

    guest_init(&a, way);
    guest_run(&a);
    guest_fini(&a);
    fault();
}

static void beside_an_instance(void (*fault)(void))
{
    struct guest a;

    guest_init(&a, XE_JIT_GS_CALL);
    guest_run(&a);
    fault();
}

Test(gs, bad_access_is_fatal_with_no_instance, .signal = SIGSEGV)
{
    after_an_instance(XE_JIT_GS_CALL, touch_nothing);
}

Test(gs, bad_access_is_fatal_with_no_instance_by_instruction, .signal = SIGSEGV)
{
    after_an_instance(XE_JIT_GS_ANY, touch_nothing);
}

Test(gs, bad_access_is_fatal_beside_an_instance, .signal = SIGSEGV)
{
    beside_an_instance(touch_nothing);
}

Test(gs, bad_division_is_fatal_with_no_instance, .signal = SIGFPE)
{
    after_an_instance(XE_JIT_GS_CALL, divide_by_zero);
}

Test(gs, bad_division_is_fatal_with_no_instance_by_instruction, .signal = SIGFPE)
{
    after_an_instance(XE_JIT_GS_ANY, divide_by_zero);
}

Test(gs, bad_division_is_fatal_beside_an_instance, .signal = SIGFPE)
{
    beside_an_instance(divide_by_zero);
}
