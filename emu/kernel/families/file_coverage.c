/* Which information classes and control codes of files there are. */
#include "kernel/families/file.h"

struct known {
    uint32_t number;
    const char *name, *lacks;
};

#define FILE_CLASS(number, name, lacks)
#define VOLUME_CLASS(number, name, lacks)
#define CONTROL_CODE(number, name, lacks)
#undef FILE_CLASS
#define FILE_CLASS(number, name, lacks) {number, #name, lacks},
static const struct known file_classes[] = {
#include "kernel/families/file_classes.def"
};
#undef FILE_CLASS
#define FILE_CLASS(number, name, lacks)
#undef VOLUME_CLASS
#define VOLUME_CLASS(number, name, lacks) {number, #name, lacks},
static const struct known volume_classes[] = {
#include "kernel/families/file_classes.def"
};
#undef VOLUME_CLASS
#define VOLUME_CLASS(number, name, lacks)
#undef CONTROL_CODE
#define CONTROL_CODE(number, name, lacks) {number, #name, lacks},
static const struct known control_codes[] = {
#include "kernel/families/file_classes.def"
};

static const struct {
    enum xe_coverage_kind kind;
    const char *module;
    const struct known *known;
    size_t count;
    bool (*has)(uint32_t number);
} tables[] = {
    {XE_COVERAGE_CLASSES, "file", file_classes, sizeof(file_classes) / sizeof(struct known),
     xe__kernel_file_has_class},
    {XE_COVERAGE_CLASSES, "volume", volume_classes, sizeof(volume_classes) / sizeof(struct known),
     xe__kernel_file_has_volume_class},
    {XE_COVERAGE_IOCTLS, "", control_codes, sizeof(control_codes) / sizeof(struct known),
     xe__kernel_file_has_control},
};

void xe_kernel_coverage_files(void (*fn)(void *ctx, const struct xe_coverage_row *row), void *ctx)
{
    for (size_t t = 0; t < sizeof(tables) / sizeof(tables[0]); t++)
        for (size_t i = 0; i < tables[t].count; i++) {
            const struct known *known = &tables[t].known[i];
            struct xe_coverage_row row = {.kind = tables[t].kind,
                                          .module = tables[t].module,
                                          .number = known->number,
                                          .name = known->name,
                                          .lacks = known->lacks};

            if (!tables[t].has(known->number))
                row.state = XE_COVERAGE_MISSING;
            else if (known->lacks)
                row.state = XE_COVERAGE_PARTIAL;
            fn(ctx, &row);
        }
}
