/* Peers on the network inside of an instance: net status, listen, connect, send, hex, recv,
 * close and name. What a word or a number has to be, the API says. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clients/ctl/ctl.h"

static int usage(struct ctl *ctl, json_t *params, const char *wanted, const char *found)
{
    json_decref(params);
    ctl_fail("net: expected %s, found '%s'", wanted, found);
    ctl->exit = CTL_USAGE;
    return CTL_USAGE;
}

static bool add_number(json_t *params, const char *name, const char *text)
{
    long long value;
    char *end;

    errno = 0;
    value = strtoll(text, &end, 10);
    if (end == text || *end || errno)
        return false;
    json_object_set_new(params, name, json_integer(value));
    return true;
}

/* "4000" or "10.0.0.9:4000" to the parameters. */
static bool add_place(json_t *params, const char *port, const char *text)
{
    const char *colon = strchr(text, ':');

    if (colon)
        json_object_set_new(params, "address", json_stringn(text, (size_t)(colon - text)));
    return add_number(params, port, colon ? colon + 1 : text);
}

static json_t *params_of(const struct ctl *ctl)
{
    return json_pack("{s:s}", "instance", ctl->o.arg[1]);
}

/* ---- looking -------------------------------------------------------------------------------- */

static void show_socket(const json_t *socket)
{
    printf("%lld %s %s %s %s:%lld", ctl_int_of(socket, "socket"), ctl_text_of(socket, "side"),
           ctl_text_of(socket, "protocol"), ctl_text_of(socket, "state"),
           ctl_text_of(socket, "address"), ctl_int_of(socket, "port"));
    if (json_object_get(socket, "remote_port"))
        printf(" to %s:%lld", ctl_text_of(socket, "remote_address"),
               ctl_int_of(socket, "remote_port"));
    printf(" bytes=%lld packets=%lld came=%lld lost=%lld%s\n", ctl_int_of(socket, "bytes"),
           ctl_int_of(socket, "packets"), ctl_int_of(socket, "came"), ctl_int_of(socket, "lost"),
           json_is_true(json_object_get(socket, "ended")) ? " ended" : "");
}

static void show_status(const json_t *net)
{
    json_t *items = json_object_get(net, "items"), *socket;
    json_t *names = json_object_get(net, "names"), *name;
    size_t i;

    printf("%s cycle=%lld network=%s", ctl_text_of(net, "instance"), ctl_int_of(net, "cycle"),
           ctl_text_of(net, "network"));
    if (json_object_get(net, "address"))
        printf(" address=%s", ctl_text_of(net, "address"));
    printf(" flying=%lld\n", ctl_int_of(net, "flying"));
    json_array_foreach(items, i, socket) show_socket(socket);
    json_array_foreach(names, i, name)
    {
        printf("%s = %s\n", ctl_text_of(name, "name"), ctl_text_of(name, "address"));
    }
}

static int status(struct ctl *ctl)
{
    return ctl_show_call(ctl, "net.status", params_of(ctl), show_status);
}

static void show_came(const json_t *came)
{
    json_t *items = json_object_get(came, "items"), *item;
    size_t i;

    json_array_foreach(items, i, item)
    {
        printf("%lld %s:%lld %s\n", ctl_int_of(item, "number"), ctl_text_of(item, "address"),
               ctl_int_of(item, "port"), ctl_text_of(item, "bytes"));
    }
}

static int received(struct ctl *ctl)
{
    json_t *params = params_of(ctl);

    if (!add_number(params, "peer", ctl->o.arg[2]))
        return usage(ctl, params, "a peer's number", ctl->o.arg[2]);
    if (ctl->o.args > 3 && !add_number(params, "from", ctl->o.arg[3]))
        return usage(ctl, params, "the number of a packet", ctl->o.arg[3]);
    return ctl_show_call(ctl, "net.recv", params, show_came);
}

/* ---- acting --------------------------------------------------------------------------------- */

static void show_peer(const json_t *peer)
{
    printf("%lld\n", ctl_int_of(peer, "peer"));
}

static int listening(struct ctl *ctl)
{
    json_t *params = params_of(ctl);

    json_object_set_new(params, "protocol", json_string(ctl->o.arg[2]));
    if (!add_place(params, "port", ctl->o.arg[3]))
        return usage(ctl, params, "a port, or address:port", ctl->o.arg[3]);
    return ctl_show_call(ctl, "net.listen", params, show_peer);
}

static int connecting(struct ctl *ctl)
{
    json_t *params = params_of(ctl);

    if (!add_number(params, "port", ctl->o.arg[2]))
        return usage(ctl, params, "a port of the console", ctl->o.arg[2]);
    if (ctl->o.args > 3 && !add_place(params, "from_port", ctl->o.arg[3]))
        return usage(ctl, params, "a port, or address:port", ctl->o.arg[3]);
    return ctl_show_call(ctl, "net.connect", params, show_peer);
}

static void show_nothing(const json_t *result)
{
    (void)result;
}

/* Text as it stands to hexadecimal digits; owned. */
static json_t *digits_of(const char *text)
{
    size_t size = strlen(text);
    char *digits = malloc(2 * size + 1);
    json_t *json;

    for (size_t i = 0; digits && i < size; i++)
        snprintf(digits + 2 * i, 3, "%02x", (unsigned char)text[i]);
    json = digits && size ? json_string(digits) : json_string("");
    free(digits);
    return json;
}

/* PEER[:PORT]: a port for datagrams. */
static int sending(struct ctl *ctl)
{
    bool hex = strcmp(ctl->o.arg[0], "hex") == 0;
    const char *colon = strchr(ctl->o.arg[2], ':');
    json_t *params = params_of(ctl);
    char peer[16];

    snprintf(peer, sizeof(peer), "%.*s", colon ? (int)(colon - ctl->o.arg[2]) : 15, ctl->o.arg[2]);
    if (!add_number(params, "peer", peer) || (colon && !add_number(params, "port", colon + 1)))
        return usage(ctl, params, "a peer, or peer:port", ctl->o.arg[2]);
    json_object_set_new(params, "bytes",
                        hex ? json_string(ctl->o.arg[3]) : digits_of(ctl->o.arg[3]));
    return ctl_show_call(ctl, "net.send", params, show_nothing);
}

static int closing(struct ctl *ctl)
{
    json_t *params = params_of(ctl);

    if (!add_number(params, "peer", ctl->o.arg[2]))
        return usage(ctl, params, "a peer's number", ctl->o.arg[2]);
    return ctl_show_call(ctl, "net.close", params, show_nothing);
}

static int naming(struct ctl *ctl)
{
    json_t *params = params_of(ctl);

    json_object_set_new(params, "name", json_string(ctl->o.arg[2]));
    if (ctl->o.args > 3)
        json_object_set_new(params, "address", json_string(ctl->o.arg[3]));
    return ctl_show_call(ctl, "net.name", params, show_nothing);
}

int ctl_cmd_net(struct ctl *ctl)
{
    static const struct {
        const char *verb;
        int least, most;
        int (*run)(struct ctl *ctl);
    } verbs[] = {{"status", 2, 2, status},      {"listen", 4, 4, listening},
                 {"connect", 3, 4, connecting}, {"send", 4, 4, sending},
                 {"hex", 4, 4, sending},        {"recv", 3, 4, received},
                 {"close", 3, 3, closing},      {"name", 3, 4, naming}};

    for (size_t i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
        if (!strcmp(ctl->o.arg[0], verbs[i].verb) && ctl->o.args >= verbs[i].least &&
            ctl->o.args <= verbs[i].most)
            return verbs[i].run(ctl);
    ctl_fail("net: no such thing to do with so many arguments: '%s'", ctl->o.arg[0]);
    ctl->exit = CTL_USAGE;
    return CTL_USAGE;
}
