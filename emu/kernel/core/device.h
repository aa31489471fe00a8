/* The bus that memory-mapped devices sit on.
 *
 * xe/devices.def says where which device lies; a part that has one plugs it in. The bus takes the
 * pages from guest memory, finds who is meant (devices may share a page), checks sizes, swaps bytes
 * for little-endian devices, and answers, counts or refuses for those that are not there.
 * Accesses come on the instance's thread, in program order. */
#ifndef XE_KERNEL_CORE_DEVICE_H
#define XE_KERNEL_CORE_DEVICE_H

#include "kernel/core/kernel.h"
#include "xe/device.h"

struct xe_codec;
struct xe_decoder;

/* Of one device model; static. Offsets count bytes from the device's base and are multiples of the
 * access' size. A register that does not exist reads 0 and takes no store. */
struct xe_device_type {
    enum xe_device_id id;
    uint32_t sizes;     /* accesses it takes: the sum of 1, 2, 4, 8                        */
    bool little_endian; /* PCI devices: a plain load gets their value byte-swapped         */
    bool calm;          /* a load changes nothing: what it would get may be asked aside    */
    /* Of a calm device: does this register change by itself, as time passes? NULL: none does. */
    bool (*moves)(const void *self, uint32_t offset);
    uint64_t (*read)(void *self, uint32_t offset, uint32_t size);
    void (*write)(void *self, uint32_t offset, uint32_t size, uint64_t value);
    /* Its time has come, the one it asked for with xe_kernel_device_tick_at; between two
     * instructions. It asks again, or not. NULL: it has no time of its own. */
    void (*tick)(void *self, uint64_t now);
    /* May its tick make a thread run? Asked when everything is idle. NULL: no. */
    bool (*hopeful)(const void *self);
    const char *section; /* of the state, which neighbours may share; NULL: it keeps nothing   */
    void (*state)(struct xe_codec *c, void *self); /* base/codec.h                         */
    void (*destroy)(void *self);
};

/* Plug it in; self is the bus' from then on, also when that fails (false: out of memory, or there
 * is one). Before the title runs. */
bool xe_kernel_device_add(struct xe_kernel *kernel, const struct xe_device_type *type, void *self);

/* What was plugged in; NULL: nothing was. */
void *xe_kernel_device_self(const struct xe_kernel *kernel, enum xe_device_id id);
/* Have the device ticked at this interrupt time, instead of at the one it asked for before;
 * UINT64_MAX: not at all. */
void xe_kernel_device_tick_at(struct xe_kernel *kernel, enum xe_device_id id, uint64_t due);

/* families/xma.c: plug in all devices of this build; the graphics chip is there already. */
bool xe_kernel_devices_add(struct xe_kernel *kernel);
/* Likewise: who decodes XMA from now on, which is borrowed; NULL: nobody. */
void xe_kernel_decoder_set(struct xe_kernel *kernel, const struct xe_decoder *decoder);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__bus;

struct xe__bus *xe__kernel_bus_create(struct xe_kernel *kernel);
void xe__kernel_bus_destroy(struct xe__bus *bus);
/* Each device's in a section of its own; and beside, what was lacking. */
void xe__kernel_bus_state(struct xe_codec *c, struct xe_kernel *kernel);
/* Its event, for the heap of them; NULL: it has no time of its own. */
struct xe_timer *xe__kernel_bus_timer(struct xe_kernel *kernel, enum xe_device_id id);
void xe__kernel_bus_tick(struct xe_kernel *kernel, enum xe_device_id id);
bool xe__kernel_bus_hopeful(const struct xe_kernel *kernel, enum xe_device_id id);
/* A guest access faulted at this address: if that is a device's, count it when the device is not
 * there, and say so: "in the XMA decoder (context array), which is not there". false: it is not. */
bool xe__kernel_bus_faulted(struct xe_kernel *kernel, xe_gva address, bool write, char *text,
                            size_t size);

#endif
