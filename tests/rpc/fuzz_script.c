/* Fuzz target: scripts as anybody may write them. What is taken is made of events that make sense.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "worker/session/script.h"

const int fuzz_rounds = 20000;

static const char *const seeds[] = {
    "- cycle: 1900000000\n  press: [a, rb]\n  for: {cycles: 5000}\n"
    "- {frame: 7, pad: 4, set: {lt: 255, rx: -32768, buttons: guide}}\n",
    "# comment\n- poll: 3\n  pad: 2\n  press:\n    buttons: []\n    ly: 32767\n"
    "- {cycle: 0, pad: 3, connect: true}\n- {cycle: 1, disconnect: true}\n",
    "%YAML 1.1\n---\n- {poll: 9, key: page_up, for: {frames: 2}}\n- {cycle: \"5\", key: 'a'}\n...\n",
    "- &a {cycle: 1, press: a}\n- *a\n- !!map {? cycle : 1}\n- >\n  folded\n- |\n  kept\n"};

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
    struct xe_pad_event *event = NULL;
    struct xe_error err = XE_ERROR_INIT;
    size_t count = 0;

    if (!xe__session_script_read((const char *)data, size, "fuzz", &event, &count, &err)) {
        must(err.code == XE_ERR_SCRIPT_MALFORMED, "refused, but not as a script");
        must(!strncmp(err.text, "fuzz:", 5), "an error that does not say where");
        for (const char *c = err.text; *c; c++)
            must(*c >= 0x20 && *c < 0x7F, "an error that a terminal would obey");
        return 0;
    }
    must(count <= XE_PAD_EVENTS_MAX, "too many events");
    for (size_t i = 0; i < count; i++)
        must(xe_pad_event_check(&event[i], NULL), "an event that makes no sense");
    free(event);
    return 0;
}
