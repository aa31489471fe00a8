/* What a client does to the network inside of an instance, with anything for arguments, while the
 * title serves it: refusals change nothing, and what is in the log is what was not refused. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "tests/support/fuzz.h"
#include "tests/support/titles.h"
#include "xe/frozen.h"
#include "xe/inputs.h"
#include "xe/net.h"

#define RECORD  8u
#define RECORDS 48u

const int fuzz_rounds = 60;

static uint32_t address_of(uint8_t byte)
{
    static const uint32_t odd[] = {0, UINT32_MAX, 0x7F000001, XE_NET_ADDRESS, XE_NET_BROADCAST};

    return byte % 8 < 5 ? 0x0A000001u + byte % 4 * 2 : odd[byte / 8 % 5];
}

/* Numbers that peers have had, and others. */
static bool act(struct xe_instance *instance, const uint8_t *r)
{
    struct xe_net_place at = {address_of(r[1]), r[2] % 4 ? r[2] : 0};
    uint32_t peer = 4u * (r[3] % 32), port = r[4] % 4 == 0 ? 80 : r[4] % 4 == 1 ? 1000 : r[5];
    char name[4] = {(char)r[5], (char)('a' + r[6] % 3), (char)r[7], '\0'};

    switch (r[0] % 6) {
    case 0:
        return xe_instance_net_listen(instance, r[3] & 1, at, &peer, NULL);
    case 1:
        return xe_instance_net_connect(instance, at, port, &peer, NULL);
    case 2:
        return xe_instance_net_send(instance, peer, r[6] & 1 ? port : 0, r, r[7] % RECORD + 1,
                                    NULL);
    case 3:
        return xe_instance_net_close(instance, peer, NULL);
    case 4:
        return xe_instance_net_name(instance, name, address_of(r[1]), NULL);
    default:
        return xe_instance_run(instance, 1 + 37u * r[1], NULL, NULL, &(struct xe_run_result){0},
                               NULL);
    }
}

static void tell_state(struct xe_instance *instance)
{
    size_t size;
    uint8_t *bytes = xe_instance_state_save(instance, &size, NULL);

    if (!bytes)
        abort();
    xe_free(bytes);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_instance *instance;
    char path[512];
    size_t at = 0;

    config.network = XE_NET_VIRTUAL;
    test_title_path("net", path, sizeof(path));
    instance = test_instance(path, &config);
    xe_instance_run(instance, 100000, NULL, NULL, &(struct xe_run_result){0}, NULL);
    for (uint32_t n = 0; n < RECORDS && size - at >= RECORD; n++, at += RECORD) {
        size_t inputs = xe_instance_inputs(instance);
        bool done = act(instance, data + at);

        if (data[at] % 6 != 5 && xe_instance_inputs(instance) != inputs + done)
            abort();
    }
    tell_state(instance);
    xe_instance_destroy(instance);
    return 0;
}

/* A peer that sends datagrams, and one that connects, talks and ends. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const uint8_t seed[][RECORD] = {
        {0, 0, 9, 0, 0, 0, 0, 0}, {5, 99, 0, 0, 0, 0, 0, 0}, {2, 0, 0, 5, 1, 0, 1, 4},
        {5, 9, 0, 0, 0, 0, 0, 0}, {1, 1, 0, 0, 0, 0, 0, 0},  {5, 99, 0, 0, 0, 0, 0, 0},
        {2, 0, 0, 6, 0, 0, 0, 7}, {5, 9, 0, 0, 0, 0, 0, 0},  {4, 0, 0, 0, 0, 'x', 1, 'y'},
        {3, 0, 0, 6, 0, 0, 0, 0}, {5, 99, 0, 0, 0, 0, 0, 0},
    };
    uint8_t *bytes = i == 0 ? malloc(sizeof(seed)) : NULL;

    if (bytes)
        memcpy(bytes, seed, sizeof(seed));
    *ret_size = sizeof(seed);
    return bytes;
}
