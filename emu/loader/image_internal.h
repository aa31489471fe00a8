/* What the parsers of this folder share: limits, one way to report a bad field, cheap bounds. */
#ifndef XE_LOADER_IMAGE_INTERNAL_H
#define XE_LOADER_IMAGE_INTERNAL_H

#include "xe/image.h"

/* No title is larger: the console has 512 MiB, and heaps, stacks and the system want theirs. */
#ifndef XE__IMAGE_MAX
#define XE__IMAGE_MAX 0x10000000u
#endif

#define XE__IMAGE_SMALL_PAGE 0x1000u
#define XE__IMAGE_LARGE_PAGE 0x10000u

/* Guest page protections, as NtAllocateVirtualMemory takes them.
 * Source: the NT page protection constants, which the console keeps. */
#define XE__PROTECT_READONLY          0x02u
#define XE__PROTECT_READWRITE         0x04u
#define XE__PROTECT_EXECUTE_READ      0x20u
#define XE__PROTECT_EXECUTE_READWRITE 0x40u

/* Report "offset 0x10: FIELD is 0x2000, expected ..." as XE_ERR_IMAGE_CORRUPT. Returns false. */
bool xe__loader_image_corrupt(struct xe_error *err, size_t offset, const char *field,
                              uint64_t found, const char *expected, ...)
    __attribute__((format(printf, 5, 6)));
bool xe__loader_image_no_memory(struct xe_error *err, size_t wanted);

/* Free what an image owns, and not the image. */
void xe__loader_image_fini(struct xe_image *image);

/* Does [address, address + size) lie inside the image? */
bool xe__loader_image_has(const struct xe_image *image, xe_gva address, uint64_t size);

/* The bytes at an address that xe__loader_image_has. */
uint8_t *xe__loader_image_at(const struct xe_image *image, xe_gva address);

/* The section that holds an address, or NULL. */
const struct xe_image_section *xe__loader_image_section(const struct xe_image *image,
                                                        xe_gva address);

/* Fill kind and protect of a section. */
void xe__loader_image_section_kind(struct xe_image_section *section, bool code, bool writable);

/* Copy at most ret_size - 1 bytes up to a NUL; what is not printable ASCII becomes '?'. */
void xe__loader_image_copy_text(char *ret_text, size_t ret_size, const uint8_t *bytes, size_t size);

/* Parsers, one per magic; they fill an image whose hash and file size are set. */
bool xe__loader_xex_parse(const uint8_t *file, size_t size, struct xe_image *image,
                          const struct xe_image_options *options, const struct xe_breath *breath,
                          struct xe_error *err);
bool xe__loader_elf_parse(const uint8_t *file, size_t size, struct xe_image *image,
                          const struct xe_breath *breath, struct xe_error *err);

#endif
