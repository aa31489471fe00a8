/* Imports from other libraries than the kernel's, and what a library of one's own needs.
 *
 * XE_IMPORT(3, 7, answer) makes the function `answer`, declared as usual, the seventh export of the
 * library that xe360-mkxex is told of first: --import-from=other.dll; 4 is the second, and so on.
 * XE_IMPORT_DATA is the same for a variable: its address is *__imp_NAME. A library is linked with
 * --entry=DllMain and packed with --title-library, --export=1=SYMBOL and so on. */
#ifndef XE360_MODULE_H
#define XE360_MODULE_H

#include <xe360/types.h>

enum { DLL_PROCESS_DETACH, DLL_PROCESS_ATTACH, DLL_THREAD_ATTACH, DLL_THREAD_DETACH };

/* The entry: what is returned counts for DLL_PROCESS_ATTACH only; 0 is no. */
u32 DllMain(void *module, u32 reason, void *reserved);

/* LDR_DATA_TABLE_ENTRY, which a module's handle points to, as far as it is known. */
struct ldr_entry {
    struct list_entry load_links, closure_links, init_links;
    void *nt_headers, *image_base;
    u32 image_size;
    struct {
        u16 length, maximum;
        u16 *buffer;
    } full_name, base_name;
    u32 flags, full_size;
    void *entry;
    u16 load_count, index;
    void *original_base;
    u32 check_sum, load_flags, time_stamp;
    void *imports, *xex_headers;
};

#define XE_IMPORT(library, ordinal, name)                                                          \
    __asm__(".section .xe.thunk." #name ", \"ax\", @progbits\n"                                    \
            ".balign 4\n.globl " #name "\n.type " #name ", @function\n" #name ":\n"                \
            ".long 0x01000000 | " #ordinal ", 0x02000000 | " #ordinal                              \
            ", 0x7D6903A6, 0x4E800420\n.size " #name ", 16\n"                                      \
            ".section .xe.slot." #name ", \"aw\", @progbits\n"                                     \
            ".balign 4\n__imp_" #name ":\n.long " #ordinal "\n"                                    \
            ".section .xe.import." #name ", \"ao\", @progbits, .xe.thunk." #name "\n"              \
            ".long " #library ", " #ordinal ", __imp_" #name ", " #name "\n.previous")

#define XE_IMPORT_DATA(library, ordinal, name)                                                     \
    __asm__(".section .xe.slot." #name ", \"aw\", @progbits\n"                                     \
            ".balign 4\n.globl __imp_" #name "\n__imp_" #name ":\n.long " #ordinal "\n"            \
            ".section .xe.import." #name ", \"ao\", @progbits, .xe.slot." #name "\n"               \
            ".long " #library ", " #ordinal ", __imp_" #name ", 0\n.previous")

NTSTATUS XexLoadImage(const char *name, u32 flags, u32 version, void **module);
NTSTATUS XexLoadImageFromMemory(const void *bytes, u32 size, const char *name, u32 flags,
                                u32 version, void **module);
NTSTATUS XexUnloadImage(void *module);
void XexUnloadImageAndExitThread(void *module, u32 code);
void *XexPcToFileHeader(const void *pc, void **module);

#define LOAD_TITLE_LIBRARY  9u
#define LOAD_SYSTEM_LIBRARY 8u

#endif
