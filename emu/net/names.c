/* Names that the title can look up: those that came from outside, each with an address. */
#include <string.h>
#include <strings.h>

#include "base/codec.h"
#include "net/net_internal.h"

static struct xe_net_name *find(struct xe_net *net, const char *text)
{
    for (uint32_t i = 0; i < net->names; i++)
        if (strcasecmp(net->name[i].text, text) == 0)
            return &net->name[i];
    return NULL;
}

static uint32_t forget(struct xe_net *net, struct xe_net_name *name)
{
    if (!name)
        return XE_NET_EINVAL;
    memmove(name, name + 1, (size_t)(&net->name[--net->names] - name) * sizeof(*name));
    memset(&net->name[net->names], 0, sizeof(*name));
    return 0;
}

bool xe_net_name_is(const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return size && size < XE_NET_NAME;
}

uint32_t xe_net_name_set(struct xe_net *net, const char *text, uint32_t address)
{
    struct xe_net_name *name = find(net, text);

    if (!xe_net_name_is(text, strlen(text)))
        return XE_NET_EINVAL;
    if (!address)
        return forget(net, name);
    if (!name && net->names == XE_NET_NAMES)
        return XE_NET_ENOBUFS;
    if (!name) {
        name = &net->name[net->names++];
        memcpy(name->text, text, strlen(text));
    }
    name->address = address;
    return 0;
}

uint32_t xe_net_lookup(const struct xe_net *net, const char *text)
{
    const struct xe_net_name *name = find((struct xe_net *)(uintptr_t)net, text);

    return name ? name->address : 0;
}

void xe_net_names(const struct xe_net *net, void (*fn)(void *ctx, const struct xe_net_name *name),
                  void *ctx)
{
    for (uint32_t i = 0; i < net->names; i++)
        fn(ctx, &net->name[i]);
}

void xe__net_name_state(struct xe_codec *c, struct xe_net_name *name)
{
    XE_CODEC(c, name->address);
    xe_codec_bytes(c, "text", name->text, sizeof(name->text));
    xe_codec_want(
        c, !name->text[sizeof(name->text) - 1] && xe_net_name_is(name->text, strlen(name->text)),
        "a name that is none");
}
