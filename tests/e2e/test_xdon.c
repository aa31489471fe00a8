/* The real title that nobody here wrote: how far it goes, by what it prints. Skipped where it is
 * absent. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/support/titles.h"
#include "xe/explain.h"
#include "xe/gpu.h"
#include "xe/kernel.h"
#include "xe/milestone.h"
#include "xe/net.h"
#include "xe/pads.h"
#include "xe/ucode.h"

/* Pieces of its output, in order. */
static const char *const pieces[] = {
    "XDON - Xbox Disk Over Network",
    "Created by Eaton",
    "Version: 1 Release",
    "XNetGetEthernetLinkStatus: ",
    "XNetGetTitleXnAddr: 4",
    "IP Address: ",
    "OpenDisk (\\Device\\Harddisk0\\partition0) failed: 0x",
    "OpenDisk (\\Device\\CdRom0) failed: 0x",
    "Harddisk0 available: NO",
    "CdRom0 available: NO",
    "ServerMain: ***READY***",
    "ServerMain: Awaiting a new TCP client or UDP packet...",
};

static bool next_piece(void *ctx, const struct xe_log_line *line)
{
    size_t *at = ctx;

    if (line->level == XE_LOG_PRINT && *at < sizeof(pieces) / sizeof(pieces[0]) &&
        strstr(line->text, pieces[*at]))
        (*at)++;
    return true;
}

static uint64_t swaps(struct xe_instance *instance)
{
    return xe_gpu_counters(xe_kernel_gpu(xe_instance_kernel(instance)))->swaps;
}

struct came {
    uint64_t draw, swap, frame; /* cycles; 0: not yet */
};

static void see_milestone(void *ctx, const struct xe_milestone *milestone)
{
    struct came *came = ctx;

    if (!strcmp(milestone->name, "draw"))
        came->draw = milestone->cycle;
    else if (!strcmp(milestone->name, "swap"))
        came->swap = milestone->cycle;
    else if (!strcmp(milestone->name, "frame"))
        came->frame = milestone->cycle;
}

static bool find_line(void *ctx, const struct xe_log_line *line)
{
    const char **wanted = ctx;

    if (line->level == XE_LOG_PRINT && *wanted && strstr(line->text, *wanted))
        *wanted = NULL;
    return true;
}

struct lines {
    char text[1 << 16];
    size_t size;
};

static void add_line(void *ctx, const char *line)
{
    struct lines *lines = ctx;
    size_t room = sizeof(lines->text) - lines->size;

    cr_assert_lt(strlen(line) + 1, room);
    lines->size += (size_t)snprintf(lines->text + lines->size, room, "%s\n", line);
}

/* Its text is made into the same words; all of it are instructions, but the zeros behind. */
static void expect_shader_comes_back(void *ctx, const struct xe_gpu_shader *shader)
{
    static struct xe_ucode_program program;
    static struct lines lines;
    struct xe_ucode_fault fault;
    uint32_t *kinds = ctx;

    kinds[shader->pixel]++;
    lines.size = 0;
    cr_assert_not_null(shader->code);
    xe_ucode_disassemble(shader->pixel ? XE_UCODE_PIXEL : XE_UCODE_VERTEX, shader->code,
                         shader->words, add_line, &lines);
    cr_assert(xe_ucode_assemble(lines.text, &program, &fault), "%u: %s\n%s", fault.line, fault.text,
              lines.text);
    cr_expect_eq(program.count, shader->words);
    cr_expect_arr_eq(program.words, shader->code, shader->words * sizeof(uint32_t), "%s",
                     lines.text);
    cr_expect_null(strstr(lines.text, ".alu"), "%s", lines.text);
    cr_expect_null(strstr(lines.text, ".fetch"), "%s", lines.text);
}

static void expect_shaders_come_back(struct xe_instance *instance)
{
    uint32_t kinds[2] = {0};

    xe_gpu_shaders(xe_kernel_gpu(xe_instance_kernel(instance)), expect_shader_comes_back, kinds);
    cr_expect_geq(kinds[0], 3);
    cr_expect_geq(kinds[1], 2);
}

/* It has polled all pads for each frame; B on the first one takes it back to where it came from. */
static void expect_b_ends_it(struct xe_instance *instance)
{
    const struct xe_pad_event press = {.act = XE_PAD_PRESS,
                                       .lasts = XE_PAD_POLL,
                                       .count = 1,
                                       .state = {.buttons = xe_pad_button("b")}};
    const char *wanted = "Rebooting to default app.";
    uint64_t polls = xe_kernel_pad(xe_instance_kernel(instance), 3)->polls;
    struct xe_run_result result;

    cr_assert_geq(polls, swaps(instance));
    cr_assert(xe_instance_pad_events(instance, &press, 1, false, NULL));
    cr_assert(xe_instance_run(instance, 20000000, NULL, NULL, &result, NULL));
    cr_expect_eq(result.stop, XE_STOP_EXIT, "%s: %s", xe_stop_name(result.stop), result.detail);
    cr_expect_eq(result.info.cause, XE_CAUSE_LAUNCH);
    xe_log_visit(xe_instance_log(instance), 0, find_line, &wanted);
    cr_expect_null(wanted, "it never printed '%s'", wanted);
}

/* It compiles its shaders for a while, then draws and shows a frame after the other. */
Test(xdon, reaches_its_main_loop_swaps_and_ends_by_b)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    struct came came = {0};
    uint64_t before = 0;
    char path[512];

    test_title_path("xdon", path, sizeof(path));
    if (access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
    instance = test_instance(path, &config);
    for (uint32_t i = 0; i < 3; i++) {
        struct xe_run_result result;

        cr_assert(xe_instance_run(instance, i ? 20000000 : 2000000000, NULL, NULL, &result, NULL));
        cr_assert_eq(result.stop, XE_STOP_TARGET);
        cr_assert_gt(swaps(instance), before + 20, "%llu swaps", (unsigned long long)before);
        before = swaps(instance);
    }
    xe_kernel_milestones(xe_instance_kernel(instance), see_milestone, &came);
    cr_expect(came.draw && came.draw < came.frame, "drawn at cycle %llu",
              (unsigned long long)came.draw);
    cr_expect(came.swap && came.swap <= came.frame, "asked for at cycle %llu, shown at %llu",
              (unsigned long long)came.swap, (unsigned long long)came.frame);
    expect_shaders_come_back(instance);
    expect_b_ends_it(instance);
    xe_instance_destroy(instance);
}

Test(xdon, prints_all_that_it_prints_on_a_console)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512];
    size_t at = 0;

    test_title_path("xdon", path, sizeof(path));
    if (access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 5000000, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, next_piece, &at);
    cr_assert_eq(at, sizeof(pieces) / sizeof(pieces[0]), "it never printed '%s' (stopped: %s %s)",
                 at < sizeof(pieces) / sizeof(pieces[0]) ? pieces[at] : "",
                 xe_stop_name(result.stop), result.detail);
    cr_assert_eq(result.stop, XE_STOP_TARGET);
    xe_instance_destroy(instance);
}

/* Nobody of the title is to blame for its being idle: main waits for clients, and of two threads of
 * one routine one was given nothing, which is no more than possibly stuck. */
Test(xdon, is_idle_as_on_a_console)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    struct xe_explain *explain;
    char path[512];

    test_title_path("xdon", path, sizeof(path));
    if (access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 2100000000, NULL, NULL, &result, NULL));
    explain = xe_explain_make(xe_instance_kernel(instance), result.stop, "", NULL);
    cr_assert(explain);
    cr_expect_eq(explain->thread[0].now.standing, XE_STANDS_NETWORK);
    cr_expect_eq(explain->thread[0].stuck, XE_CERTAINTY_NONE);
    cr_expect_leq(explain->certainty, XE_CERTAINTY_POSSIBLE);
    cr_expect_leq(explain->roots, 1);
    xe_explain_free(explain);
    xe_instance_destroy(instance);
}

/* ---- its network ---------------------------------------------------------------------------- */

/* What it is asked by UDP, and how its answer of 91 bytes begins. */
static const uint8_t query[] = {0x55, 0x51, 0x45, 0x52, 0x4E, 0x4F, 0x44, 0x58, 1, 1};
static const uint8_t answer[] = {0x50, 0x53, 0x45, 0x52, 0x4E, 0x4F, 0x44, 0x58, 1, 1};
#define PORT        1000u
#define ANSWER_SIZE 91u

struct answers {
    uint32_t count, right;
};

static bool see_answer(void *ctx, const struct xe_net_item *item)
{
    struct answers *answers = ctx;

    answers->count++;
    answers->right += item->from.address == XE_NET_ADDRESS && item->from.port == PORT &&
                      item->size == ANSWER_SIZE && !memcmp(item->bytes, answer, sizeof(answer));
    return true;
}

Test(xdon, answers_a_query_by_udp)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct answers answers = {0};
    struct xe_run_result result;
    struct xe_instance *instance;
    uint32_t peer = 0;
    size_t at = 0;
    char path[512];

    test_title_path("xdon", path, sizeof(path));
    if (access(path, R_OK) != 0)
        cr_skip("%s is not here", path);
    config.network = XE_NET_VIRTUAL;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, 5000000, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, next_piece, &at);
    cr_assert_eq(at, sizeof(pieces) / sizeof(pieces[0]));
    cr_assert(xe_instance_net_listen(instance, false, (struct xe_net_place){0x0A000001, 4000},
                                     &peer, NULL));
    for (uint32_t i = 1; i <= 2; i++) {
        cr_assert(xe_instance_net_send(instance, peer, PORT, query, sizeof(query), NULL));
        cr_assert(xe_instance_run(instance, 20000000, NULL, NULL, &result, NULL));
        cr_assert_eq(result.stop, XE_STOP_TARGET, "%s", result.detail);
        answers = (struct answers){0};
        xe_net_kept(xe_kernel_net(xe_instance_kernel(instance)), peer, 0, see_answer, &answers);
        cr_expect_eq(answers.count, i);
        cr_expect_eq(answers.right, i);
    }
    xe_instance_destroy(instance);
}
