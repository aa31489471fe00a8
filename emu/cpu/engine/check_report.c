/* How two runs of a stretch differ, and which instruction to look at first; see check.h. */
#include <stdio.h>
#include <string.h>

#include "cpu/engine/check.h"

/* What is left out: `retired`, which is settled when a run ends, and what is no state. */
#define COMPARED offsetof(struct xe_cpu, retired)

static const struct {
    const char *name;
    uint16_t offset;
    uint8_t size, count;
} files[] = {
#define FILE(name, field, n)                                                                       \
    {                                                                                              \
        name, offsetof(struct xe_cpu, field), sizeof(((struct xe_cpu *)0)->field) / (n), n         \
    }
    FILE("r", gpr, 32),
    FILE("f", fpr, 32),
    FILE("v", vr, 128),
    FILE("cr", cr, 8),
    FILE("lr", lr, 1),
    FILE("ctr", ctr, 1),
    FILE("pc", pc, 1),
    FILE("so", so, 1),
    FILE("ov", ov, 1),
    FILE("ca", ca, 1),
    FILE("xer-count", xer_count, 1),
    FILE("fpscr", fpscr, 1),
    FILE("vscr", vscr, 1),
    FILE("vrsave", vrsave, 1),
    FILE("msr", msr, 1),
    FILE("hw-thread", hw_thread, 1),
    FILE("reserve-valid", reserve_valid, 1),
    FILE("reserve-address", reserve_address, 1),
    FILE("reserve-value", reserve_value, 1),
#undef FILE
};

/* One place that differs: a register, or a byte of memory. */
struct place {
    char name[24];
    bool memory;
    uint8_t size;
    uint32_t at;      /* offset in struct xe_cpu, or address      */
    uint32_t written; /* by which instruction of the stretch last */
    uint8_t now[16];
};

#define PLACES 8u /* of them the report looks at */
#define NEVER  UINT32_MAX

struct report {
    struct place place[PLACES];
    uint32_t places, more;
};

bool xe__engine_check_same(const struct xe_cpu_engine *engine, const struct xe_cpu *cpu)
{
    const struct xe_check *check = engine->check;

    if (memcmp(cpu, &check->right, COMPARED) != 0)
        return false;
    for (uint32_t i = 0; i < check->lines; i++)
        if (memcmp(engine->env.mem->base + check->line[i].address, check->line[i].right,
                   XE_CHECK_LINE) != 0)
            return false;
    return true;
}

/* ---- what differs ---------------------------------------------------------------------------- */

static struct place *add(struct report *report)
{
    if (report->places == PLACES) {
        report->more++;
        return NULL;
    }
    return &report->place[report->places++];
}

static void find_registers(struct report *report, const struct xe_cpu *a, const struct xe_cpu *b)
{
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        for (uint32_t n = 0; n < files[i].count; n++) {
            uint32_t at = files[i].offset + n * files[i].size;
            struct place *place = NULL;

            if (memcmp((const char *)a + at, (const char *)b + at, files[i].size) != 0)
                place = add(report);
            if (!place)
                continue;
            *place = (struct place){.size = files[i].size, .at = at, .written = NEVER};
            if (files[i].count > 1)
                snprintf(place->name, sizeof(place->name), "%s%u", files[i].name, n);
            else
                snprintf(place->name, sizeof(place->name), "%s", files[i].name);
        }
}

/* The first byte of each line that differs. */
static void find_bytes(struct report *report, const struct xe_cpu_engine *engine)
{
    const struct xe_check *check = engine->check;

    for (uint32_t i = 0; i < check->lines; i++) {
        const struct xe_check_line *line = &check->line[i];
        const uint8_t *now = engine->env.mem->base + line->address;
        uint32_t at = 0;
        struct place *place;

        while (at < XE_CHECK_LINE && now[at] == line->right[at])
            at++;
        if (at == XE_CHECK_LINE || !(place = add(report)))
            continue;
        *place =
            (struct place){.memory = true, .size = 1, .at = line->address + at, .written = NEVER};
        snprintf(place->name, sizeof(place->name), "memory 0x%08x", place->at);
    }
}

/* ---- which instruction ----------------------------------------------------------------------- */

static const void *bytes_of(const struct place *place, const struct xe_cpu_engine *engine,
                            const struct xe_cpu *cpu)
{
    return place->memory ? (const char *)engine->env.mem->base + place->at
                         : (const char *)cpu + place->at;
}

/* Interpret the stretch over, noting who writes the places. Returns the pc of the earliest of the
 * last writers: later ones may only have been given its wrong result. So may it have been, by one
 * whose own result is gone since: the culprit is this instruction or before it. Where the
 * interpreter writes none of them, or they are only pc, the first instruction has to do. */
static xe_gva find_writer(struct xe_cpu_engine *engine, struct report *report, uint32_t n)
{
    struct xe_cpu *cpu = &engine->check->right;
    xe_gva pc[XE_CHECK_STRETCH];
    uint32_t first = NEVER;

    memcpy(cpu, &engine->check->before, sizeof(*cpu));
    for (uint32_t i = 0; i < n; i++) {
        uint8_t old[PLACES][16];
        bool stores[PLACES];

        for (uint32_t k = 0; k < report->places; k++) {
            const struct place *place = &report->place[k];

            memcpy(old[k], bytes_of(place, engine, cpu), place->size);
            stores[k] = place->memory && xe__engine_check_stores(engine, cpu, place->at);
        }
        pc[i] = cpu->pc;
        if (!xe__engine_check_interpret(engine, cpu, 1))
            break;
        for (uint32_t k = 0; k < report->places; k++)
            if (stores[k] ||
                memcmp(old[k], bytes_of(&report->place[k], engine, cpu), report->place[k].size))
                report->place[k].written = i;
    }
    for (uint32_t k = 0; k < report->places; k++)
        if (report->place[k].written < first)
            first = report->place[k].written;
    return first == NEVER ? engine->check->before.pc : pc[first];
}

/* ---- text ------------------------------------------------------------------------------------ */

static void print_value(char *text, size_t size, const uint8_t *bytes, uint32_t n)
{
    size_t used = (size_t)snprintf(text, size, "0x");
    bool zero = n < 16;

    while (n-- > 0) {
        if (zero && n && !bytes[n])
            continue;
        zero = false;
        used += (size_t)snprintf(text + used, size - used, "%02x", bytes[n]);
    }
}

static void print(struct xe_cpu_engine *engine, const struct report *report)
{
    struct xe_check *check = engine->check;
    size_t used = 0, size = sizeof(check->text);

    if (!report->places)
        snprintf(check->text, size, "went another way, or came out otherwise only once");
    for (uint32_t i = 0; i < report->places; i++) {
        const struct place *place = &report->place[i];
        char right[40], now[40], line[128];
        int length;

        print_value(right, sizeof(right), bytes_of(place, engine, &check->right), place->size);
        print_value(now, sizeof(now), place->now, place->size);
        length =
            snprintf(line, sizeof(line), "%s%s %s, not %s", i ? "; " : "", place->name, now, right);
        if (used + (size_t)length + 16 > size) {
            snprintf(check->text + used, size - used, "; %u more",
                     report->places - i + report->more);
            return;
        }
        memcpy(check->text + used, line, (size_t)length + 1);
        used += (size_t)length;
    }
}

xe_gva xe__engine_check_report(struct xe_cpu_engine *engine, const struct xe_cpu *cpu, uint32_t n)
{
    struct report report = {.places = 0};
    xe_gva pc;

    find_registers(&report, cpu, &engine->check->right);
    find_bytes(&report, engine);
    for (uint32_t i = 0; i < report.places; i++)
        memcpy(report.place[i].now, bytes_of(&report.place[i], engine, cpu), report.place[i].size);
    xe__engine_check_undo(engine);
    pc = find_writer(engine, &report, n);
    print(engine, &report);
    xe__engine_check_undo(engine);
    return pc;
}
