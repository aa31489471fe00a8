/* Results of xam that come later, as state; what titles see of them is in test_hle_services.c. */
#include <criterion/criterion.h>

#include "bench.h"
#include "kernel/core/overlapped.h"
#include "kernel/core/state.h"
#include "tests/support/fields.h"

static struct bench b;
static struct xe__state_world world;

static void setup(void)
{
    bench_init(&b, NULL);
    world = (struct xe__state_world){.kernel = b.kernel};
    bench_as(&b, bench_thread(&b, 0));
}

static void teardown(void)
{
    bench_fini(&b);
}

TestSuite(kernel_overlapped, .init = setup, .fini = teardown);

static void later_state(struct xe_codec *c, void *sample)
{
    c->world = &world;
    xe__kernel_later_state(c, sample);
}

#define L struct xe__later
Test(kernel_overlapped, every_field_of_a_result)
{
    static const struct field_range except[] = {
        FIELD(L, event, FIELD_LEADS, "told by its id"),
        FIELD(L, thread, FIELD_LEADS, "told by its id"),
        FIELD(L, event_key, FIELD_BESIDE, "for records"),
        {offsetof(L, origin), offsetof(L, newer), FIELD_LEADS, "beside; every_field_of_a_timer"},
        FIELD(L, newer, FIELD_LEADS, "told in order"),
    };

    cr_assert(xe_kernel_overlapped_later(b.kernel, 0x10000, &(struct xe_overlapped_end){1, 2, 3}));
    fields_check(&(struct field_test){"xe__later", b.kernel->laters.first, sizeof(L), later_state,
                                      except, sizeof(except) / sizeof(except[0])});
}
