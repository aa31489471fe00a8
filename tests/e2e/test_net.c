/* What peers on the network do is a function of image, settings and log, however the run is cut,
 * looked at, saved or translated. The title serves them, and prints what it does. */
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/titles.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/net.h"

#define PEER 0x0A000001u

static struct xe_instance *make_title(const char *title, enum xe_engine engine, bool audit,
                                      enum xe_net_mode mode)
{
    struct xe_instance_config config = xe_instance_config_default();
    char path[512];

    config.engine = engine;
    config.audit = audit;
    config.network = mode;
    test_title_path(title, path, sizeof(path));
    return test_instance(path, &config);
}

static struct xe_instance *make(enum xe_engine engine, bool audit, enum xe_net_mode mode)
{
    return make_title("net", engine, audit, mode);
}

static void run(struct xe_instance *instance, uint64_t n)
{
    struct xe_error err = XE_ERROR_INIT;

    cr_assert(xe_instance_run(instance, n, NULL, NULL, &(struct xe_run_result){0}, &err), "%s",
              err.text);
}

/* In pieces of this size, until it waits for peers or has ended. */
static void run_out(struct xe_instance *instance, uint64_t piece)
{
    do
        run(instance, piece);
    while (xe_instance_last_stop(instance) == XE_STOP_TARGET);
}

static bool add_line(void *ctx, const struct xe_log_line *line)
{
    char *all = ctx;
    size_t used = strlen(all);

    if (line->level == XE_LOG_PRINT)
        snprintf(all + used, 65536 - used, "%s\n", line->text);
    return true;
}

static bool add_item(void *ctx, const struct xe_net_item *item)
{
    char *all = ctx;
    size_t used = strlen(all);

    snprintf(all + used, 65536 - used, "%08x:%u %.*s\n", item->from.address, item->from.port,
             (int)item->size, (const char *)item->bytes);
    return true;
}

struct telling {
    const struct xe_net *net;
    char *all;
};

static void add_peer(void *ctx, const struct xe_net_info *info)
{
    const struct telling *to = ctx;

    if (info->outside)
        xe_net_kept(to->net, info->number, 0, add_item, to->all);
}

/* What peers were sent, and the digest; with what was printed, if that is all there. To be freed.
 */
static char *told(struct xe_instance *instance, bool lines)
{
    const struct xe_net *net = xe_kernel_net(xe_instance_kernel(instance));
    struct telling to = {net, calloc(1, 65536)};
    struct xe_digest digest;

    if (lines)
        xe_log_visit(xe_instance_log(instance), 0, add_line, to.all);
    xe_net_visit(net, add_peer, &to);
    xe_instance_digest(instance, &digest);
    xe_digest_text(digest.hash, to.all + strlen(to.all));
    return to.all;
}

#define MUST(call)                                                                                 \
    do {                                                                                           \
        struct xe_error err = XE_ERROR_INIT;                                                       \
                                                                                                   \
        cr_assert(call, "%s", err.text);                                                           \
    } while (0)

/* A conversation: steps that come when the title waits for more. Peers' numbers follow from them.
 */
struct talk {
    uint32_t udp, tcp;
};

#define STEPS 6

static void step(struct xe_instance *instance, struct talk *talk, uint32_t n)
{
    static const struct xe_net_place udp = {PEER, 4000}, tcp = {PEER + 4, 0};

    switch (n) {
    case 0:
        MUST(xe_instance_net_listen(instance, false, udp, &talk->udp, &err));
        MUST(xe_instance_net_send(instance, talk->udp, 1000, "hello", 5, &err));
        break;
    case 1:
        MUST(xe_instance_net_connect(instance, tcp, 80, &talk->tcp, &err));
        break;
    case 2:
        MUST(xe_instance_net_send(instance, talk->tcp, 0, "one ", 4, &err));
        MUST(xe_instance_net_send(instance, talk->tcp, 0, "two", 3, &err));
        MUST(xe_instance_net_send(instance, talk->udp, 1000, "again", 5, &err));
        break;
    case 3:
        MUST(xe_instance_net_send(instance, talk->tcp, 0, "three", 5, &err));
        MUST(xe_instance_net_close(instance, talk->tcp, &err));
        break;
    case 4:
        MUST(xe_instance_net_send(instance, talk->udp, 1000, "quit", 4, &err));
        break;
    default:
        break;
    }
}

static void converse(struct xe_instance *instance, struct talk *talk, uint32_t from, uint64_t piece)
{
    for (uint32_t n = from; n < STEPS; n++) {
        run_out(instance, piece);
        step(instance, talk, n);
    }
}

static char *whole(void)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT, false, XE_NET_VIRTUAL);
    struct talk talk;
    char *all;

    converse(instance, &talk, 0, 100000000);
    cr_assert_eq(xe_instance_last_stop(instance), XE_STOP_EXIT);
    cr_assert_eq(xe_instance_taint(instance)->reason, XE_TAINT_NONE);
    all = told(instance, true);
    xe_instance_destroy(instance);
    return all;
}

static void expect(struct xe_instance *instance, const char *wanted)
{
    char *all = told(instance, true);

    cr_expect_str_eq(all, wanted);
    free(all);
    xe_instance_destroy(instance);
}

Test(net_title, serves_itself_and_peers)
{
    char *all = whole();

    cr_expect(strstr(all, "server: 7f000001\n"), "%s", all);
    cr_expect(strstr(all, "client: WITHIN\n"), "%s", all);
    cr_expect(strstr(all, "datagram: 5 bytes from 0a000001:4000\n"), "%s", all);
    cr_expect(strstr(all, "server: 0a000005\n"), "%s", all);
    cr_expect(strstr(all, "server: end\n"), "%s", all);
    cr_expect(strstr(all, "PASS net\n"), "%s", all);
    cr_expect(strstr(all, "0a000002:1000 \x05hello\n"), "%s", all);
    free(all);
}

Test(net_title, sees_that_nobody_is_there)
{
    struct xe_instance *instance = make(XE_ENGINE_JIT, false, XE_NET_NONE);
    struct xe_error err = XE_ERROR_INIT;
    uint32_t peer = 0;

    cr_expect(!xe_instance_net_listen(instance, true, (struct xe_net_place){PEER, 1}, &peer, &err));
    cr_expect_eq(err.code, XE_ERR_INSTANCE_WRONG_STATE);
    run_out(instance, 10000000);
    cr_expect_eq(xe_instance_last_stop(instance), XE_STOP_EXIT);
    cr_expect_null(xe_kernel_net(xe_instance_kernel(instance)));
    xe_instance_destroy(instance);
}

Test(net_title, cuts_engines_and_audit_make_no_difference)
{
    static const uint64_t pieces[] = {1, 77, 1000, 12345};
    char *wanted = whole();

    for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
        struct xe_instance *instance =
            make(i % 2 ? XE_ENGINE_INTERPRETER : XE_ENGINE_JIT, true, XE_NET_VIRTUAL);
        struct talk talk;

        converse(instance, &talk, 0, pieces[i]);
        expect(instance, wanted);
    }
    free(wanted);
}

static const char *without_lines(const char *all)
{
    return strstr(all, "0a000002:");
}

/* With a connection open, and bytes on their way. */
Test(net_title, a_state_saved_in_between_goes_on)
{
    char *wanted = whole();

    for (uint32_t at = 1; at < STEPS; at++) {
        struct xe_instance *first = make(XE_ENGINE_JIT, false, XE_NET_VIRTUAL);
        struct xe_instance *second = make(XE_ENGINE_INTERPRETER, true, XE_NET_VIRTUAL);
        struct xe_error err = XE_ERROR_INIT;
        struct talk talk = {0, 0};
        uint8_t *bytes;
        size_t size;
        char *all;

        for (uint32_t n = 0; n < at; n++) {
            run_out(first, 1000000);
            step(first, &talk, n);
        }
        run(first, 300); /* into what comes of it */
        bytes = xe_instance_state_save(first, &size, &err);
        cr_assert(bytes, "%s", err.text);
        cr_assert(xe_instance_state_load(second, bytes, size, &err), "%s", err.text);
        xe_free(bytes);
        converse(second, &talk, at, 500);
        all = told(second, false);
        cr_expect_str_eq(all, without_lines(wanted), "step %u", at);
        free(all);
        converse(first, &talk, at, 500);
        expect(first, wanted);
        xe_instance_destroy(second);
    }
    free(wanted);
}

Test(net_title, its_log_alone_tells_the_run)
{
    struct xe_instance *first = make(XE_ENGINE_JIT, false, XE_NET_VIRTUAL), *second;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_replay_status status;
    struct xe_input_log log;
    struct talk talk;
    char *wanted;

    converse(first, &talk, 0, 3333);
    cr_assert(xe_instance_inputs_log(first, &log, &err), "%s", err.text);
    cr_expect_eq(log.inputs, 9);
    second = make(XE_ENGINE_INTERPRETER, true, XE_NET_VIRTUAL);
    cr_assert(xe_instance_replay_start(second, &log, &err), "%s", err.text);
    do
        run(second, 10000);
    while (xe_instance_last_stop(second) == XE_STOP_TARGET);
    xe_instance_replay_status(second, &status);
    cr_assert_eq(status.state, XE_REPLAY_ENDED, "%s", status.text);
    wanted = told(first, true);
    expect(second, wanted);
    free(wanted);
    xe_instance_destroy(first);
}

/* ---- names, and receives that have begun ---------------------------------------------------- */

static struct xe_instance *make_names(enum xe_engine engine)
{
    return make_title("net-names", engine, engine == XE_ENGINE_INTERPRETER, XE_NET_VIRTUAL);
}

static void ask_names(struct xe_instance *instance, uint32_t n)
{
    static const struct xe_net_place at = {PEER, 4000};
    static uint32_t peer;

    switch (n) {
    case 0:
        MUST(xe_instance_net_name(instance, "peer.example", PEER, &err));
        MUST(xe_instance_net_listen(instance, false, at, &peer, &err));
        MUST(xe_instance_net_send(instance, peer, 1000, "PEER.example", 12, &err));
        break;
    case 1:
        MUST(xe_instance_net_name(instance, "peer.example", 0, &err));
        MUST(xe_instance_net_send(instance, peer, 1000, "peer.example", 12, &err));
        break;
    default:
        MUST(xe_instance_net_send(instance, peer, 1000, "quit", 4, &err));
    }
}

static void ask_from(struct xe_instance *instance, uint32_t from, uint64_t piece)
{
    for (uint32_t n = from; n < 3; n++) {
        run_out(instance, piece);
        ask_names(instance, n);
    }
    run_out(instance, piece);
    cr_assert_eq(xe_instance_last_stop(instance), XE_STOP_EXIT);
}

/* While a receive has begun, with somebody who waits for its end. */
Test(net_title, names_go_on_from_a_state_and_from_the_log)
{
    struct xe_instance *first = make_names(XE_ENGINE_JIT), *second;
    struct xe_error err = XE_ERROR_INIT;
    struct xe_input_log log;
    char *wanted, *all;
    uint8_t *bytes;
    size_t size;

    run_out(first, 1000000);
    ask_names(first, 0);
    run_out(first, 1000000);
    bytes = xe_instance_state_save(first, &size, &err);
    second = make_names(XE_ENGINE_INTERPRETER);
    cr_assert(bytes && xe_instance_state_load(second, bytes, size, &err), "%s", err.text);
    xe_free(bytes);
    ask_from(first, 1, 1000000);
    ask_from(second, 1, 77);
    wanted = told(first, true);
    all = told(second, false);
    cr_expect(strstr(wanted, "PEER.example = 0a000001\n"), "%s", wanted);
    cr_expect(strstr(wanted, "peer.example = 00000000\n"), "%s", wanted);
    cr_expect(strstr(wanted, "PASS net-names\n"), "%s", wanted);
    cr_expect_str_eq(all, without_lines(wanted));
    free(all);
    xe_instance_destroy(second);
    cr_assert(xe_instance_inputs_log(first, &log, &err), "%s", err.text);
    second = make_names(XE_ENGINE_INTERPRETER);
    cr_assert(xe_instance_replay_start(second, &log, &err), "%s", err.text);
    run_out(second, 10000);
    expect(second, wanted);
    free(wanted);
    xe_instance_destroy(first);
}

/* ---- refusals ------------------------------------------------------------------------------- */

#define REFUSED(call, wanted)                                                                      \
    do {                                                                                           \
        struct xe_error err = XE_ERROR_INIT;                                                       \
                                                                                                   \
        cr_expect(!(call));                                                                        \
        cr_expect_eq(err.code, wanted, "%s", err.text);                                            \
    } while (0)

Test(net_title, what_peers_can_not_do_changes_nothing)
{
    static uint8_t bytes[XE_NET_DATAGRAM + 1];
    struct xe_instance *instance = make(XE_ENGINE_JIT, false, XE_NET_VIRTUAL);
    const struct xe_net_place console = {XE_NET_ADDRESS, 80}, there = {PEER, 4000};
    uint32_t peer, other;
    size_t inputs;

    MUST(xe_instance_net_listen(instance, false, there, &peer, &err));
    MUST(xe_instance_net_connect(instance, there, 9, &other, &err));
    inputs = xe_instance_inputs(instance);
    REFUSED(xe_instance_net_listen(instance, false, there, &peer, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_listen(instance, true, console, &peer, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_connect(instance, there, 0, &peer, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_send(instance, peer + 1, 1, bytes, 1, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_send(instance, peer, 0, bytes, 1, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_send(instance, peer, 1, bytes, sizeof(bytes), &err),
            XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_send(instance, other, 0, bytes, 1, &err), XE_ERR_INSTANCE_WRONG_STATE);
    REFUSED(xe_instance_net_close(instance, 12345, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_name(instance, "", PEER, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_name(instance, "no blanks", PEER, &err), XE_ERR_INVALID_PARAMS);
    REFUSED(xe_instance_net_name(instance, "unknown", 0, &err), XE_ERR_INVALID_PARAMS);
    cr_expect_eq(xe_instance_inputs(instance), inputs);
    for (uint32_t i = 2; i < XE_NET_PEERS; i++)
        MUST(xe_instance_net_listen(instance, true, (struct xe_net_place){PEER, 0}, &other, &err));
    REFUSED(xe_instance_net_listen(instance, true, (struct xe_net_place){PEER, 0}, &peer, &err),
            XE_ERR_QUOTA_EXCEEDED);
    for (char c = '!'; c < '!' + (char)XE_NET_NAMES; c++)
        MUST(xe_instance_net_name(instance, (char[]){c, '\0'}, PEER, &err));
    REFUSED(xe_instance_net_name(instance, "one.more", PEER, &err), XE_ERR_QUOTA_EXCEEDED);
    xe_instance_destroy(instance);
}
