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
#include "cpu/decode.h"
#include "cpu/exec.h"

#define WORDS (XE_MEM_PAGE / 4)

#ifdef XE_TINY_LIMITS
#define PAGES_MAX 4u
#else
#define PAGES_MAX 4096u /* 16 KiB each */
#endif

struct entry {
    xe_ppc_exec *exec;
    uint32_t word;
};

struct code_page {
    struct entry entry[WORDS];
    uint32_t number;
    bool blank; /* all entries are decode_here */
};

struct xe_cpu_engine {
    struct xe_ppc_env env;
    struct code_page **page; /* by page number; owned table of owned pages */
    uint32_t *used;          /* owned: numbers of the pages there are      */
    uint32_t pages;
};

static xe_ppc_exec decode_here;

static void blank(struct code_page *page)
{
    for (uint32_t i = 0; i < WORDS; i++)
        page->entry[i].exec = decode_here;
    page->blank = true;
}

static void code_changed(void *ctx, xe_gva address)
{
    struct xe_cpu_engine *engine = ctx;
    struct code_page *page = engine->page[address >> XE_MEM_PAGE_SHIFT];

    if (page && !page->blank)
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

/* First execution of a word since its page changed: decode it and run it. */
static enum xe_ppc_next decode_here(struct xe_ppc_env *env, struct xe_cpu *cpu, uint32_t unused)
{
    struct code_page *page = engine_of(env)->page[cpu->pc >> XE_MEM_PAGE_SHIFT];
    struct entry *entry = &page->entry[cpu->pc / 4 % WORDS];
    const struct xe_ppc_insn *insn;

    (void)unused;
    if (!(env->mem->access[cpu->pc >> XE_MEM_PAGE_SHIFT] & XE_MEM_FAST_READ)) {
        bool there = xe_mem_view(env->mem, cpu->pc, 4) != NULL;

        return fetch_fault(env, cpu->pc, there ? XE_MEM_PROTECTED : XE_MEM_UNMAPPED);
    }
    page->blank = false;
    xe_mem_code_mark(env->mem, cpu->pc);
    entry->word = xe_load_be32(env->mem->base + cpu->pc);
    insn = xe_ppc_decode(entry->word);
    entry->exec = insn ? insn->exec : illegal;
    return entry->exec(env, cpu, entry->word);
}

/* The table of pages: untouched parts of it cost the host nothing. */
static struct code_page **create_table(void)
{
    void *table = mmap(NULL, XE_MEM_PAGES * sizeof(struct code_page *), PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    return table == MAP_FAILED ? NULL : table;
}

struct xe_cpu_engine *xe_cpu_engine_create(struct xe_mem *mem, struct xe_cpu_host host,
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
    xe_mem_code_listener(mem, code_changed, engine);
    return engine;
}

void xe_cpu_engine_flush(struct xe_cpu_engine *engine)
{
    for (uint32_t i = 0; i < engine->pages; i++) {
        xe_free(engine->page[engine->used[i]]);
        engine->page[engine->used[i]] = NULL;
    }
    engine->pages = 0;
}

void xe_cpu_engine_destroy(struct xe_cpu_engine *engine)
{
    if (!engine)
        return;
    if (engine->page && engine->used)
        xe_cpu_engine_flush(engine);
    if (engine->env.mem)
        xe_mem_code_listener(engine->env.mem, NULL, NULL);
    if (engine->page)
        munmap(engine->page, XE_MEM_PAGES * sizeof(struct code_page *));
    xe_free(engine->used);
    xe_free(engine);
}

/* The page of code at pc, made when needed; NULL when the host has no memory for a single one. */
static struct code_page *page_at(struct xe_cpu_engine *engine, uint32_t pc)
{
    uint32_t number = pc >> XE_MEM_PAGE_SHIFT;
    struct code_page *page = engine->page[number];

    if (page)
        return page;
    if (engine->pages == PAGES_MAX)
        xe_cpu_engine_flush(engine);
    page = xe_calloc(1, sizeof(*page));
    if (!page) {
        xe_cpu_engine_flush(engine);
        page = xe_calloc(1, sizeof(*page));
    }
    if (!page)
        return NULL;
    page->number = number;
    blank(page);
    engine->page[number] = page;
    engine->used[engine->pages++] = number;
    return page;
}

/* An instruction did not complete, or is the export word. Returns false to leave the run. */
static bool handle(struct xe_cpu_engine *engine, struct xe_cpu *cpu, enum xe_ppc_next next)
{
    struct xe_ppc_env *env = &engine->env;
    uint64_t left = env->left;

    if (next == XE_PPC_EXPORT) {
        uint32_t address = cpu->pc;

        cpu->pc = address + 4;
        env->left = --left;
        cpu->retired = env->retires - left;
        env->host.export_call(env->host.ctx, cpu, address);
    } else {
        struct xe_cpu_exception exception = env->exception;

        cpu->retired = env->retires - left;
        switch (env->host.exception(env->host.ctx, cpu, &exception)) {
        case XE_CPU_LEAVE:
            return false;
        case XE_CPU_SKIP:
            cpu->pc += 4;
            env->left = --left;
            break;
        case XE_CPU_RESUME:
            break;
        }
    }
    return !cpu->stop;
}

/* Run inside one page until the page is left, the budget is used up or something else happens. */
static enum xe_ppc_next run_page(struct xe_ppc_env *env, struct xe_cpu *cpu,
                                 const struct code_page *page)
{
    uint32_t number = page->number;

    do {
        const struct entry *entry = &page->entry[cpu->pc / 4 % WORDS];
        enum xe_ppc_next next = entry->exec(env, cpu, entry->word);

        if (__builtin_expect(next == XE_PPC_NEXT, 1))
            cpu->pc += 4;
        else if (next != XE_PPC_BRANCHED)
            return next;
        env->left--;
    } while (env->left && cpu->pc >> XE_MEM_PAGE_SHIFT == number);
    return XE_PPC_NEXT;
}

uint64_t xe_cpu_run(struct xe_cpu_engine *engine, struct xe_cpu *cpu, uint64_t budget)
{
    struct xe_ppc_env *env = &engine->env;

    env->left = budget;
    env->retires = cpu->retired + budget;
    cpu->stop = 0;
    while (env->left) {
        struct code_page *page = page_at(engine, cpu->pc);
        enum xe_ppc_next next;

        next = page ? run_page(env, cpu, page) : fetch_fault(env, cpu->pc, XE_MEM_UNMAPPED);
        if (next != XE_PPC_NEXT && !handle(engine, cpu, next))
            break;
    }
    cpu->retired = env->retires - env->left;
    return budget - env->left;
}
