#include "build_elf.h"

#include <string.h>

#include "xe/types.h"

enum { NAMES_SIZE = 0x20 };

/* Fields are written one behind the other; words are 4 or 8 bytes by class. */
struct out {
    uint8_t *at;
    bool wide;
};

static void half(struct out *o, uint16_t value)
{
    xe_store_be16(o->at, value);
    o->at += 2;
}

static void full(struct out *o, uint32_t value)
{
    xe_store_be32(o->at, value);
    o->at += 4;
}

static void word(struct out *o, uint64_t value)
{
    if (o->wide)
        full(o, (uint32_t)(value >> 32));
    full(o, (uint32_t)value);
}

static void header(uint8_t *file, bool wide, uint32_t entry, uint32_t flags)
{
    struct out o = {.at = file + 16, .wide = wide};

    memcpy(file, "\177ELF", 4);
    file[4] = wide ? 2 : 1;
    file[5] = 2;
    file[6] = 1;
    half(&o, 2);
    half(&o, wide ? 21 : 20);
    full(&o, 1);
    word(&o, entry);
    word(&o, BUILD_ELF_SEGMENTS);
    word(&o, BUILD_ELF_SECTIONS);
    full(&o, flags);
    half(&o, wide ? 64 : 52);
    half(&o, wide ? 56 : 32);
    half(&o, 2);
    half(&o, wide ? 64 : 40);
    half(&o, 3);
}

static void segment(struct out *o, uint32_t flags, uint32_t at, uint32_t address, uint32_t size)
{
    full(o, 1);
    if (o->wide)
        full(o, flags);
    word(o, at);
    word(o, address);
    word(o, address);
    word(o, 0x100);
    word(o, size);
    if (!o->wide)
        full(o, flags);
    word(o, 0x10000);
}

static void section(struct out *o, uint32_t type, uint32_t at, uint32_t size, uint32_t link,
                    uint32_t entry_size)
{
    full(o, 0);
    full(o, type);
    word(o, 0);
    word(o, 0);
    word(o, at);
    word(o, size);
    full(o, link);
    full(o, 0);
    word(o, 1);
    word(o, entry_size);
}

static void symbol(struct out *o, uint32_t name, uint32_t address, uint8_t type)
{
    full(o, name);
    if (o->wide) {
        half(o, (uint16_t)(type << 8));
        half(o, 1);
        word(o, address);
        word(o, 8);
    } else {
        full(o, address);
        full(o, 8);
        half(o, (uint16_t)(type << 8));
        half(o, 1);
    }
}

void build_elf(enum build_elf_kind kind, uint8_t ret_file[BUILD_ELF_SIZE])
{
    bool wide = kind != BUILD_ELF32;
    struct out o = {.wide = wide};

    memset(ret_file, 0, BUILD_ELF_SIZE);
    header(ret_file, wide, kind == BUILD_ELF64_V1 ? 0x82010300 : 0x82000204,
           kind == BUILD_ELF64_V2 ? 2 : 0);
    o.at = ret_file + BUILD_ELF_SEGMENTS;
    segment(&o, 5, BUILD_ELF_CODE, 0x82000200, 0x100);
    segment(&o, 6, BUILD_ELF_DATA, 0x82010300, 0x1000);
    o.at = ret_file + BUILD_ELF_SECTIONS;
    section(&o, 0, 0, 0, 0, 0);
    section(&o, 2, BUILD_ELF_SYMBOLS, (wide ? 24 : 16) * 4, 2, wide ? 24 : 16);
    section(&o, 3, BUILD_ELF_NAMES, NAMES_SIZE, 0, 0);
    xe_store_be32(ret_file + BUILD_ELF_CODE + 4, 0x4E800020);
    xe_store_be64(ret_file + BUILD_ELF_DATA, 0x82000204);
    xe_store_be64(ret_file + BUILD_ELF_DATA + 8, 0x82018000);
    o.at = ret_file + BUILD_ELF_SYMBOLS;
    symbol(&o, 0, 0, 0);
    symbol(&o, 7, 0x82010310, 1);  /* "counter" */
    symbol(&o, 1, 0x82000204, 2);  /* "start"   */
    symbol(&o, 15, 0x12345678, 0); /* outside  */
    memcpy(ret_file + BUILD_ELF_NAMES, "\0start\0counter\0outside", 23);
}
