/* Fuzz target: a result that comes from a worker. What passes is what Jansson reads, if not for a
 * name that comes twice, and what it writes passes again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "rpc/api/text.h"
#include "tests/support/fuzz.h"

const int fuzz_rounds = 20000;

static const char *const seeds[] = {
    "{\"instance\":\"i-1\",\"cycle\":500000000,\"items\":[{\"key\":\"0x00001004\",\"on\":true},null]}",
    "{\"text\":\"\\u00e9\\n\xc3\xa9\\uD83D\\uDE00\",\"n\":[-1,0.5,1e-9],\"o\":{\"p\":{},\"q\":[[]]}}",
    "{\"text\":\"a string that is longer than a few words of eight bytes each\",\"x\":false}"};

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    if (i >= sizeof(seeds) / sizeof(seeds[0]))
        return NULL;
    *ret_size = strlen(seeds[i]);
    return (uint8_t *)strdup(seeds[i]);
}

static void must(bool holds, const char *what)
{
    if (holds)
        return;
    fprintf(stderr, "%s\n", what);
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    bool passes = xe_rpc_is_object((const char *)data, size);
    json_t *value = json_loadb((const char *)data, size, 0, NULL);
    char *text;

    must(!passes || json_is_object(value), "something passes that Jansson doesn't read");
    if (passes) {
        text = json_dumps(value, JSON_COMPACT);
        must(text && xe_rpc_is_object(text, strlen(text)), "what Jansson writes doesn't pass");
        free(text);
    }
    json_decref(value);
    return 0;
}
