#include <string.h>

#include "build_xex.h"
#include "fuzz.h"

const int fuzz_rounds = 4000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_image(xe_image_parse(data, size, NULL));
    return 0;
}

/* Every kind with small pages, large ones only make each run slower; and one with functions. */
uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    for (size_t kind = 0; kind < build_xex_kind_count; kind++)
        if (build_xex_kinds[kind].page_size == 0x1000 && i-- == 0)
            return build_xex(&build_xex_kinds[kind], NULL, 0, ret_size);
    return i ? NULL
             : build_xex(build_xex_find("basic"), build_xex_functions, BUILD_FUNCTIONS, ret_size);
}
