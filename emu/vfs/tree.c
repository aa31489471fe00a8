/* Children of a folder by name, as a balanced tree (AVL): finding, adding and removing take as many
 * steps as the logarithm of their number, whatever names a title chooses. */
#include "vfs/vfs_internal.h"

static int32_t height(const struct xe_vfs_node *node)
{
    return node ? node->height : 0;
}

static void measure(struct xe_vfs_node *node)
{
    int32_t left = height(node->left), right = height(node->right);

    node->height = 1 + (left > right ? left : right);
}

static struct xe_vfs_node *rotate_right(struct xe_vfs_node *node)
{
    struct xe_vfs_node *top = node->left;

    node->left = top->right;
    top->right = node;
    measure(node);
    measure(top);
    return top;
}

static struct xe_vfs_node *rotate_left(struct xe_vfs_node *node)
{
    struct xe_vfs_node *top = node->right;

    node->right = top->left;
    top->left = node;
    measure(node);
    measure(top);
    return top;
}

static struct xe_vfs_node *balance(struct xe_vfs_node *node)
{
    int32_t lean = height(node->left) - height(node->right);

    if (lean > 1) {
        if (height(node->left->left) < height(node->left->right))
            node->left = rotate_left(node->left);
        return rotate_right(node);
    }
    if (lean < -1) {
        if (height(node->right->right) < height(node->right->left))
            node->right = rotate_right(node->right);
        return rotate_left(node);
    }
    measure(node);
    return node;
}

static struct xe_vfs_node *add(struct xe_vfs_node *tree, struct xe_vfs_node *node)
{
    if (!tree)
        return node;
    if (xe_vfs_name_compare(node->entry.name, tree->entry.name) < 0)
        tree->left = add(tree->left, node);
    else
        tree->right = add(tree->right, node);
    return balance(tree);
}

/* The tree without its first node, which goes to *ret_first. */
static struct xe_vfs_node *take_first(struct xe_vfs_node *tree, struct xe_vfs_node **ret_first)
{
    if (!tree->left) {
        *ret_first = tree;
        return tree->right;
    }
    tree->left = take_first(tree->left, ret_first);
    return balance(tree);
}

static struct xe_vfs_node *take(struct xe_vfs_node *tree, const struct xe_vfs_node *node)
{
    struct xe_vfs_node *first, *rest;
    int order;

    if (!tree)
        return NULL;
    order = xe_vfs_name_compare(node->entry.name, tree->entry.name);
    if (order < 0) {
        tree->left = take(tree->left, node);
    } else if (order > 0) {
        tree->right = take(tree->right, node);
    } else {
        if (!tree->left || !tree->right)
            return tree->left ? tree->left : tree->right;
        rest = take_first(tree->right, &first);
        first->left = tree->left;
        first->right = rest;
        tree = first;
    }
    return balance(tree);
}

struct xe_vfs_node *xe__vfs_child(const struct xe_vfs_node *folder, const char *name)
{
    struct xe_vfs_node *node = folder->child;

    while (node) {
        int order = xe_vfs_name_compare(name, node->entry.name);

        if (!order)
            return node;
        node = order < 0 ? node->left : node->right;
    }
    return NULL;
}

struct xe_vfs_node *xe__vfs_child_after(const struct xe_vfs_node *folder, const char *name)
{
    struct xe_vfs_node *node = folder->child, *found = NULL;

    while (node) {
        bool after = !name || xe_vfs_name_compare(node->entry.name, name) > 0;

        if (after)
            found = node;
        node = after ? node->left : node->right;
    }
    return found;
}

void xe__vfs_child_add(struct xe_vfs_node *folder, struct xe_vfs_node *node)
{
    node->parent = folder;
    node->left = node->right = NULL;
    node->height = 1;
    folder->child = add(folder->child, node);
}

void xe__vfs_child_remove(struct xe_vfs_node *node)
{
    node->parent->child = take(node->parent->child, node);
    node->parent = node->left = node->right = NULL;
}
