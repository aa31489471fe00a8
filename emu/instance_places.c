/* Places of an instance's title: function, offset, file and line. For reports alone: no byte of it
 * is state. */
#include "emu/instance_internal.h"

/* The call is before where it returns to, which may be another line, or another function behind a
 * call that never returns. */
bool xe_instance_place_of_call(const struct xe_instance *instance, xe_gva lr, struct xe_place *ret)
{
    if (lr < 4 || !instance->symbols || !xe_symbols_at(instance->symbols, lr - 4))
        return xe_instance_place(instance, lr, ret);
    if (!xe_instance_place(instance, lr - 4, ret))
        return false;
    ret->offset += 4;
    return true;
}

bool xe_instance_symbols_load(struct xe_instance *instance, const void *file, size_t size,
                              struct xe_symbols_file *ret, struct xe_error *err)
{
    if (!instance->title.loaded)
        return xe_error_set(err, XE_ERR_INSTANCE_WRONG_STATE, "no title is loaded");
    return xe_symbols_load(instance->symbols, file, size, &instance->breath, ret, err);
}
