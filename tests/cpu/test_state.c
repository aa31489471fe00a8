/* The register file as state: every byte of it, and what is refused. */
#include <criterion/criterion.h>
#include <string.h>

#include "cpu/cpu.h"
#include "tests/support/fields.h"

static void state(struct xe_codec *c, void *sample)
{
    xe_cpu_state(c, sample);
}

Test(cpu_state, every_field_is_state)
{
    static const struct field_range except[] = {
        FIELD(struct xe_cpu, stop, FIELD_NONE, "of the run at hand"),
        FIELD_HOLE(struct xe_cpu, reserve_address, reserve_value),
        FIELD_HOLE(struct xe_cpu, xer_count, fpscr),
        FIELD_HOLE(struct xe_cpu, vrsave, msr),
        FIELD_TAIL(struct xe_cpu, stop),
    };
    struct xe_cpu cpu;

    memset(&cpu, 0, sizeof(cpu));
    xe_cpu_reset(&cpu);
    cpu.reserve_valid = 4;
    fields_check(&(struct field_test){"xe_cpu", &cpu, sizeof(cpu), state, except,
                                      sizeof(except) / sizeof(except[0])});
}

/* Save a register file, load it into another; what was refused. */
static struct xe_error through(const struct xe_cpu *from, struct xe_cpu *to)
{
    struct xe_cpu copy = *from;
    struct xe_codec save, load;
    struct xe_error err;

    xe_codec_init_save(&save);
    xe_codec_section(&save, "cpu");
    xe_cpu_state(&save, &copy);
    xe_codec_end(&save);
    xe_codec_init_load(&load, save.bytes, save.size);
    xe_codec_section(&load, "cpu");
    memset(to, 0, sizeof(*to));
    xe_cpu_state(&load, to);
    xe_codec_end(&load);
    err = load.error;
    xe_codec_fini(&save);
    return err;
}

Test(cpu_state, what_no_title_can_make_is_refused)
{
    static const struct {
        size_t at;
        uint8_t value;
    } bad[] = {
        {offsetof(struct xe_cpu, cr) + 3, 16},
        {offsetof(struct xe_cpu, so), 2},
        {offsetof(struct xe_cpu, ca), 0xFF},
        {offsetof(struct xe_cpu, xer_count), 128},
        {offsetof(struct xe_cpu, pc), 2},
        {offsetof(struct xe_cpu, vscr), 2},
        {offsetof(struct xe_cpu, msr) + 7, 128},
        {offsetof(struct xe_cpu, hw_thread), 6},
        {offsetof(struct xe_cpu, reserve_valid), 3},
    };
    struct xe_cpu cpu, loaded;

    memset(&cpu, 0, sizeof(cpu));
    xe_cpu_reset(&cpu);
    cpu.gpr[31] = 0x123456789ABCDEF0u;
    cr_expect_eq(through(&cpu, &loaded).code, XE_ERR_NONE);
    cr_expect_arr_eq(&loaded, &cpu, sizeof(cpu));
    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct xe_cpu wrong = cpu;

        ((uint8_t *)&wrong)[bad[i].at] = bad[i].value;
        cr_expect_eq(through(&wrong, &loaded).code, XE_ERR_SNAPSHOT_INCOMPATIBLE, "row %zu", i);
    }
}
