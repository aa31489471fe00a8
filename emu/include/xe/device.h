/* Memory-mapped devices of the console, reading side for reports: which there are, and what a title
 * wanted of those that are not.
 * Owner thread: the instance's. */
#ifndef XE_DEVICE_H
#define XE_DEVICE_H

#include <stdbool.h>
#include <stdint.h>

#include "xe/coverage.h"
#include "xe/types.h"

struct xe_kernel;

enum xe_device_id {
#define DEVICE(name, text, base, size, absent) XE_DEVICE_##name,
#include "xe/devices.def"
    XE_DEVICES
};

/* An address as a place in a device. Texts are static. */
struct xe_device_place {
    enum xe_device_id device;
    const char *name;          /* "XMA decoder"                         */
    uint32_t offset;           /* from the device's base                */
    const char *register_name; /* of the word it lies in; NULL: no name */
};

/* false: no device is there on the console. */
bool xe_device_at(xe_gva address, struct xe_device_place *ret);

/* Accesses to a register of a device that this build has not, all of one direction: those that were
 * answered, and the one that a title crashed at. */
struct xe_device_lack {
    struct xe_device_place place; /* of the word */
    bool write;
    uint64_t count;
    uint32_t first_pc, first_lr, first_tid;
};
/* Visit them in the order in which each was first made. */
void xe_kernel_lacking_devices(const struct xe_kernel *kernel,
                               void (*fn)(void *ctx, const struct xe_device_lack *lack), void *ctx);

/* Visit all devices, or all registers that have a name: is it there? */
void xe_kernel_coverage_devices(const struct xe_kernel *kernel, enum xe_coverage_kind kind,
                                void (*fn)(void *ctx, const struct xe_coverage_row *row),
                                void *ctx);

#endif
