/* Any bytes as what titles do with names: lines, of each the first byte is what is done, the rest a
 * path. Whatever they say, what is found lies below its root and is found again by the path that it
 * is said to have, nothing takes more than the quota, and when all is closed all can be taken back.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/fuzz.h"
#include "vfs/vfs.h"

#define QUOTA  (1u << 20)
#define HELD   8
#define LINES  64
#define DEVICE "\\Device\\Harddisk0\\Partition1"

const int fuzz_rounds = 3000;

/* ---- a source without end: each folder has two folders and two files ------------------------- */

static const char *const names[] = {"a", "B", "c.txt", "d"};

static void entry_of(uint64_t folder, uint64_t i, struct xe_vfs_entry *ret)
{
    *ret = (struct xe_vfs_entry){.id = folder * 5 + i + 1,
                                 .attributes = i < 2 ? XE_VFS_FOLDER : XE_VFS_NORMAL,
                                 .size = i < 2 ? 0 : 10};
    memcpy(ret->name, names[i], strlen(names[i]) + 1);
}

static enum xe_vfs_result find(struct xe_vfs_source *source, uint64_t folder, const char *name,
                               size_t length, struct xe_vfs_entry *ret, struct xe_error *err)
{
    char text[XE_VFS_NAME_MAX + 1] = "";

    (void)source, (void)err;
    memcpy(text, name, length);
    for (uint64_t i = 0; i < 4; i++)
        if (!xe_vfs_name_compare(text, names[i])) {
            entry_of(folder, i, ret);
            return XE_VFS_OK;
        }
    return XE_VFS_NONE;
}

static enum xe_vfs_result next(struct xe_vfs_source *source, uint64_t folder, const char *after,
                               struct xe_vfs_entry *ret, struct xe_error *err)
{
    (void)source, (void)err;
    for (uint64_t i = 0; i < 4; i++)
        if (!after || xe_vfs_name_compare(names[i], after) > 0) {
            entry_of(folder, i, ret);
            return XE_VFS_OK;
        }
    return XE_VFS_NONE;
}

static enum xe_vfs_result read_file(struct xe_vfs_source *source, uint64_t file, uint64_t offset,
                                    void *buffer, size_t n, size_t *ret_got, struct xe_error *err)
{
    (void)source, (void)file, (void)err;
    *ret_got = offset >= 10 ? 0 : n < 10 - offset ? n : (size_t)(10 - offset);
    memset(buffer, 'x', *ret_got);
    return XE_VFS_OK;
}

static void close_source(struct xe_vfs_source *source)
{
    (void)source;
}

static const struct xe_vfs_source_type type = {
    .name = "endless", .find = find, .next = next, .read = read_file, .close = close_source};
static struct xe_vfs_source endless = {&type};

/* ---- what is done ---------------------------------------------------------------------------- */

static struct xe_vfs *vfs;
static struct xe_vfs_node *held[HELD];
static char path[(XE_VFS_NAME_MAX + 1) * (XE_VFS_DEPTH + 1) + 2];

static void must(bool good)
{
    if (!good)
        abort();
}

/* It has good names up to its root, and is found by them. */
static void check(struct xe_vfs_node *node)
{
    struct xe_vfs_node *again;

    for (const struct xe_vfs_node *at = node; at != node->mount->root; at = at->parent) {
        if (!at->parent)
            return; /* it has lost its name */
        must(xe_vfs_name_is_valid(at->entry.name, strlen(at->entry.name)));
        must(at->depth == at->parent->depth + 1 && at->depth <= XE_VFS_DEPTH);
    }
    xe_vfs_path(node, path, sizeof(path));
    must(xe_vfs_open(node->mount->root, path, &again, NULL) == XE_VFS_OK && again == node);
    xe_vfs_unref(again);
}

static void let_go(size_t i)
{
    if (held[i])
        xe_vfs_unref(held[i]);
    held[i] = NULL;
}

static void hold(size_t i, struct xe_vfs_node *node)
{
    check(node);
    let_go(i);
    held[i] = node;
}

static void make_or_move(char op, size_t i, struct xe_vfs_node *from, const char *text)
{
    struct xe_vfs_node *folder, *node;
    const char *name;
    size_t length;

    if (xe_vfs_open_parent(from, text, &folder, &name, &length, NULL) != XE_VFS_OK)
        return;
    must(xe_vfs_name_is_valid(name, length));
    if (op == 'r' && held[i] && xe_vfs_rename(held[i], folder, name, length, 1, NULL) == XE_VFS_OK)
        check(held[i]);
    else if (op != 'r' && xe_vfs_make(folder, name, length, op == 'f' ? XE_VFS_FOLDER : 0, 1, &node,
                                      NULL) == XE_VFS_OK)
        hold(i, node);
    xe_vfs_unref(folder);
}

static void list(struct xe_vfs_node *folder, const char *pattern)
{
    char after[XE_VFS_NAME_MAX + 1] = "";
    struct xe_vfs_entry entry;

    for (int i = 0; i < 16; i++) {
        if (xe_vfs_next(folder, *after ? after : NULL, &entry, NULL) != XE_VFS_OK)
            return;
        must(xe_vfs_name_compare(entry.name, after) > 0);
        xe_vfs_pattern_fits(pattern, entry.name);
        memcpy(after, entry.name, sizeof(after));
    }
}

static void one(const char *line)
{
    size_t i = (uint8_t)line[0] % HELD;
    struct xe_vfs_mount *mount = NULL;
    struct xe_vfs_node *node, *from;
    const char *rest = line + 2;

    if (!line[0] || !line[1])
        return;
    if (*rest == '@') { /* a whole name */
        mount = xe_vfs_mount_of(vfs, rest + 1, &rest);
        if (!mount)
            return;
    }
    from = mount ? mount->root : xe_vfs_mount_at(vfs, 0)->root;
    if (!mount && held[(i + 1) % HELD])
        from = held[(i + 1) % HELD];
    if (line[1] == 'o' && xe_vfs_open(from, rest, &node, NULL) == XE_VFS_OK)
        hold(i, node);
    else if (line[1] == 'r' || line[1] == 'm' || line[1] == 'f')
        make_or_move(line[1], i, from, rest);
    else if (line[1] == 'd' && held[i])
        xe_vfs_remove(held[i], 1, NULL);
    else if (line[1] == 'w' && held[i] && !(held[i]->entry.attributes & XE_VFS_FOLDER))
        xe_vfs_write(held[i], (uint64_t)strlen(rest) << 12, rest, strlen(rest), 1, NULL);
    else if (line[1] == 'l' && from->entry.attributes & XE_VFS_FOLDER)
        list(from, rest);
    else if (line[1] == 'c')
        let_go(i);
    must(xe_vfs_used(vfs) <= QUOTA);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(1, size + 1), *line = text;

    vfs = xe_vfs_create(QUOTA);
    must(text && vfs && xe_vfs_mount(vfs, DEVICE, &endless, true, NULL) &&
         xe_vfs_mount(vfs, "\\Device\\Mass0", NULL, true, NULL));
    memcpy(text, data, size);
    for (int i = 0; i < LINES && line < text + size; i++) {
        line[strcspn(line, "\n")] = '\0';
        one(line);
        line += strlen(line) + 1;
    }
    for (size_t i = 0; i < HELD; i++)
        let_go(i);
    must(!xe_vfs_reset_hindered(vfs) && xe_vfs_reset(vfs) && xe_vfs_used(vfs) == 0);
    xe_vfs_destroy(vfs);
    free(text);
    return 0;
}

uint8_t *fuzz_seed(unsigned i, size_t *ret_size)
{
    static const char *const seeds[] = {
        "0oa\\b\\c.txt\n1oA\\..\\c.txt\n1oa\\\\b\n2o\\a\\\n3o.\n4ofolder:a\n",
        "0ma\\new\n0wbytes\n1oa\\NEW\n1r\\b\\moved\n0d\n1c\n2fa\\b\\x\n3ma\\b\\x\\y\n2d\n",
        "0oa\n0r\\b\\a\n1o\\b\\a\\a\\c.txt\n1w12345678\n0ra\\a\n1d\n4l*.txt\n4l?*.*\n",
        "0o@\\device\\HARDDISK0\\partition1\\a\n1o@\\Device\\Mass0\\x\n1m@\\Device\\Mass0\\x\n"
        "2o@\\Device\\Mass01\\x\n1o@\\Device\\Harddisk0\n1d\n",
    };

    if (i == sizeof(seeds) / sizeof(seeds[0]))
        return NULL;
    *ret_size = strlen(seeds[i]);
    return (uint8_t *)strdup(seeds[i]);
}
