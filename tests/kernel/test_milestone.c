/* How far a title has come: what reaches a milestone, once, and that a loaded state tells the same.
 */
#include <stdio.h>
#include <string.h>

#include <criterion/criterion.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "hle_bench.h"
#include "kernel/core/milestone.h"

#define TEXT SCRATCH

static struct hle_bench h;

static void setup(void)
{
    hle_bench_init(&h);
}

static void teardown(void)
{
    hle_bench_fini(&h);
}

TestSuite(milestones, .init = setup, .fini = teardown);

struct found {
    const char *name;
    struct xe_milestone it;
    char own[XE_MILESTONE_OWN + 1][XE_MILESTONE_NAME];
    uint32_t owns;
};

static void see(void *ctx, const struct xe_milestone *milestone)
{
    struct found *found = ctx;

    if (found->name && !strcmp(found->name, milestone->name))
        found->it = *milestone;
    if (!milestone->doc)
        strcpy(found->own[found->owns++], milestone->name);
}

static struct xe_milestone find(const char *name)
{
    struct found found = {.name = name};

    xe_kernel_milestones(h.bench.kernel, see, &found);
    return found.it;
}

static struct xe_milestone_counts counts(void)
{
    struct xe_milestone_counts ret;

    xe_kernel_milestone_counts(h.bench.kernel, &ret);
    return ret;
}

static void print_line(const char *text)
{
    hle_put(&h, TEXT, text);
    CALL(&h, XAM, OutputDebugStringA, TEXT);
}

Test(milestones, nothing_is_reached_by_nothing)
{
    struct xe_milestone_counts none = counts();

    cr_expect(none.reached == 0 && none.exports == 0 && none.sites == 0);
    cr_expect(!find("swap").reached);
}

/* Also by calls of what is not built. */
Test(milestones, a_call_reaches_its_own_once)
{
    uint64_t first;

    CALL(&h, XBOXKRNL, VdSwap, SCRATCH, 0);
    cr_expect(find("swap").reached && find("export").reached && !find("audio").reached);
    cr_expect_eq(find("swap").lr, LR);
    cr_expect_eq(find("swap").tid, h.thread->tid);
    first = find("swap").cycle;
    h.bench.kernel->cycle += 100;
    CALL(&h, XBOXKRNL, XMACreateContext, SCRATCH);
    CALL(&h, XBOXKRNL, VdSwap, SCRATCH, 0);
    cr_expect_eq(find("swap").cycle, first);
    cr_expect_geq(find("audio").cycle, first + 100);
    cr_expect(counts().reached == 3 && counts().exports == 2);
}

Test(milestones, a_thread_counts_when_it_was_made)
{
    CALL(&h, XBOXKRNL, ExCreateThread, 0, 0xFFFFFFFF, 0, 0, 0, 0, 0);
    cr_expect_eq(find("thread").reached, h.thread->tid_next != NULL);
    CALL(&h, XBOXKRNL, ExCreateThread, SCRATCH, 0x10000, 0, 0, 0x82000000, 0, 1);
    cr_expect(find("thread").reached);
}

Test(milestones, a_title_names_its_own)
{
    static const char *const lines[] = {"[MILESTONE] intro\n", "[MILESTONE]   menu shown \t\n",
                                        "[MILESTONE] intro\n", "[MILESTONE]  \n",
                                        "x [MILESTONE] no\n",  "[MILESTONE]\n"};
    struct found found = {.owns = 0};

    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        print_line(lines[i]);
    xe_kernel_milestones(h.bench.kernel, see, &found);
    cr_assert_eq(found.owns, 2);
    cr_expect_str_eq(found.own[0], "intro");
    cr_expect_str_eq(found.own[1], "menu shown");
    cr_expect_eq(counts().own, 2);
}

Test(milestones, names_are_bounded_and_all_are_counted)
{
    char line[200] = "[MILESTONE] ";

    memset(line + 12, 'n', 150);
    line[162] = '\n';
    print_line(line);
    for (uint32_t i = 0; i < 2 * XE_MILESTONE_OWN; i++) {
        snprintf(line, sizeof(line), "[MILESTONE] %u\n", i);
        print_line(line);
    }
    cr_expect_eq(counts().own, 2 * XE_MILESTONE_OWN + 1);
    line[0] = '\0';
    memset(line, 'n', XE_MILESTONE_NAME - 1);
    line[XE_MILESTONE_NAME - 1] = '\0';
    cr_expect(find(line).reached);
}

/* Whoever chooses where calls come from can't have more than there is room for, nor an endless
 * search. */
Test(milestones, places_of_calls_are_counted_once)
{
    struct xe_call call = {.kernel = h.bench.kernel, .lr = LR};

    for (uint32_t i = 0; i < 2 * XE_MILESTONE_SITES; i++) {
        call.lr = LR + (i << 15);
        xe_kernel_milestone_site(&call);
        xe_kernel_milestone_site(&call);
        if (i == 9)
            cr_expect(counts().sites == 10 && !counts().sites_full);
    }
    cr_expect(counts().sites == XE_MILESTONE_SITES && counts().sites_full);
}

static uint8_t *save(size_t *ret_size)
{
    struct xe_codec c;
    uint8_t *bytes;

    xe_codec_init_save(&c);
    xe__kernel_milestones_state(&c, h.bench.kernel->milestones);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, ret_size);
    xe_codec_fini(&c);
    return bytes;
}

static bool load(const uint8_t *bytes, size_t size)
{
    struct xe_codec c;
    bool ok;

    xe_codec_init_load(&c, bytes, size);
    xe__kernel_milestones_state(&c, h.bench.kernel->milestones);
    ok = xe_codec_end(&c);
    xe_codec_fini(&c);
    return ok;
}

Test(milestones, a_state_has_them)
{
    struct xe_milestone_counts before, after;
    uint64_t intro;
    size_t size, again;
    uint8_t *bytes, *second;

    h.bench.kernel->cycle = 77;
    print_line("[MILESTONE] intro\n");
    CALL(&h, XBOXKRNL, VdSwap, SCRATCH, 0);
    before = counts();
    intro = find("intro").cycle;
    bytes = save(&size);
    h.bench.kernel->cycle = 99;
    print_line("[MILESTONE] menu\n");
    CALL(&h, XAM, XamInputGetState, 0, 0, 0);
    cr_assert(load(bytes, size));
    after = counts();
    cr_expect(before.reached == after.reached && before.own == after.own);
    cr_expect(before.exports == after.exports && before.sites == after.sites);
    cr_expect(find("intro").cycle == intro && intro >= 77 && !find("menu").reached);
    cr_expect(find("swap").reached && !find("input").reached);
    second = save(&again);
    cr_expect(size == again && !memcmp(bytes, second, size), "the same state, the same bytes");
    xe_free(second);
    xe_free(bytes);
}

/* Each byte of a state changed and each length of it: refused, or taken; never worse. */
Test(milestones, any_bytes_are_a_state_or_are_refused)
{
    uint32_t refused = 0;
    size_t size;
    uint8_t *bytes;

    print_line("[MILESTONE] intro\n");
    bytes = save(&size);
    for (size_t i = 0; i < size; i++) {
        bytes[i] ^= 0x81;
        refused += !load(bytes, size);
        bytes[i] ^= 0x81;
        cr_expect(!load(bytes, i), "cut to %zu bytes", i);
    }
    cr_expect_gt(refused, 8);
    xe_free(bytes);
}
