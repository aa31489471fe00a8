/* The console's settings, as titles read them; config.def has their values. What it is plugged into
 * changes two, and nothing the others. */
#include "kernel/hle/hle_internal.h"

struct setting {
    uint16_t category, setting, size;
    uint32_t value;
};

static const struct setting settings[] = {
#define SETTING(category, setting, size, value, what) {category, setting, size, value},
#include "kernel/families/config.def"
#undef SETTING
};

#define SIZE_MAX_OF_ONE 0x280u

/* What depends on what the console is plugged into. Source: start-up code of titles that can't do
 * 50 Hz looks for 3 in bits 8 to 15 of the region, and at bits 22 and 23 of the flags. Guess: the
 * latter say that 60 Hz can be done, and that 50 Hz are wanted; a console with PAL settings would
 * settle it. */
static uint32_t value_of(const struct xe_kernel *kernel, const struct setting *row)
{
    if (xe_kernel_config_get(kernel)->video != XE_VIDEO_720P50)
        return row->value;
    if (row->category == 2 && row->setting == 2)
        return 0x300;
    return row->value | (row->category == 3 && row->setting == 0xA ? 0x800000 : 0);
}

/* *ret_status says what is not known, the category or the setting. */
static const struct setting *find(uint16_t category, uint16_t setting, uint32_t *ret_status)
{
    *ret_status = XE_STATUS_INVALID_PARAMETER_1;
    for (size_t i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
        if (settings[i].category != category)
            continue;
        if (settings[i].setting == setting)
            return &settings[i];
        *ret_status = XE_STATUS_INVALID_PARAMETER_2;
    }
    return NULL;
}

static uint32_t read_setting(struct xe_call *call, const struct setting *row, xe_gva buffer,
                             uint32_t room)
{
    uint8_t bytes[SIZE_MAX_OF_ONE] = {0};

    if (!buffer)
        return room ? XE_STATUS_INVALID_PARAMETER_3 : XE_STATUS_SUCCESS;
    if (room < row->size)
        return XE_STATUS_BUFFER_TOO_SMALL;
    if (row->size <= 4)
        xe_store_be32(bytes, value_of(call->kernel, row) << (32 - 8 * row->size));
    return xe_mem_write(call->mem, buffer, bytes, row->size) ? XE_STATUS_SUCCESS
                                                             : XE_STATUS_INVALID_PARAMETER_3;
}

static void ex_get_x_config_setting(struct xe_call *call)
{
    uint32_t status;
    const struct setting *row =
        find((uint16_t)xe_arg_u32(call, 0), (uint16_t)xe_arg_u32(call, 1), &status);

    if (row && xe_arg_gva(call, 4))
        xe_mem_set_u16(call->mem, xe_arg_gva(call, 4), row->size);
    if (row)
        status = read_setting(call, row, xe_arg_gva(call, 2), (uint16_t)xe_arg_u32(call, 3));
    xe_ret_status(call, status);
}

const struct xe_hle xe_hle_config[] = {
    XE_HLE(XBOXKRNL, ExGetXConfigSetting, ex_get_x_config_setting,
           "category:u16 setting:u16 buffer:ptr size:u16 required:ptr -> status"),
    XE_HLE_END,
};
