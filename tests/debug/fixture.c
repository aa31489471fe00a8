#include "tests/debug/fixture.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/titles.h"

const enum xe_engine debug_engines[ENGINES] = {XE_ENGINE_INTERPRETER, XE_ENGINE_JIT};

struct xe_instance *debug_make(const char *title, enum xe_engine engine)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    config.engine = engine;
    config.faults.jit_hot = xe_fault_plan() ? 2 : 0;
    test_title_path(title, path, sizeof(path));
    return test_instance(path, &config);
}

enum xe_stop debug_run(struct xe_instance *instance, uint64_t n)
{
    struct xe_run_result result;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &result, NULL));
    return result.stop;
}

struct find_register {
    const char *name;
    uint64_t value;
    uint8_t vector[16];
};

static void find_number(void *ctx, const char *name, uint64_t value)
{
    struct find_register *find = ctx;

    if (!strcmp(name, find->name))
        find->value = value;
}

static void find_vector(void *ctx, const char *name, const uint8_t bytes[16])
{
    struct find_register *find = ctx;

    if (!strcmp(name, find->name))
        memcpy(find->vector, bytes, 16);
}

uint64_t debug_number_of(struct xe_instance *instance, uint32_t tid, const char *name)
{
    struct find_register find = {.name = name};

    cr_assert(xe_instance_registers(instance, tid, find_number, find_vector, &find));
    return find.value;
}

void debug_vector_of(struct xe_instance *instance, uint32_t tid, const char *name,
                     uint8_t bytes[16])
{
    struct find_register find = {.name = name};

    cr_assert(xe_instance_registers(instance, tid, find_number, find_vector, &find));
    memcpy(bytes, find.vector, 16);
}

uint32_t debug_word_at(struct xe_instance *instance, uint32_t address)
{
    uint8_t b[4] = {0};

    cr_assert(xe_instance_mem_read(instance, address, b, 4, NULL));
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

uint32_t debug_set(struct xe_instance *instance, enum xe_point_kind kind, uint32_t address,
                   uint32_t size)
{
    struct xe_error err = XE_ERROR_INIT;
    uint32_t id = xe_instance_point_set(
        instance, &(struct xe_point){.kind = kind, .address = address, .size = size}, &err);

    cr_assert(id, "%s", err.text);
    return id;
}

uint32_t debug_set_named(struct xe_instance *instance, const char *name, struct xe_error *err)
{
    struct xe_point wanted = {.kind = XE_POINT_EXPORT};

    snprintf(wanted.name, sizeof(wanted.name), "%s", name);
    return xe_instance_point_set(instance, &wanted, err);
}
