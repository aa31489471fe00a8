/* What titles of files share: opening by name, and the structures that this takes. */
#ifndef XE_TITLE_FILES_H
#define XE_TITLE_FILES_H

#include <xe360/files.h>

#include "check.h"

static struct ansi_string name_string;
static struct object_attributes name_attributes;
static struct io_status_block done;

static struct ansi_string text_of(const char *text)
{
    struct ansi_string string = {0, 0, (char *)text};

    while (text[string.length])
        string.length++;
    string.maximum_length = string.length + 1;
    return string;
}

static struct object_attributes *named(const char *name)
{
    name_string = text_of(name);
    name_attributes = (struct object_attributes){ROOT_DOS_DEVICES, &name_string, 0x40};
    return &name_attributes;
}

static NTSTATUS create(const char *name, HANDLE *file, u32 access, u32 share, u32 disposition,
                       u32 options)
{
    *file = 0;
    return NtCreateFile(file, access, named(name), &done, NULL, 0, share, disposition, options);
}

/* For reading and writing, alone, waiting for what is asked. */
static inline HANDLE make(const char *name)
{
    HANDLE file;

    CHECK(create(name, &file, GENERIC_READ | GENERIC_WRITE | ACCESS_DELETE | ACCESS_SYNC, 0,
                 FILE_OVERWRITE_IF, OPTION_SYNC | OPTION_NO_FOLDER) == 0);
    return file;
}

static inline int same(const char *a, const char *b, u32 n)
{
    while (n > 0 && a[n - 1] == b[n - 1])
        n--;
    return n == 0;
}

#endif
