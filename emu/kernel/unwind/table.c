/* The table of functions of an image, where it lies in guest memory. A title can write there, so
 * rows are taken as they are found: a search takes as many steps as the count has bits, whatever
 * the rows say. Source: the public PE/COFF specification; doc/facts/exceptions.md, section 1. */
#include "kernel/unwind/unwind.h"

#define ROW             8u
#define ROWS_MAX        0x80000u
#define OPTIONAL_MAGIC  0x10Bu /* PE32 */
#define DIRECTORIES     92u /* in the optional header: their count, then address and size of each */
#define EXCEPTION_TABLE 3u

/* What the linker writes is little-endian, as on the machine that it ran on. */
static uint32_t le32(const struct xe_mem *mem, xe_gva at)
{
    return __builtin_bswap32(xe_mem_u32(mem, at));
}

static uint16_t le16(const struct xe_mem *mem, xe_gva at)
{
    return __builtin_bswap16(xe_mem_u16(mem, at));
}

bool xe_unwind_directory(const struct xe_mem *mem, xe_gva base, uint32_t size, uint32_t index,
                         xe_gva *ret_at, uint32_t *ret_size)
{
    uint32_t pe = le32(mem, base + 0x3C), rva, length;
    xe_gva optional = base + pe + 24;

    if (size < 0x1000 || pe > size - 0x200 || xe_mem_u16(mem, base) != 0x4D5A ||
        xe_mem_u32(mem, base + pe) != 0x50450000 || le16(mem, optional) != OPTIONAL_MAGIC ||
        index >= 16 || index >= le32(mem, optional + DIRECTORIES))
        return false;
    rva = le32(mem, optional + DIRECTORIES + 4 + 8 * index);
    length = le32(mem, optional + DIRECTORIES + 8 + 8 * index);
    if (!rva || rva >= size || length > size - rva)
        return false;
    *ret_at = base + rva;
    *ret_size = length;
    return true;
}

bool xe_unwind_table_of(const struct xe_mem *mem, xe_gva base, uint32_t size,
                        struct xe_unwind_table *ret)
{
    xe_gva at;
    uint32_t bytes;

    if (!xe_unwind_directory(mem, base, size, EXCEPTION_TABLE, &at, &bytes))
        return false;
    ret->at = at;
    ret->entries = bytes / ROW < ROWS_MAX ? bytes / ROW : ROWS_MAX;
    return true;
}

void xe_unwind_row(const struct xe_mem *mem, xe_gva entry, struct xe_unwind_function *ret)
{
    uint32_t word = xe_mem_u32(mem, entry + 4);

    *ret = (struct xe_unwind_function){.entry = entry,
                                       .begin = xe_mem_u32(mem, entry),
                                       .length = word >> 8 & 0x3FFFFF,
                                       .prologue = word & 0xFF,
                                       .kind = (enum xe_unwind_kind)(word >> 30)};
    if (ret->kind != XE_UNWIND_HANDLED)
        return;
    ret->handler = xe_mem_u32(mem, ret->begin - 8);
    ret->data = xe_mem_u32(mem, ret->begin - 4);
}

bool xe_unwind_find(const struct xe_mem *mem, const struct xe_unwind_table *table, xe_gva pc,
                    struct xe_unwind_function *ret)
{
    uint32_t low = 0, high = table->entries;

    while (low < high) { /* the first that begins behind pc; a row of zeros ends the table */
        uint32_t middle = low + (high - low) / 2;
        xe_gva begin = xe_mem_u32(mem, table->at + ROW * middle);

        if (begin && begin <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (!low)
        return false;
    xe_unwind_row(mem, table->at + ROW * (low - 1), ret);
    return !(ret->begin & 3) && ret->begin <= pc && (pc - ret->begin) / 4 < ret->length;
}
