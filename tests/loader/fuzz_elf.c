#include <stdlib.h>

#include "build_elf.h"
#include "fuzz.h"

const int fuzz_rounds = 4000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    fuzz_image(xe_image_parse(data, size, NULL));
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    uint8_t *file = i <= BUILD_ELF64_V2 ? malloc(BUILD_ELF_SIZE) : NULL;

    if (file)
        build_elf((enum build_elf_kind)i, file);
    *ret_size = BUILD_ELF_SIZE;
    return file;
}
