/* Room that is kept for files: counted against the quota, paid from when they grow, given back. */
#include <criterion/criterion.h>
#include <string.h>

#include "base/alloc.h"
#include "base/codec.h"
#include "vfs/vfs_internal.h"

#define QUOTA (1u << 20)
#define FILES 4u

static struct xe_vfs *vfs;

static struct xe_vfs *make_vfs(void)
{
    struct xe_vfs *made = xe_vfs_create(QUOTA);

    cr_assert(xe_vfs_mount(made, "\\Device\\Harddisk0\\Partition1", NULL, true, NULL));
    return made;
}

static void set_up(void)
{
    vfs = make_vfs();
}

static void tear_down(void)
{
    xe_vfs_destroy(vfs);
}

TestSuite(room, .init = set_up, .fini = tear_down);

static struct xe_vfs_node *make(const char *name)
{
    struct xe_vfs_node *node;

    cr_assert_eq(xe_vfs_make(xe_vfs_mount_at(vfs, 0)->root, name, strlen(name), XE_VFS_NORMAL, 5,
                             &node, NULL),
                 XE_VFS_OK);
    return node;
}

Test(room, that_is_kept_is_no_others)
{
    struct xe_vfs_node *one = make("one"), *other = make("other");
    uint64_t used = xe_vfs_used(vfs), left = (QUOTA - used) / XE_VFS_BLOCK * XE_VFS_BLOCK;

    cr_assert_eq(xe_vfs_reserve(one, left), XE_VFS_OK);
    cr_assert_eq(one->entry.size, 0);
    cr_assert_eq(xe_vfs_used(vfs), used + left);
    cr_assert_eq(xe_vfs_write(other, 0, "a", 1, 7, NULL), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_reserve(other, XE_VFS_BLOCK), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_reserve(one, left + XE_VFS_BLOCK), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_write(one, left - 1, "a", 1, 7, NULL), XE_VFS_OK, "it is its own");
    cr_assert_eq(xe_vfs_resize(one, 0, 7), XE_VFS_OK);
    cr_assert_eq(xe_vfs_used(vfs), used, "what is cut is kept no more");
    cr_assert_eq(xe_vfs_reserve(one, left), XE_VFS_OK);
    cr_assert_eq(xe_vfs_reserve(one, 0), XE_VFS_OK);
    cr_assert_eq(xe_vfs_used(vfs), used);
    cr_assert_eq(xe_vfs_reserve(one, UINT64_MAX), XE_VFS_FULL);
    cr_assert_eq(xe_vfs_reserve(one, left), XE_VFS_OK);
    xe_vfs_unref(other);
    cr_assert_eq(xe_vfs_remove(one, 6, NULL), XE_VFS_OK);
    xe_vfs_unref(one);
    cr_assert_eq(xe_vfs_used(vfs), XE__VFS_NODE_COST, "a file that is gone keeps nothing");
}

/* ---- whatever is done ------------------------------------------------------------------------ */

static uint64_t counted(struct xe_vfs *of)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < of->numbered.capacity; i++) {
        const struct xe_vfs_node *node = of->numbered.slot[i].value;

        if (node)
            sum += (node->touched ? XE__VFS_NODE_COST : 0) +
                   (uint64_t)node->blocks.used * XE_VFS_BLOCK + xe__vfs_kept(node);
    }
    return sum;
}

static void change(struct xe_vfs_node *node, uint32_t random)
{
    uint64_t where = (random >> 4) % (QUOTA + 2 * XE_VFS_BLOCK);

    switch (random % 4) {
    case 0:
        xe_vfs_reserve(node, where);
        break;
    case 1:
        xe_vfs_resize(node, where, 7);
        break;
    case 2:
        xe_vfs_write(node, where, "abc", 3, 7, NULL);
        break;
    default:
        xe_vfs_reserve(node, 0);
    }
}

/* As it is saved: another that loads it counts the same. */
static void expect_the_same_loaded(void)
{
    struct xe_vfs *other = make_vfs();
    struct xe_codec c;
    uint8_t *bytes;
    size_t size;

    xe_codec_init_save(&c);
    xe_codec_section(&c, "files");
    xe_vfs_state(&c, vfs);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    bytes = xe_codec_take(&c, &size);
    xe_codec_fini(&c);
    xe_codec_init_load(&c, bytes, size);
    xe_codec_section(&c, "files");
    xe_vfs_state(&c, other);
    cr_assert(xe_codec_end(&c), "%s", c.error.text);
    xe_codec_fini(&c);
    xe_free(bytes);
    cr_expect_eq(xe_vfs_used(other), xe_vfs_used(vfs));
    cr_expect_eq(counted(other), counted(vfs));
    xe_vfs_destroy(other);
}

Test(room, is_counted_whatever_is_done)
{
    static const char *const name[FILES] = {"a", "b", "c", "d"};
    struct xe_vfs_node *node[FILES];
    uint32_t random = 1;

    for (uint32_t i = 0; i < FILES; i++)
        node[i] = make(name[i]);
    for (uint32_t i = 0; i < 20000; i++) {
        random = random * 1664525 + 1013904223;
        change(node[random >> 30], random >> 2);
        cr_assert_eq(xe_vfs_used(vfs), counted(vfs), "step %u", i);
        cr_assert_leq(xe_vfs_used(vfs), QUOTA);
        if (i % 4000 == 0)
            expect_the_same_loaded();
    }
    for (uint32_t i = 0; i < FILES; i++)
        xe_vfs_unref(node[i]);
}
