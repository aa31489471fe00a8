/* Titles that were linked with the guest SDK but not packed: their import stubs still hold ordinals
 * where an XEX's loader would put addresses, and .xe.import lists them for xe360-mkxex
 * (tests/guest/lib/imports.S). Such a file can be looked at, but it can't run. */
#include <string.h>

#include "loader/elf_internal.h"

#define SECTION     ".xe.import"
#define RECORD_SIZE 16u

static bool is_inside(const struct xe__elf *elf, const struct xe__elf_section *s)
{
    return s->at <= elf->size && s->size <= elf->size - s->at;
}

static bool is_called(const struct xe__elf *elf, const struct xe__elf_section *names,
                      const struct xe__elf_section *s)
{
    return s->name < names->size && names->size - s->name >= sizeof(SECTION) &&
           memcmp(elf->file + names->at + s->name, SECTION, sizeof(SECTION)) == 0;
}

void xe__loader_elf_imports(struct xe__elf *elf)
{
    struct xe__elf_section names;

    if (elf->section_names >= elf->sections.count)
        return;
    names = xe__loader_elf_section(elf, elf->section_names);
    if (!is_inside(elf, &names))
        return;
    for (unsigned i = 0; i < elf->sections.count; i++) {
        struct xe__elf_section s = xe__loader_elf_section(elf, i);

        if (is_inside(elf, &s) && is_called(elf, &names, &s))
            elf->image->unpacked_imports += (uint32_t)(s.size / RECORD_SIZE);
    }
}
