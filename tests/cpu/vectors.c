#include "tests/cpu/vectors.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <criterion/criterion.h>

#include "cpu/isa/decode.h"
#include "tests/cpu/made.h"

struct machine {
    struct xe_cpu cpu;
    uint8_t memory[VECTOR_BYTES];
    const char *exception;
    uint32_t fpscr_mask; /* bits that are compared */
};

static void on_export(void *ctx, struct xe_cpu *cpu, xe_gva address)
{
    struct vector_run *run = ctx;

    (void)address;
    run->exported = true;
    xe_cpu_stop(cpu);
}

static enum xe_cpu_action on_exception(void *ctx, struct xe_cpu *cpu,
                                       const struct xe_cpu_exception *what)
{
    static const char *const names[XE_CPU_EXC_KINDS] = {
        [XE_CPU_EXC_ILLEGAL] = "illegal",     [XE_CPU_EXC_PRIVILEGED] = "privileged",
        [XE_CPU_EXC_TRAP] = "trap",           [XE_CPU_EXC_SYSCALL] = "syscall",
        [XE_CPU_EXC_DATA] = "data",           [XE_CPU_EXC_FETCH] = "fetch",
        [XE_CPU_EXC_ALIGNMENT] = "alignment", [XE_CPU_EXC_FLOAT] = "float",
    };
    struct vector_run *run = ctx;

    (void)cpu;
    run->exception = names[what->kind];
    return XE_CPU_LEAVE;
}

static uint64_t on_timebase(void *ctx, struct xe_cpu *cpu)
{
    (void)ctx;
    (void)cpu;
    return 0x123456789ull;
}

void vector_run_init(struct vector_run *run, enum xe_cpu_engine_kind kind)
{
    const struct xe_cpu_engine_config config = {.kind = kind, .hot = 1};
    struct xe_cpu_host host = {run, on_export, on_exception, on_timebase};

    memset(run, 0, sizeof(*run));
    run->mem = xe_mem_create(0, NULL);
    cr_assert_not_null(run->mem);
    xe_mem_alloc(run->mem, XE_MEM_HEAP_VIRTUAL_64K, VECTOR_PC & ~0xFFFFu, 0x20000, 0,
                 XE_PAGE_EXECUTE_READWRITE, true, false);
    run->kind = kind;
    run->engine = made_engine(&config, run->mem, host);
}

void vector_run_fini(struct vector_run *run)
{
    xe_cpu_engine_destroy(run->engine);
    xe_mem_destroy(run->mem);
}

static int hex_bytes(const char *text, uint8_t *ret, size_t max)
{
    size_t n = 0;

    for (; n < max && text[0] && text[1]; text += 2, n++) {
        char pair[3] = {text[0], text[1], 0};
        char *end;

        ret[n] = (uint8_t)strtoul(pair, &end, 16);
        if (*end)
            return -1;
    }
    return *text ? -1 : (int)n;
}

static bool assign_vector(struct xe_cpu *cpu, unsigned long n, const char *value)
{
    uint8_t bytes[16];

    if (n > 127 || hex_bytes(value, bytes, 16) != 16)
        return false;
    for (int i = 0; i < 16; i++)
        cpu->vr[n].b[XE_VB(i)] = bytes[i];
    return true;
}

static bool assign_named(struct machine *m, const char *name, uint64_t value)
{
    struct xe_cpu *cpu = &m->cpu;

    if (strcmp(name, "cr") == 0)
        xe_cpu_cr_set(cpu, (uint32_t)value);
    else if (strcmp(name, "xer") == 0)
        xe_cpu_xer_set(cpu, (uint32_t)value);
    else if (strcmp(name, "fpscr") == 0)
        cpu->fpscr = (uint32_t)value;
    else if (strcmp(name, "fpscr_mask") == 0)
        m->fpscr_mask = (uint32_t)value;
    else if (strcmp(name, "vscr") == 0)
        cpu->vscr = (uint32_t)value;
    else if (strcmp(name, "vrsave") == 0)
        cpu->vrsave = (uint32_t)value;
    else if (strcmp(name, "lr") == 0)
        cpu->lr = value;
    else if (strcmp(name, "ctr") == 0)
        cpu->ctr = value;
    else if (strcmp(name, "msr") == 0)
        cpu->msr = value;
    else if (strcmp(name, "pc") == 0)
        cpu->pc = (uint32_t)value;
    else if (strcmp(name, "reserve") == 0)
        cpu->reserve_address = (uint32_t)value;
    else if (strcmp(name, "reserve_size") == 0)
        cpu->reserve_valid = (uint32_t)value;
    else if (strcmp(name, "reserve_value") == 0)
        cpu->reserve_value = value;
    else
        return false;
    return true;
}

static const char *exception_name(const char *value)
{
    static const char *const names[] = {"illegal", "privileged", "trap",     "syscall",
                                        "data",    "fetch",      "alignment"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strcmp(names[i], value) == 0)
            return names[i];
    return NULL;
}

/* name=value into m. */
static bool assign(struct machine *m, char *token)
{
    char *value = strchr(token, '=');
    char *end;
    unsigned long n;

    if (!value)
        return false;
    *value++ = '\0';
    if (strcmp(token, "exc") == 0)
        return (m->exception = exception_name(value)) != NULL;
    if (strncmp(token, "m+", 2) == 0) {
        n = strtoul(token + 2, &end, 10);
        return !*end && n < VECTOR_BYTES && hex_bytes(value, m->memory + n, VECTOR_BYTES - n) >= 0;
    }
    if (assign_named(m, token, strtoull(value, NULL, 16)))
        return true;
    n = strtoul(token + 1, &end, 10);
    if (*end || !token[1])
        return false;
    if (token[0] == 'v')
        return assign_vector(&m->cpu, n, value);
    if (n > 31)
        return false;
    if (token[0] == 'r')
        m->cpu.gpr[n] = strtoull(value, NULL, 16);
    else if (token[0] == 'f')
        m->cpu.fpr[n] = strtoull(value, NULL, 16);
    else
        return false;
    return true;
}

static bool differ(char *text, size_t size, const char *name, int n, uint64_t want, uint64_t got)
{
    if (n >= 0)
        snprintf(text, size, "%s%d: expected %016llx, found %016llx", name, n,
                 (unsigned long long)want, (unsigned long long)got);
    else
        snprintf(text, size, "%s: expected %016llx, found %016llx", name, (unsigned long long)want,
                 (unsigned long long)got);
    return false;
}

static bool same_registers(const struct machine *wanted, const struct xe_cpu *got, char *text,
                           size_t size)
{
    const struct xe_cpu *want = &wanted->cpu;
    uint32_t fpscr_mask = wanted->fpscr_mask;
    const struct {
        const char *name;
        uint64_t want, got;
    } rows[] = {
        {"pc", want->pc, got->pc},
        {"cr", xe_cpu_cr_get(want), xe_cpu_cr_get(got)},
        {"xer", xe_cpu_xer_get(want), xe_cpu_xer_get(got)},
        {"lr", want->lr, got->lr},
        {"ctr", want->ctr, got->ctr},
        {"msr", want->msr, got->msr},
        {"fpscr", want->fpscr & fpscr_mask, got->fpscr & fpscr_mask},
        {"vscr", want->vscr, got->vscr},
        {"vrsave", want->vrsave, got->vrsave},
        {"reserve_size", want->reserve_valid, got->reserve_valid},
        {"reserve", want->reserve_valid ? want->reserve_address : 0,
         got->reserve_valid ? got->reserve_address : 0},
        {"reserve_value", want->reserve_valid ? want->reserve_value : 0,
         got->reserve_valid ? got->reserve_value : 0},
    };

    for (int i = 0; i < 32; i++)
        if (want->gpr[i] != got->gpr[i])
            return differ(text, size, "r", i, want->gpr[i], got->gpr[i]);
    for (int i = 0; i < 32; i++)
        if (want->fpr[i] != got->fpr[i])
            return differ(text, size, "f", i, want->fpr[i], got->fpr[i]);
    for (int i = 0; i < 128; i++)
        for (int half = 0; half < 2; half++)
            if (want->vr[i].d[XE_VD(half)] != got->vr[i].d[XE_VD(half)])
                return differ(text, size, half ? "low half of v" : "high half of v", i,
                              want->vr[i].d[XE_VD(half)], got->vr[i].d[XE_VD(half)]);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        if (rows[i].want != rows[i].got)
            return differ(text, size, rows[i].name, -1, rows[i].want, rows[i].got);
    return true;
}

/* Parse a line into the state before and the state wanted after. */
static bool parse(char *line, uint32_t *ret_word, struct machine *before, struct machine *after)
{
    struct machine *m = before;
    char *save;
    char *token = strtok_r(line, " \t\r\n", &save);
    char *end;

    *ret_word = (uint32_t)strtoul(token, &end, 16);
    if (*end)
        return false;
    memset(before, 0, sizeof(*before));
    before->fpscr_mask = UINT32_MAX;
    while ((token = strtok_r(NULL, " \t\r\n", &save)) != NULL) {
        if (strcmp(token, "|") == 0) {
            before->cpu.pc = VECTOR_PC;
            *after = *before;
            after->cpu.pc = 0;
            m = after;
        } else if (!assign(m, token)) {
            return false;
        }
    }
    if (m == after && after->cpu.pc == 0)
        after->cpu.pc = after->exception ? VECTOR_PC : VECTOR_PC + 4;
    return m == after;
}

/* Run the word once, from this state. Translated code is one block: the word and, where it is no
 * branch itself, a branch to that branch; the first arrival makes the code hot, the second enters
 * it. */
static struct xe_cpu run_word(struct vector_run *run, uint32_t word, const struct machine *before)
{
    const struct xe_ppc_insn *insn = xe_ppc_decode(word);
    bool branch = insn && insn->end == XE_PPC_END_BRANCH;
    bool translate = run->kind != XE_CPU_INTERPRETER;
    struct xe_cpu cpu = before->cpu;

    xe_mem_set_u32(run->mem, VECTOR_PC, word);
    xe_mem_set_u32(run->mem, VECTOR_PC + 4, 0x48000000);
    for (int arrival = 0; arrival < (translate ? 2 : 1); arrival++) {
        xe_mem_write(run->mem, VECTOR_MEMORY, before->memory, VECTOR_BYTES);
        cpu = before->cpu;
        run->exception = NULL;
        run->exported = false;
        xe_cpu_run(run->engine, &cpu, translate && !branch ? 2 : 1);
    }
    return cpu;
}

bool vector_is_case(const char *line)
{
    return line[strspn(line, " \t\r\n")] != '\0' && line[strspn(line, " \t\r\n")] != '#';
}

static bool each_line_of(const char *path,
                         void (*fn)(void *ctx, const char *file, unsigned number, const char *line),
                         void *ctx)
{
    char line[4096];
    FILE *file = fopen(path, "r");

    if (!file)
        return false;
    for (unsigned number = 1; fgets(line, sizeof(line), file); number++)
        fn(ctx, strrchr(path, '/') + 1, number, line);
    fclose(file);
    return true;
}

bool vector_each_line(void (*fn)(void *ctx, const char *file, unsigned number, const char *line),
                      void *ctx)
{
    const char *src = getenv("XE_SRCDIR");
    char pattern[4096];
    glob_t files;
    bool ok = true;

    snprintf(pattern, sizeof(pattern), "%s/tests/cpu/vectors/*.vec", src && *src ? src : ".");
    if (glob(pattern, 0, NULL, &files) != 0)
        return false;
    for (size_t i = 0; i < files.gl_pathc && ok; i++)
        ok = each_line_of(files.gl_pathv[i], fn, ctx);
    globfree(&files);
    return ok;
}

bool vector_run_line(struct vector_run *run, const char *line, char *text, size_t size)
{
    struct machine before, want;
    struct xe_cpu cpu;
    uint8_t memory[VECTOR_BYTES];
    char copy[4096];
    uint32_t word;

    if (!vector_is_case(line))
        return true;
    snprintf(copy, sizeof(copy), "%s", line);
    copy[strcspn(copy, "#")] = '\0';
    if (!parse(copy, &word, &before, &want)) {
        snprintf(text, size, "the line can't be read");
        return false;
    }
    run->word = word;
    run->before = before.cpu;
    memcpy(run->memory_before, before.memory, VECTOR_BYTES);
    run->after = cpu = run_word(run, word, &before);
    xe_mem_read(run->mem, VECTOR_MEMORY, memory, VECTOR_BYTES);
    if (run->exception != want.exception &&
        (!run->exception || !want.exception || strcmp(run->exception, want.exception) != 0)) {
        snprintf(text, size, "exception: expected %s, found %s",
                 want.exception ? want.exception : "none",
                 run->exception ? run->exception : "none");
        return false;
    }
    for (uint32_t i = 0; i < VECTOR_BYTES; i++)
        if (memory[i] != want.memory[i])
            return differ(text, size, "memory byte ", (int)i, want.memory[i], memory[i]);
    return same_registers(&want, &cpu, text, size);
}
