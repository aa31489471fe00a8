/* The families' state: no field is left out. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/families/content.h"
#include "kernel/families/net.h"
#include "tests/support/fields.h"

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(hle_state, .init = setup, .fini = teardown);

static void state(struct xe_codec *c, void *sample)
{
    (void)sample;
    xe_hle_state_visit(c, h.bench.kernel);
}

#define S struct xe_hle_state
Test(hle_state, every_field_of_the_families)
{
    struct xe_hle_state *hle = xe_kernel_hle(h.bench.kernel);
    const struct field_range except[] = {
        FIELD(S, kernel, FIELD_LEADS, "the kernel"),
        FIELD(S, entry, FIELD_LEADS, "every_field_of_an_export"),
        FIELD(S, entries, FIELD_LEADS, "how many there are"),
        FIELD(S, known, FIELD_LEADS, "the lists' own"),
        FIELD(S, index, FIELD_NONE, "an index of entries"),
        FIELD(S, other, FIELD_NONE, "entries tell their modules"),
        FIELD(S, others, FIELD_NONE, "entries tell their modules"),
        FIELD(S, caller[0], FIELD_BESIDE, "what the log told already"),
        {offsetof(S, caller[1]), offsetof(S, callers), FIELD_NONE, "beyond callers"},
        FIELD(S, callers, FIELD_LEADS, "how many there are"),
        FIELD_HOLE(S, callers, stub_calls),
        FIELD(S, stub_calls, FIELD_BESIDE, "reports only"),
        {offsetof(S, variable) + hle->variables * sizeof(hle->variable[0]), offsetof(S, variables),
         FIELD_NONE, "beyond variables"},
        FIELD(S, variables, FIELD_LEADS, "how many there are"),
        FIELD_HOLE(S, variable_used, self),
        FIELD(S, self, FIELD_LEADS, "every_field_of_what_families_keep"),
    };

    hle->callers = 1;
    fields_check(&(struct field_test){"xe_hle_state", hle, sizeof(*hle), state, except,
                                      sizeof(except) / sizeof(except[0])});
}

/* A family whose state this can be. */
#define KEEPS(type, family, function, ...)                                                         \
    do {                                                                                           \
        const struct field_range except[] = {__VA_ARGS__};                                         \
                                                                                                   \
        cr_assert_eq((family).state, function);                                                    \
        fields_check(&(struct field_test){#type, xe_kernel_family_self(h.bench.kernel, &(family)), \
                                          sizeof(type), function, except,                          \
                                          sizeof(except) / sizeof(except[0])});                    \
    } while (0)

#define C struct xe__contents
Test(hle_state, every_field_of_roots)
{
    struct xe__contents *self = xe_kernel_family_self(h.bench.kernel, &xe_family_content);

    self->count = 1;
    memset(self->root[0].name, 'x', XE__CONTENT_ROOT_MAX);
    memset(self->root[0].place, 'x', XE__CONTENT_PLACE - 1);
    KEEPS(C, xe_family_content, xe__kernel_contents_state,
          {offsetof(C, root[0].name) + XE__CONTENT_ROOT_MAX, offsetof(C, root[0].place), FIELD_NONE,
           "the NUL"},
          {offsetof(C, root[0].place) + XE__CONTENT_PLACE - 1, offsetof(C, count), FIELD_NONE,
           "the NUL, and beyond count"},
          FIELD(C, count, FIELD_LEADS, "how many there are"));
}

#define P struct xe__print
#define N struct xe__net
Test(hle_state, every_field_of_what_families_keep)
{
    xe__kernel_print(xe_kernel_family_self(h.bench.kernel, &xe_family_print), "line");
    KEEPS(P, xe_family_print, xe__kernel_print_state, FIELD(P, kernel, FIELD_LEADS, "the kernel"),
          {offsetof(P, line) + 4, offsetof(P, line_size), FIELD_NONE, "beyond line_size"},
          FIELD(P, line_size, FIELD_LEADS, "how many there are"),
          FIELD_HOLE(P, has_return_value, return_value), FIELD_TAIL(P, return_value));
    KEEPS(struct xe__random, xe_family_random, xe__kernel_random_state,
          {0, 0, FIELD_NONE, "nothing"});
    KEEPS(N, xe_family_net, xe__kernel_net_state, FIELD(N, kernel, FIELD_LEADS, "the kernel"),
          FIELD(N, alone, FIELD_NONE, "a setting"), FIELD_HOLE(N, alone, asked),
          FIELD(N, net, FIELD_LEADS, "tests/net/test_net.c"),
          FIELD(N, event, FIELD_LEADS, "objects; test_hle_socket.c"),
          FIELD(N, watch, FIELD_LEADS, "of each socket; test_hle_socket_later.c"),
          FIELD(N, pending, FIELD_LEADS, "as many as there are; test_hle_socket_later.c"),
          FIELD(N, pendings, FIELD_LEADS, "how many there are"), FIELD_HOLE(N, link_port, settling),
          {offsetof(N, settling), sizeof(N), FIELD_NONE, "while at work only"});
    KEEPS(struct xe__tasks, xe_family_task, xe__kernel_tasks_state,
          FIELD(struct xe__tasks, cancelled, FIELD_LEADS, "as many as there are"),
          FIELD(struct xe__tasks, count, FIELD_LEADS, "how many there are"));
}

Test(hle_state, every_family_has_its_state_named)
{
    for (uint32_t i = 0; xe_families[i]; i++) {
        const struct xe_family *family = xe_families[i];

        cr_expect(family->name && family->exports, "family %u", i);
        cr_expect_eq(!family->create, !family->destroy, "%s", family->name);
        cr_expect(!family->create || family->state || family == &xe_family_video,
                  "%s keeps what is no state", family->name);
    }
}

#define E struct xe__hle_entry
Test(hle_state, every_field_of_an_export)
{
    static const struct field_range except[] = {
        FIELD(E, module, FIELD_LEADS, "told by its text"),
        FIELD(E, name, FIELD_LEADS, "found by module and ordinal"),
        FIELD(E, row, FIELD_LEADS, "found by module and ordinal"),
        FIELD(E, family, FIELD_NONE, "found by module and ordinal"),
        FIELD(E, signals, FIELD_LEADS, "found by module and ordinal"),
        FIELD(E, ask, FIELD_NONE, "found by module and ordinal"),
        FIELD(E, variable, FIELD_NONE, "the lists say which are"),
        FIELD(E, imported, FIELD_NONE, "loading the title sets it"),
        FIELD(E, calls, FIELD_BESIDE, "reports only"),
        FIELD(E, first_lr, FIELD_BESIDE, "reports only"),
        FIELD(E, last_tid, FIELD_BESIDE, "reports only"),
        FIELD(E, last_lr, FIELD_BESIDE, "reports only"),
        FIELD(E, last_cycle, FIELD_BESIDE, "reports only"),
        FIELD(E, last_result, FIELD_BESIDE, "reports only"),
        FIELD_HOLE(E, ordinal, row),
        FIELD_HOLE(E, imported, calls),
        FIELD_HOLE(E, last_lr, last_cycle),
    };
    struct xe_hle_state *hle = xe_kernel_hle(h.bench.kernel);
    struct xe__hle_entry *entry = xe__hle_entry_of(hle, XE__HLE_OTHERS, "own.xex", 7);

    entry->calls = 2;
    fields_check(&(struct field_test){"xe__hle_entry", entry, sizeof(*entry), state, except,
                                      sizeof(except) / sizeof(except[0])});
}

Test(hle_state, loading_changes_nothing_that_the_lists_say)
{
    struct xe_hle_state *hle = xe_kernel_hle(h.bench.kernel);
    struct xe__hle_entry *was = xe_calloc(hle->entries, sizeof(*was));
    struct xe_codec save, load;
    uint8_t *bytes;
    size_t size;

    memcpy(was, hle->entry, hle->entries * sizeof(*was));
    xe_codec_init_save(&save);
    xe_codec_section(&save, "hle");
    state(&save, NULL);
    cr_assert(xe_codec_end(&save));
    bytes = xe_codec_take(&save, &size);
    for (uint32_t i = 0; i < hle->entries; i++)
        hle->entry[i].calls = hle->entry[i].last_lr = 1;
    xe_codec_init_load(&load, bytes, size);
    xe_codec_section(&load, "hle");
    state(&load, NULL);
    cr_assert(xe_codec_end(&load));
    for (uint32_t i = 0; i < hle->entries; i++)
        cr_assert_arr_eq(&hle->entry[i], &was[i], sizeof(*was), "%s", was[i].name);
    xe_codec_fini(&save);
    xe_codec_fini(&load);
    xe_free(bytes);
    xe_free(was);
}
