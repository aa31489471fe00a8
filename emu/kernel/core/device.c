/* The bus; see device.h. What is lacking is kept by word and direction, in order of first use. */
#include "kernel/core/device.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "kernel/core/state.h"

#define LOG_CATEGORY "device"

#ifdef XE_TINY_LIMITS
#define LACKS 8u
#else
#define LACKS 256u /* words and directions that are kept apart */
#endif
#define CALLERS 64u /* told in the log */

enum absent { FAULT, IGNORE };

static const struct {
    const char *name;
    xe_gva base;
    uint32_t size;
    enum absent absent;
} devices[XE_DEVICES] = {
#define DEVICE(name, text, base, size, absent) {text, base, size, absent},
#include "xe/devices.def"
};

static const struct {
    enum xe_device_id device;
    uint32_t offset;
    const char *name;
    uint32_t answer;
} registers[] = {
#define REGISTER(device, offset, text, answer) {XE_DEVICE_##device, offset, text, answer},
#include "xe/devices.def"
};
#define REGISTERS (sizeof(registers) / sizeof(registers[0]))

struct lack {
    uint64_t count;
    xe_gva at; /* of the word */
    uint32_t first_pc, first_lr, first_tid;
    bool write;
};

struct xe__bus {
    struct xe_kernel *kernel;
    struct {
        const struct xe_device_type *type; /* NULL: it is not there */
        void *self;                        /* owned */
        struct xe_timer tick;
    } slot[XE_DEVICES];
    struct lack lack[LACKS];
    uint32_t lacks;
    struct {
        xe_gva at;
        uint32_t pc; /* bit 0: it was a store */
    } caller[CALLERS];
    uint32_t callers;
};

/* ---- places --------------------------------------------------------------------------------- */

/* Index in registers; REGISTERS: it has no name. */
static size_t register_at(enum xe_device_id device, uint32_t offset)
{
    size_t i = 0;

    while (i < REGISTERS && (registers[i].device != device || registers[i].offset != offset))
        i++;
    return i;
}

bool xe_device_at(xe_gva address, struct xe_device_place *ret)
{
    size_t known;

    for (uint32_t i = 0; i < XE_DEVICES; i++) {
        if (address - devices[i].base >= devices[i].size)
            continue;
        *ret = (struct xe_device_place){
            .device = i, .name = devices[i].name, .offset = address - devices[i].base};
        known = register_at(i, ret->offset & ~3u);
        ret->register_name = known < REGISTERS ? registers[known].name : NULL;
        return true;
    }
    return false;
}

/* "UART (status)", "XMA decoder (offset 0x140)" */
static void describe(const struct xe_device_place *place, char *text, size_t size)
{
    if (place->register_name)
        snprintf(text, size, "%s (%s)", place->name, place->register_name);
    else
        snprintf(text, size, "%s (offset 0x%x)", place->name, place->offset);
}

/* ---- what is lacking ------------------------------------------------------------------------ */

static bool caller_is_new(struct xe__bus *bus, xe_gva at, uint32_t pc)
{
    for (uint32_t i = 0; i < bus->callers; i++)
        if (bus->caller[i].at == at && bus->caller[i].pc == pc)
            return false;
    if (bus->callers == CALLERS)
        return false;
    bus->caller[bus->callers].at = at;
    bus->caller[bus->callers++].pc = pc;
    return true;
}

static void tell(struct xe__bus *bus, const struct xe_device_place *place, bool write, uint32_t pc)
{
    char text[96];

    describe(place, text, sizeof(text));
    xe_log_write(xe_kernel_log(bus->kernel), XE_LOG_STUB, LOG_CATEGORY,
                 "%s is not there; a %s from 0x%08x %s", text, write ? "store" : "load", pc,
                 devices[place->device].absent == FAULT ? "faults"
                 : write                                ? "does nothing"
                                                        : "is answered");
}

static void count(struct xe__bus *bus, xe_gva address, const struct xe_device_place *place,
                  bool write)
{
    const struct xe_thread *thread = xe_kernel_current(bus->kernel);
    uint32_t pc = thread ? (uint32_t)thread->cpu.pc : 0, i = 0;
    xe_gva at = address & ~3u;

    while (i < bus->lacks && (bus->lack[i].at != at || bus->lack[i].write != write))
        i++;
    if (i == LACKS)
        return;
    if (i == bus->lacks) {
        bus->lack[bus->lacks++] = (struct lack){.at = at,
                                                .write = write,
                                                .first_pc = pc,
                                                .first_lr = thread ? (uint32_t)thread->cpu.lr : 0,
                                                .first_tid = thread ? thread->tid : 0};
    }
    bus->lack[i].count++;
    if (caller_is_new(bus, at, pc | write))
        tell(bus, place, write, pc);
}

void xe_kernel_lacking_devices(const struct xe_kernel *kernel,
                               void (*fn)(void *ctx, const struct xe_device_lack *lack), void *ctx)
{
    const struct xe__bus *bus = kernel->bus;

    for (uint32_t i = 0; i < bus->lacks; i++) {
        const struct lack *lack = &bus->lack[i];
        struct xe_device_lack told = {.write = lack->write,
                                      .count = lack->count,
                                      .first_pc = lack->first_pc,
                                      .first_lr = lack->first_lr,
                                      .first_tid = lack->first_tid};

        if (xe_device_at(lack->at, &told.place))
            fn(ctx, &told);
    }
}

/* ---- accesses ------------------------------------------------------------------------------- */

/* Who is meant, and is all of the access inside? NULL in *ret_type: nobody is there. */
static enum xe_mem_fault find(const struct xe__bus *bus, xe_gva address, uint32_t size,
                              struct xe_device_place *ret, const struct xe_device_type **ret_type)
{
    *ret_type = NULL;
    if (!xe_device_at(address, ret))
        return XE_MEM_UNMAPPED;
    *ret_type = bus->slot[ret->device].type;
    if (size > devices[ret->device].size - ret->offset ||
        (*ret_type && !((*ret_type)->sizes & size)))
        return XE_MEM_PROTECTED;
    if (!*ret_type && devices[ret->device].absent == FAULT)
        return XE_MEM_UNMAPPED;
    return XE_MEM_OK;
}

static uint64_t swap(uint64_t value, uint32_t size)
{
    return __builtin_bswap64(value) >> (64 - 8 * size);
}

/* Bytes of the word that an absent register answers with. */
static uint64_t answer(const struct xe_device_place *place, uint32_t size)
{
    size_t known = register_at(place->device, place->offset & ~3u);
    uint32_t word = known < REGISTERS ? registers[known].answer : 0;

    if (size == 8)
        return (uint64_t)word << 32;
    return word >> (8 * (4 - size - (place->offset & 3))) & ((UINT64_C(1) << 8 * size) - 1);
}

static uint64_t ask(const struct xe__bus *bus, const struct xe_device_place *place,
                    const struct xe_device_type *type, uint32_t size)
{
    uint64_t value;

    if (!type)
        return answer(place, size);
    value = type->read(bus->slot[place->device].self, place->offset, size);
    return type->little_endian ? swap(value, size) : value;
}

static enum xe_mem_fault bus_read(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value)
{
    struct xe__bus *bus = ctx;
    struct xe_device_place place;
    const struct xe_device_type *type;
    enum xe_mem_fault fault = find(bus, address, size, &place, &type);

    if (fault != XE_MEM_OK)
        return fault;
    *ret_value = ask(bus, &place, type, size);
    if (!type)
        count(bus, address, &place, false);
    return XE_MEM_OK;
}

static enum xe_mem_fault bus_peek(void *ctx, xe_gva address, uint32_t size, uint64_t *ret_value)
{
    const struct xe__bus *bus = ctx;
    struct xe_device_place place;
    const struct xe_device_type *type;
    enum xe_mem_fault fault = find(bus, address, size, &place, &type);

    if (fault == XE_MEM_OK && type &&
        (!type->calm || (type->moves && type->moves(bus->slot[place.device].self, place.offset))))
        fault = XE_MEM_PROTECTED;
    if (fault == XE_MEM_OK)
        *ret_value = ask(bus, &place, type, size);
    return fault;
}

static enum xe_mem_fault bus_write(void *ctx, xe_gva address, uint32_t size, uint64_t value)
{
    struct xe__bus *bus = ctx;
    struct xe_device_place place;
    const struct xe_device_type *type;
    enum xe_mem_fault fault = find(bus, address, size, &place, &type);

    if (fault != XE_MEM_OK)
        return fault;
    if (type)
        type->write(bus->slot[place.device].self, place.offset, size,
                    type->little_endian ? swap(value, size) : value);
    else
        count(bus, address, &place, true);
    return XE_MEM_OK;
}

bool xe__kernel_bus_faulted(struct xe_kernel *kernel, xe_gva address, bool write, char *text,
                            size_t size)
{
    struct xe_device_place place;
    char name[96];

    if (!xe_device_at(address, &place))
        return false;
    describe(&place, name, sizeof(name));
    if (kernel->bus->slot[place.device].type || devices[place.device].absent == IGNORE) {
        snprintf(text, size, "in the %s, which takes no such access", name);
        return true;
    }
    count(kernel->bus, address, &place, write);
    snprintf(text, size, "in the %s, which is not there", name);
    return true;
}

/* ---- life ----------------------------------------------------------------------------------- */

/* ---- what there is -------------------------------------------------------------------------- */

static const char *const partial[XE_DEVICES] = {
#define PARTIAL_DEVICE(name, lacks) [XE_DEVICE_##name] = lacks,
#include "xe/partial.def"
};

/* Of the device, or of a register of it, which is there as the device is. A device that has its
 * time only (no read) is not there for who accesses it. */
static void cover(const struct xe_kernel *kernel, enum xe_device_id id, struct xe_coverage_row *ret)
{
    const struct xe_device_type *type = kernel->bus->slot[id].type;

    if (type && type->read)
        ret->lacks = ret->kind == XE_COVERAGE_DEVICES ? partial[id] : NULL;
    else if (devices[id].absent == IGNORE)
        ret->lacks = "loads get what an idle one answers, and stores do nothing";
    else
        ret->state = XE_COVERAGE_MISSING;
    if (ret->lacks)
        ret->state = XE_COVERAGE_PARTIAL;
}

void xe_kernel_coverage_devices(const struct xe_kernel *kernel, enum xe_coverage_kind kind,
                                void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx)
{
    for (uint32_t i = 0; i < XE_DEVICES && kind == XE_COVERAGE_DEVICES; i++) {
        struct xe_coverage_row row = {
            .kind = kind, .module = "", .number = devices[i].base, .name = devices[i].name};

        cover(kernel, i, &row);
        fn(ctx, &row);
    }
    for (size_t i = 0; i < REGISTERS && kind == XE_COVERAGE_REGISTERS; i++) {
        struct xe_coverage_row row = {.kind = kind,
                                      .module = devices[registers[i].device].name,
                                      .number = registers[i].offset,
                                      .name = registers[i].name};

        cover(kernel, registers[i].device, &row);
        fn(ctx, &row);
    }
}

/* Have the bus asked for the pages of a device; those that it shares are taken already. */
static bool take_pages(struct xe__bus *bus, enum xe_device_id id, xe_gva *taken)
{
    xe_gva first = devices[id].base & ~(XE_MEM_PAGE - 1);
    xe_gva last = (devices[id].base + devices[id].size - 1) | (XE_MEM_PAGE - 1);

    if (first < *taken)
        first = *taken;
    if (first > last)
        return true;
    *taken = last + 1;
    return xe_mem_mmio_add(xe_kernel_mem(bus->kernel), first, last - first + 1,
                           (struct xe_mem_mmio){bus, bus_read, bus_write, bus_peek});
}

/* The pages of all devices, there or not, but for big windows that nothing answers in. */
static bool take_all(struct xe__bus *bus)
{
    xe_gva taken = 0;

    for (uint32_t i = 0; i < XE_DEVICES; i++)
        if (devices[i].size <= 0x10000 && !take_pages(bus, i, &taken))
            return false;
    return true;
}

struct xe__bus *xe__kernel_bus_create(struct xe_kernel *kernel)
{
    struct xe__bus *bus = xe_calloc(1, sizeof(*bus));

    if (!bus)
        return NULL;
    bus->kernel = kernel;
    if (!take_all(bus)) {
        xe_free(bus);
        return NULL;
    }
    return bus;
}

void xe__kernel_bus_destroy(struct xe__bus *bus)
{
    for (uint32_t i = 0; bus && i < XE_DEVICES; i++)
        if (bus->slot[i].type && bus->slot[i].type->destroy)
            bus->slot[i].type->destroy(bus->slot[i].self);
    xe_free(bus);
}

bool xe_kernel_device_add(struct xe_kernel *kernel, const struct xe_device_type *type, void *self)
{
    struct xe__bus *bus = kernel->bus;

    if (!self || bus->slot[type->id].type) {
        if (self && type->destroy)
            type->destroy(self);
        return false;
    }
    bus->slot[type->id].type = type;
    bus->slot[type->id].self = self;
    bus->slot[type->id].tick = (struct xe_timer){.kind = XE_TIMER_DEVICE, .owner.device = type->id};
    return true;
}

void *xe_kernel_device_self(const struct xe_kernel *kernel, enum xe_device_id id)
{
    return kernel->bus ? kernel->bus->slot[id].self : NULL;
}

/* ---- time ----------------------------------------------------------------------------------- */

struct xe_timer *xe__kernel_bus_timer(struct xe_kernel *kernel, enum xe_device_id id)
{
    const struct xe_device_type *type = kernel->bus->slot[id].type;

    return type && type->tick ? &kernel->bus->slot[id].tick : NULL;
}

/* An access may ask for a time inside of the chunk at hand: that ends behind the instruction. */
void xe_kernel_device_tick_at(struct xe_kernel *kernel, enum xe_device_id id, uint64_t due)
{
    struct xe_timer *timer = xe__kernel_bus_timer(kernel, id);

    if (due == UINT64_MAX)
        xe_kernel_timer_disarm(kernel, timer);
    else if (!xe_kernel_timer_arm(kernel, timer, due))
        xe_log_write(xe_kernel_log(kernel), XE_LOG_ERROR, LOG_CATEGORY,
                     "out of memory: the %s stands still", devices[id].name);
    else if (kernel->running && !kernel->call && due < kernel->chunk_due)
        xe_cpu_engine_cut(kernel->engine);
}

void xe__kernel_bus_tick(struct xe_kernel *kernel, enum xe_device_id id)
{
    kernel->bus->slot[id].type->tick(kernel->bus->slot[id].self, xe_kernel_interrupt_time(kernel));
}

bool xe__kernel_bus_hopeful(const struct xe_kernel *kernel, enum xe_device_id id)
{
    const struct xe_device_type *type = kernel->bus->slot[id].type;

    return type->hopeful && type->hopeful(kernel->bus->slot[id].self);
}

/* ---- state ---------------------------------------------------------------------------------- */

static void lacks_state(struct xe_codec *c, struct xe__bus *bus)
{
    bus->lacks = (uint32_t)xe_codec_count(c, "lacking", bus->lacks, LACKS, 25);
    for (uint32_t i = 0; i < bus->lacks && !c->stopped; i++) {
        XE_CODEC(c, bus->lack[i].at);
        XE_CODEC(c, bus->lack[i].write);
        XE_CODEC(c, bus->lack[i].count);
        XE_CODEC(c, bus->lack[i].first_pc);
        XE_CODEC(c, bus->lack[i].first_lr);
        XE_CODEC(c, bus->lack[i].first_tid);
    }
    bus->callers = (uint32_t)xe_codec_count(c, "callers", bus->callers, CALLERS, 8);
    for (uint32_t i = 0; i < bus->callers && !c->stopped; i++) {
        XE_CODEC(c, bus->caller[i].at);
        XE_CODEC(c, bus->caller[i].pc);
    }
}

void xe__kernel_bus_state(struct xe_codec *c, struct xe_kernel *kernel)
{
    struct xe__bus *bus = kernel->bus;

    const char *section = "";

    for (uint32_t i = 0; i < XE_DEVICES; i++) {
        const struct xe_device_type *type = bus->slot[i].type;

        if (!type || !type->section)
            continue;
        if (strcmp(type->section, section) != 0)
            xe_codec_section(c, type->section);
        section = type->section;
        type->state(c, bus->slot[i].self);
    }
    if (!xe_codec_section_beside(c, "devices"))
        return;
    lacks_state(c, bus);
    xe_codec_beside(c, false);
}
