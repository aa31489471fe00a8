/* What instructions access, by what memory hears of it: vectors run with all of it watched. */
#include <criterion/criterion.h>

#include "tests/cpu/vectors.h"

struct record {
    uint32_t accesses;
    xe_gva first; /* of the last */
    uint32_t size;
    bool write;
};

static void on_access(void *ctx, xe_gva va, uint32_t size, bool write)
{
    struct record *record = ctx;

    *record = (struct record){record->accesses + 1, va, size, write};
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
