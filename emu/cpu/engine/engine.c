/* The engine: decoded code by page, and the loop that runs it.
 *
 * Each 4 KiB page of code has an array of (function, word) pairs. An entry starts as `decode_here`,
 * which looks the word up and puts the row's function in its place, so decoding costs once an
 * instruction that really runs. Memory tells when a page with decoded code changes; its entries
 * then start over. Entries never move while a run uses them; pages are given back only between
 * runs. */
#include "cpu/cpu.h"

#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "cpu/engine/check.h"
#include "cpu/isa/decode.h"
#include "cpu/engine_internal.h"
#include "jit/jit.h"

#ifdef XE_TINY_LIMITS
#define PAGES_MAX 16u
#else
#define PAGES_MAX 4096u /* 16 KiB each */
#endif

/* Arrivals by taken branches with which code is translated: less often, and it does not pay. What
 * is not translated is not checked. */
#define HOT       24u
#define HOT_CHECK 1u

static xe_ppc_exec decode_here;

static void blank(struct xe__code_page *page)
{
    for (uint32_t i = 0; i < XE__WORDS; i++)
        page->entry[i] = (struct xe__entry){.exec = decode_here};
    page->blank = true;
}

static void code_changed(void *ctx, xe_gva address)
{
    struct xe_cpu_engine *engine = ctx;
    struct xe__code_page *page = engine->page[address >> XE_MEM_PAGE_SHIFT];

    if (!page || page->blank)
        return;
    if (engine->jit && page->refs) {
        xe_jit_page_changed(engine->jit, page);
        page->changes++;
    }
    blank(page);
}

static struct xe_cpu_engine *engine_of(struct xe_ppc_env *env)
{
    return (struct xe_cpu_engine *)(void *)((char *)env - offsetof(struct xe_cpu_engine, env));
}

static enum xe_ppc_next fetch_fault(struct xe_ppc_env *env, xe_gva pc, enum xe_mem_fault fault)
{
    env->exception =
        (struct xe_cpu_exception){.kind = XE_CPU_EXC_FETCH, .address = pc, .fault = fault};
    return XE_PPC_FAULT;
}

static enum xe_ppc_next illegal(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word)
{
    (void)cpu;
    return xe_ppc_raise(env, XE_CPU_EXC_ILLEGAL, word);
}

/* A marked instruction: somebody may want the thread to stop before it. */
static enum xe_ppc_next ask_first(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    struct xe_cpu_engine *engine = engine_of(env);

    cpu->retired = xe_meter_retired(&env->meter);
    if (engine->arrived && engine->arrived(engine->arrived_ctx, cpu))
        return xe_ppc_raise(env, XE_CPU_EXC_BREAKPOINT, word);
    return insn ? insn->exec(env, cpu, word) : illegal(env, cpu, word);
}

/* First execution of a word since its page changed: decode it and run it. */
static enum xe_ppc_next decode_here(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t unused)
{
    struct xe__code_page *page = engine_of(env)->page[cpu->pc >> XE_MEM_PAGE_SHIFT];
    struct xe__entry *entry = &page->entry[cpu->pc / 4 % XE__WORDS];
    const struct xe_ppc_insn *insn;

    (void)unused;
    if (!xe_mem_may_fetch(env->mem, cpu->pc)) {
        bool there = xe_mem_view(env->mem, cpu->pc, 4) != NULL;

        return fetch_fault(env, cpu->pc, there ? XE_MEM_PROTECTED : XE_MEM_UNMAPPED);
    }
    page->blank = false;
    xe_mem_code_mark(env->mem, cpu->pc);
    entry->word = xe_load_be32(env->mem->base + cpu->pc);
    insn = xe_ppc_decode(entry->word);
    entry->exec = insn ? insn->exec : illegal;
    if (xe__engine_break_at(engine_of(env), cpu->pc))
        entry->exec = ask_first;
    return entry->exec(env, cpu, entry->word);
}

/* The table of pages: untouched parts of it cost the host nothing. */
static struct xe__code_page **create_table(void)
{
    void *table = mmap(NULL, XE_MEM_PAGES * sizeof(struct xe__code_page *), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return table == MAP_FAILED ? NULL : table;
}

struct xe_cpu_engine *xe_cpu_engine_create_as(const struct xe_cpu_engine_config *config,
                                              struct xe_mem *mem, struct xe_cpu_host host,
                                              struct xe_error *err)
{
    struct xe_cpu_engine *engine = xe_calloc(1, sizeof(*engine));

    if (engine) {
        engine->page = create_table();
        engine->used = xe_calloc(PAGES_MAX, sizeof(*engine->used));
    }
    if (!engine || !engine->page || !engine->used) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "CPU engine: out of memory");
        xe_cpu_engine_destroy(engine);
        return NULL;
    }
    engine->env.mem = mem;
    engine->env.host = host;
    engine->kind = config->kind;
    engine->hot = config->hot ? config->hot : config->kind == XE_CPU_CHECK ? HOT_CHECK : HOT;
    xe_mem_code_listener(mem, code_changed, engine);
    if (engine->kind != XE_CPU_INTERPRETER) {
        engine->jit = xe_jit_create(engine, config, err);
        if (!engine->jit) {
            xe_cpu_engine_destroy(engine);
            return NULL;
        }
    }
    if (engine->kind == XE_CPU_CHECK) {
        engine->check = xe_check_create();
        if (!engine->check) {
            xe_error_set(err, XE_ERR_NO_MEMORY, "CPU engine: out of memory");
            xe_cpu_engine_destroy(engine);
            return NULL;
        }
    }
    return engine;
}

void xe_cpu_engine_flush(struct xe_cpu_engine *engine)
{
    for (uint32_t i = 0; i < engine->pages; i++) {
        xe_free(engine->page[engine->used[i]]);
        engine->page[engine->used[i]] = NULL;
    }
    engine->pages = 0;
    if (engine->jit)
        xe_jit_flush(engine->jit);
}

void xe_cpu_engine_destroy(struct xe_cpu_engine *engine)
{
    if (!engine)
        return;
    if (engine->page && engine->used)
        xe_cpu_engine_flush(engine);
    xe_jit_destroy(engine->jit);
    xe_check_destroy(engine->check);
    if (engine->env.mem)
        xe_mem_code_listener(engine->env.mem, NULL, NULL);
    if (engine->page)
        munmap(engine->page, XE_MEM_PAGES * sizeof(struct xe__code_page *));
    xe_free(engine->used);
    xe_free(engine->mark);
    xe_free(engine);
}

bool xe__engine_has_pages(const struct xe_cpu_engine *engine, uint32_t n)
{
    return engine->pages + n <= PAGES_MAX;
}

struct xe__code_page *xe__engine_add_page(struct xe_cpu_engine *engine, uint32_t pc)
{
    uint32_t number = pc >> XE_MEM_PAGE_SHIFT;
    struct xe__code_page *page = engine->page[number];

    if (page || engine->pages == PAGES_MAX)
        return page;
    page = xe_calloc(1, sizeof(*page));
    if (!page)
        return NULL;
    page->number = number;
    blank(page);
    engine->page[number] = page;
    engine->used[engine->pages++] = number;
    return page;
}

struct xe__code_page *xe__engine_page(struct xe_cpu_engine *engine, uint32_t pc)
{
    struct xe__code_page *page = xe__engine_add_page(engine, pc);

    if (page)
        return page;
    xe_cpu_engine_flush(engine);
    return xe__engine_add_page(engine, pc);
}

/* An enabled floating-point exception interrupts behind what the instruction does. */
static void commit(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t word)
{
    env->commits = true;
    (void)xe_ppc_decode(word)->exec(env, cpu, word);
    env->commits = false;
}

/* An instruction did not complete, or is the export word. Returns false to leave the run. */
static bool handle(struct xe_cpu_engine *engine, struct xe_cpu *cpu, enum xe_ppc_next next)
{
    struct xe_ppc_env *env = &engine->env;

    if (engine->check && engine->check->running) {
        engine->check->reached = true;
        return false;
    }
    if (next == XE_PPC_EXPORT) {
        uint32_t address = cpu->pc;

        (void)xe_ppc_retire(env, cpu, XE_PPC_NEXT);
        cpu->retired = xe_meter_retired(&env->meter);
        env->host.export_call(env->host.ctx, cpu, address);
    } else {
        struct xe_cpu_exception exception = env->exception;

        if (exception.kind == XE_CPU_EXC_FLOAT)
            commit(env, cpu, exception.word);
        cpu->retired = xe_meter_retired(&env->meter);
        switch (env->host.exception(env->host.ctx, cpu, &exception)) {
        case XE_CPU_LEAVE:
            return false;
        case XE_CPU_SKIP:
            (void)xe_ppc_retire(env, cpu, XE_PPC_NEXT);
            break;
        case XE_CPU_RESUME:
            break;
        }
    }
    return !cpu->stop;
}

/* Run inside one page until the page is left, the budget is used up or something else happens. */
static enum xe_ppc_next run_page(struct xe_ppc_env *env, struct xe_cpu *cpu,
                                 const struct xe__code_page *page)
{
    uint32_t number = page->number;

    do {
        const struct xe__entry *entry = &page->entry[cpu->pc / 4 % XE__WORDS];
        enum xe_ppc_next next = entry->exec(env, cpu, entry->word);

        if (!xe_ppc_retire(env, cpu, next))
            return next;
    } while (env->meter.left && cpu->pc >> XE_MEM_PAGE_SHIFT == number);
    return XE_PPC_NEXT;
}

static bool interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    struct xe_ppc_env *env = &engine->env;

    while (env->meter.left) {
        struct xe__code_page *page = xe__engine_page(engine, cpu->pc);
        enum xe_ppc_next next;

        next = page ? run_page(env, cpu, page) : fetch_fault(env, cpu->pc, XE_MEM_UNMAPPED);
        if (next != XE_PPC_NEXT && !handle(engine, cpu, next))
            return false;
    }
    return true;
}

enum xe_ppc_next xe__engine_one(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    const struct xe__code_page *page = xe__engine_page(engine, cpu->pc);
    const struct xe__entry *entry = page ? &page->entry[cpu->pc / 4 % XE__WORDS] : NULL;

    return page ? entry->exec(&engine->env, cpu, entry->word)
                : fetch_fault(&engine->env, cpu->pc, XE_MEM_UNMAPPED);
}

bool xe__engine_interpret(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint64_t n)
{
    struct xe_ppc_env *env = &engine->env;
    uint64_t end = env->meter.left > n ? env->meter.left - n : 0;

    while (env->meter.left > end) {
        enum xe_ppc_next next = xe__engine_one(engine, cpu);

        if (!xe_ppc_retire(env, cpu, next) && !handle(engine, cpu, next))
            return false;
    }
    return true;
}

/* Arrivals before code of this page is translated: more where translations keep being lost to data
 * that lies beside the code. */
static uint32_t heat(const struct xe_cpu_engine *engine, const struct xe__code_page *page)
{
    uint32_t times = 1 + page->changes / 8;

    if (engine->hot == 1 || times == 1)
        return engine->hot;
    return engine->hot * times < XE__CODE ? engine->hot * times : XE__CODE - 1;
}

/* Interpret inside one page until a branch arrives at translated or hot code. */
static enum xe_ppc_next warm_up(struct xe_cpu_engine *engine, struct xe_cpu *cpu,
                                struct xe__code_page *page)
{
    struct xe_ppc_env *env = &engine->env;
    uint32_t number = page->number;

    do {
        struct xe__entry *entry = &page->entry[cpu->pc / 4 % XE__WORDS];
        uint32_t from = cpu->pc;
        enum xe_ppc_next next = entry->exec(env, cpu, entry->word);

        if (!xe_ppc_retire(env, cpu, next))
            return next;
        if (cpu->pc == from + 4)
            continue;
        if (cpu->pc >> XE_MEM_PAGE_SHIFT != number)
            return XE_PPC_NEXT;
        entry = &page->entry[cpu->pc / 4 % XE__WORDS];
        if (entry->code >= XE__CODE || ++entry->code >= heat(engine, page))
            return XE_PPC_NEXT;
    } while (env->meter.left && cpu->pc >> XE_MEM_PAGE_SHIFT == number);
    return XE_PPC_NEXT;
}

/* Run what is translated at pc. false: leave the run. *ret_arrived: it left by a branch. */
static bool run_translated(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint32_t code,
                           bool *ret_arrived)
{
    struct xe_ppc_env *env = &engine->env;
    enum xe_jit_leave why = xe_jit_enter(engine->jit, cpu, code);

    *ret_arrived = why == XE_JIT_JUMP;
    switch (why) {
    case XE_JIT_BUDGET:
        if (env->meter.left < XE_JIT_BLOCK_MAX)
            return xe__engine_interpret(engine, cpu, env->meter.left);
        return true;
    case XE_JIT_INTERPRET:
        return xe__engine_interpret(engine, cpu, xe_jit_stretch(engine->jit));
    default:
        return !cpu->stop;
    }
}

/* The loop of the two engines together: translated code where there is some, else the interpreter,
 * which counts how often code is arrived at. */
void xe__engine_mixed(struct xe_cpu_engine *engine, struct xe_cpu *cpu)
{
    struct xe_ppc_env *env = &engine->env;

    bool always = engine->hot == 1;
    bool arrived = always; /* by a branch: arrivals are counted */

    while (env->meter.left) {
        struct xe__code_page *page = xe__engine_page(engine, cpu->pc);
        uint32_t *code = page ? &page->entry[cpu->pc / 4 % XE__WORDS].code : NULL;
        enum xe_ppc_next next;

        if (!xe_jit_may_run(cpu)) {
            if (!xe__engine_interpret(engine, cpu, env->meter.left))
                return;
            continue;
        }
        if (code && *code < XE__CODE && *code + always >= heat(engine, page)) {
            *code = 0;
            xe_jit_translate(engine->jit, cpu->pc);
            page = xe__engine_page(engine, cpu->pc);
            code = page ? &page->entry[cpu->pc / 4 % XE__WORDS].code : NULL;
        }
        if (code && *code >= XE__CODE) {
            if (!run_translated(engine, cpu, *code, &arrived))
                return;
            arrived |= always;
            continue;
        }
        if (code && arrived)
            ++*code;
        arrived = true;
        next = page ? warm_up(engine, cpu, page) : fetch_fault(env, cpu->pc, XE_MEM_UNMAPPED);
        if (next != XE_PPC_NEXT && !handle(engine, cpu, next))
            return;
    }
}

uint64_t xe_cpu_run(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint64_t budget)
{
    struct xe_ppc_env *env = &engine->env;
    uint64_t before = cpu->retired;

    env->cpu = cpu;
    env->meter = (struct xe_meter){.left = budget, .end = before + budget};
    cpu->stop = 0;
    if (!engine->jit)
        (void)interpret(engine, cpu);
    else if (engine->check)
        xe_check_run(engine, cpu);
    else
        xe__engine_mixed(engine, cpu);
    cpu->retired = xe_meter_retired(&env->meter);
    env->cpu = NULL;
    return cpu->retired - before;
}

/* ---- debugging ------------------------------------------------------------------------------ */

bool xe__engine_break_at(const struct xe_cpu_engine *engine, uint32_t pc)
{
    uint32_t low = 0, high = engine->marks;

    while (low < high) {
        uint32_t mid = low + (high - low) / 2;

        if (engine->mark[mid] == pc)
            return true;
        if (engine->mark[mid] < pc)
            low = mid + 1;
        else
            high = mid;
    }
    return false;
}

void xe_cpu_engine_debugger(struct xe_cpu_engine *engine,
                            bool (*arrived)(void *ctx, struct xe_cpu *cpu), void *ctx)
{
    engine->arrived = arrived;
    engine->arrived_ctx = ctx;
}

bool xe_cpu_engine_mark(struct xe_cpu_engine *engine, const xe_gva *address, uint32_t count)
{
    xe_gva *mark = count ? xe_calloc(count, sizeof(*mark)) : NULL;

    if (count && !mark)
        return false;
    for (uint32_t i = 0; i < count; i++)
        mark[i] = address[i];
    xe_free(engine->mark);
    engine->mark = mark;
    engine->marks = count;
    xe_cpu_engine_flush(engine);
    return true;
}

void xe_cpu_engine_cut(struct xe_cpu_engine *engine)
{
    xe_meter_cut(&engine->env.meter, 1);
}
