/* NTSTATUS to Win32 error codes, as RtlNtStatusToDosError has them; the rows are in dos_error.def.
 * Source for what is no row: doc/facts/kernel-calls.md, section 6, and Microsoft's documentation of
 * the call (ERROR_MR_MID_NOT_FOUND for what has no equivalent). */
#include <stdlib.h>

#include "kernel/hle/hle_internal.h"

#define ERROR_MR_MID_NOT_FOUND 317u

struct row {
    uint32_t status, error;
};

static const struct row rows[] = {
#define DOS_ERROR(status, error, name) {status, error},
#include "kernel/families/dos_error.def"
#undef DOS_ERROR
};

static int by_status(const void *a, const void *b)
{
    const uint32_t *status = a;
    const struct row *row = b;

    return *status < row->status ? -1 : *status > row->status;
}

uint32_t xe__kernel_dos_error(uint32_t status)
{
    const struct row *row;

    if (!status || status & 0x20000000)
        return status;
    if (status >> 28 == 0xD)
        status -= 0x10000000;
    if ((status & 0xFFFF0000) == 0x80070000 || (status & 0xFFFF0000) == 0xC0010000)
        return status & 0xFFFF;
    row = bsearch(&status, rows, sizeof(rows) / sizeof(rows[0]), sizeof(rows[0]), by_status);
    return row ? row->error : ERROR_MR_MID_NOT_FOUND;
}
