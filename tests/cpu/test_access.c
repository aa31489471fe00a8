/* The columns end and memory, and the bytes that follow from them, against what the interpreter
 * does: every vector runs with all of its memory watched, which records each access. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "cpu/isa/access.h"
#include "tests/cpu/vectors.h"

struct record {
    uint32_t accesses;
    xe_gva first; /* of the last */
    uint32_t size;
    bool write;
};

struct recorder {
    struct vector_run run;
    struct record record; /* of the case at hand */
    /* Of each row, how many cases did so; and how many stored other bytes than zeros. */
    struct {
        uint32_t accessed, moved, reserved, left_others;
        uint32_t misaligned, jumped, trapped, went_on;
    } seen[XE_PPC_INSNS];
};

static void on_access(void *ctx, xe_gva va, uint32_t size, bool write)
{
    struct record *record = ctx;

    *record = (struct record){record->accesses + 1, va, size, write};
}

/* All memory there is; fetching is no access, and the test's own writes are not the guest's. */
static void watch(struct recorder *r)
{
    xe_mem_watch_listener(r->run.mem, on_access, &r->record);
    for (xe_gva page = VECTOR_PC & ~0xFFFFu; page < VECTOR_END; page += XE_MEM_PAGE)
        xe_mem_watch(r->run.mem, page, true, true);
}

/* What the columns say of the case that has just run without raising anything. */
static struct record expected(const struct vector_run *run, const struct xe_ppc_insn *insn)
{
    struct xe_ppc_reach reach = xe_ppc_reach(insn, &run->before, run->word);
    bool failed =
        insn->memory.access == XE_PPC_ACCESS_CONDITIONAL && !(run->after.cr[0] & XE_CR_EQ);

    if (insn->memory.access == XE_PPC_ACCESS_NONE || !reach.size || failed)
        return (struct record){0};
    return (struct record){1, reach.first, reach.size, xe_ppc_writes(insn)};
}

/* Did the case change a register, but for pc, or memory? */
static bool moved(const struct vector_run *run, const uint8_t *memory)
{
    struct xe_cpu after = run->after;
    uint8_t now[VECTOR_BYTES];

    after.pc = run->before.pc;
    after.retired = run->before.retired;
    xe_mem_read(run->mem, VECTOR_MEMORY, now, VECTOR_BYTES);
    return memcmp(&after, &run->before, sizeof(after)) != 0 ||
           memcmp(now, memory, VECTOR_BYTES) != 0;
}

static void note_access(struct recorder *r, const struct xe_ppc_insn *insn)
{
    const struct vector_run *run = &r->run;
    uint32_t i = (uint32_t)(insn - xe_ppc_insns);
    bool zeros = true;

    r->seen[i].accessed += r->record.accesses != 0;
    r->seen[i].moved += moved(run, run->memory_before);
    r->seen[i].reserved += run->after.reserve_valid != 0;
    if (!r->record.write)
        return;
    for (uint32_t at = 0; at < r->record.size; at++)
        zeros &= xe_mem_u8(run->mem, r->record.first + at) == 0;
    r->seen[i].left_others += !zeros;
}

static void check_access(struct recorder *r, const struct xe_ppc_insn *insn, const char *place)
{
    const struct record *found = &r->record;
    struct record want = expected(&r->run, insn);

    cr_expect(found->accesses == want.accesses && found->first == want.first &&
                  found->size == want.size && found->write == want.write,
              "%s, %s: %u accesses, the last %s %u bytes at %08x; by its columns %u, %s %u at %08x",
              place, insn->name, found->accesses, found->write ? "writes" : "reads", found->size,
              found->first, want.accesses, want.write ? "writes" : "reads", want.size, want.first);
    note_access(r, insn);
}

static void check_end(struct recorder *r, const struct xe_ppc_insn *insn, const char *place)
{
    const char *exception = r->run.exception;
    bool trapped = exception && strcmp(exception, "trap") == 0;
    bool left =
        r->run.exported ||
        (exception && (strcmp(exception, "privileged") == 0 || strcmp(exception, "syscall") == 0));
    bool next = !exception && !left && r->run.after.pc == VECTOR_PC + 4;

    cr_expect(!trapped || insn->end == XE_PPC_END_TRAP, "%s: %s", place, insn->name);
    cr_expect(left || insn->end != XE_PPC_END_LEAVE, "%s: %s", place, insn->name);
    cr_expect(exception || left || next || insn->end == XE_PPC_END_BRANCH, "%s: %s", place,
              insn->name);
    r->seen[insn - xe_ppc_insns].misaligned += exception && strcmp(exception, "alignment") == 0;
    r->seen[insn - xe_ppc_insns].trapped += trapped;
    r->seen[insn - xe_ppc_insns].went_on += next;
    r->seen[insn - xe_ppc_insns].jumped += !exception && !left && !next;
}

static void run_line(void *ctx, const char *file, unsigned number, const char *line)
{
    struct recorder *r = ctx;
    const struct xe_ppc_insn *insn;
    char text[256], place[64];

    if (!vector_is_case(line))
        return;
    r->record = (struct record){0};
    cr_expect(vector_run_line(&r->run, line, text, sizeof(text)), "%s:%u: %s", file, number, text);
    insn = xe_ppc_decode(r->run.word);
    snprintf(place, sizeof(place), "%s:%u", file, number);
    if (!insn)
        return;
    check_end(r, insn, place);
    if (!r->run.exception)
        check_access(r, insn, place);
}

static const struct recorder *record_all(void)
{
    static struct recorder recorder;

    vector_run_init(&recorder.run, XE_CPU_INTERPRETER);
    watch(&recorder);
    cr_assert(vector_each_line(run_line, &recorder));
    vector_run_fini(&recorder.run);
    return &recorder;
}

static void check_kind(const struct recorder *r, uint32_t i)
{
    const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
    enum xe_ppc_access access = insn->memory.access;
    bool moves = access != XE_PPC_ACCESS_TOUCH && access != XE_PPC_ACCESS_FLUSH &&
                 access != XE_PPC_ACCESS_INVALIDATE;

    cr_expect_eq(r->seen[i].accessed != 0, access != XE_PPC_ACCESS_NONE, "%s", insn->name);
    cr_expect_eq(r->seen[i].misaligned != 0, insn->memory.extent == XE_PPC_EXTENT_ALIGNED, "%s",
                 insn->name);
    if (access == XE_PPC_ACCESS_NONE)
        return;
    cr_expect_eq(r->seen[i].moved != 0, moves, "%s", insn->name);
    cr_expect_eq(r->seen[i].reserved != 0, access == XE_PPC_ACCESS_RESERVE, "%s", insn->name);
    if (!xe_ppc_writes(insn) || !moves)
        return;
    cr_expect_eq(r->seen[i].left_others == 0, access == XE_PPC_ACCESS_ZERO, "%s", insn->name);
}

/* Also that each has been seen to do what its columns say, or nothing was compared. */
Test(cpu_access, is_what_the_columns_say)
{
    const struct recorder *r = record_all();

    for (uint32_t i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];
        bool goes_on = insn->end == XE_PPC_END_NEXT || insn->end == XE_PPC_END_TRAP;

        check_kind(r, i);
        cr_expect_eq(r->seen[i].trapped != 0, insn->end == XE_PPC_END_TRAP, "%s", insn->name);
        cr_expect_eq(r->seen[i].jumped != 0, insn->end == XE_PPC_END_BRANCH, "%s", insn->name);
        cr_expect(r->seen[i].went_on || !goes_on, "%s", insn->name);
    }
}

static void on_change(void *ctx, xe_gva page)
{
    (void)page;
    ++*(uint32_t *)ctx;
}

/* Of all that don't write. */
Test(cpu_access, flushes_code_where_the_column_says)
{
    struct xe_ppc_env env = {.mem = xe_mem_create(0, NULL)};
    struct xe_cpu cpu = {.gpr = {[1] = VECTOR_MEMORY}};
    uint32_t changes = 0;

    cr_assert_not_null(env.mem);
    xe_mem_alloc(env.mem, XE_MEM_HEAP_VIRTUAL_64K, VECTOR_MEMORY, 0x10000, 0,
                 XE_PAGE_EXECUTE_READWRITE, true, false);
    xe_mem_code_listener(env.mem, on_change, &changes);
    for (int i = 0; i < XE_PPC_INSNS; i++) {
        const struct xe_ppc_insn *insn = &xe_ppc_insns[i];

        if (insn->memory.access == XE_PPC_ACCESS_NONE || xe_ppc_writes(insn))
            continue;
        xe_mem_code_mark(env.mem, VECTOR_MEMORY);
        changes = 0;
        cpu.gpr[1] = VECTOR_MEMORY;
        cr_expect_eq(insn->exec(&env, &cpu, insn->match | 1u << 16), XE_PPC_NEXT, "%s", insn->name);
        cr_expect_eq(changes != 0, insn->memory.access == XE_PPC_ACCESS_FLUSH, "%s", insn->name);
    }
    xe_mem_destroy(env.mem);
}

/* A watchpoint on a byte behind the address must not be told of it. */
Test(cpu_access, lvrx_takes_only_the_bytes_before_its_address)
{
    struct record record = {0};
    struct vector_run run;
    char text[256];

    vector_run_init(&run, XE_CPU_INTERPRETER);
    xe_mem_watch_listener(run.mem, on_access, &record);
    xe_mem_watch(run.mem, VECTOR_MEMORY, true, true);
    cr_expect(vector_run_line(&run, "7c202c4e r5=40020013 | v1=00000000000000000000000000000000",
                              text, sizeof(text)),
              "%s", text);
    cr_expect_eq(record.accesses, 1);
    cr_expect_eq(record.first, VECTOR_MEMORY + 0x10);
    cr_expect_eq(record.size, 3, "%u bytes", record.size);
    cr_expect_not(record.write);
    vector_run_fini(&run);
}
