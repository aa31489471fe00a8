/* Names and lines of a title: from the file that --symbols names, or from what lies beside the
 * title: TITLE.elf, then TITLE.map, in place of its extension. A file that isn't the title's is
 * told and passed over when it was only found, and an error when it was asked for. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

static bool is_readable(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISREG(status.st_mode) && access(path, R_OK) == 0;
}

/* One call; a private worker gets the file along. NULL: *ret_error says why, or ctl->exit. */
static json_t *load(struct ctl *ctl, const char *instance, const char *path, json_t **ret_error)
{
    *ret_error = NULL;
    if (ctl->private && !ctl_private_title(ctl, path))
        return NULL;
    return ctl_try(ctl, "debug.symbols.load",
                   json_pack("{s:s, s:s}", "instance", instance, "file", path), ret_error);
}

/* A title that is an ELF file of its own may have no names, and a daemon may have other roots. */
static bool is_silent(const char *title, const char *path, const json_t *error)
{
    const char *kind = json_string_value(json_object_get(json_object_get(error, "data"), "kind"));

    return kind && (!strcmp(kind, "path_forbidden") || !strcmp(kind, "image_not_found") ||
                    (!strcmp(kind, "image_unsupported") && !strcmp(title, path)));
}

/* false: nobody answered, and that was told. */
static bool try_found(struct ctl *ctl, const char *instance, const char *title, const char *path,
                      bool *ret_taken)
{
    json_t *error, *result = load(ctl, instance, path, &error);
    bool answered = result || error;

    *ret_taken = result != NULL;
    if (error && !is_silent(title, path, error))
        ctl_say("%s is not used: %s", path, json_string_value(json_object_get(error, "message")));
    json_decref(error);
    json_decref(result);
    return answered;
}

/* The title's path with another extension; to be freed. */
static char *beside(const char *title, const char *extension)
{
    const char *slash = strrchr(title, '/'), *dot = strrchr(slash ? slash + 1 : title, '.');
    int stem = dot ? (int)(dot - title) : (int)strlen(title);
    char *path = malloc((size_t)stem + strlen(extension) + 1);

    if (path)
        sprintf(path, "%.*s%s", stem, title, extension);
    return path;
}

static bool find(struct ctl *ctl, const char *instance, const char *title)
{
    static const char *const extensions[] = {".elf", ".map"};
    bool taken = false, ok = true;

    for (int i = 0; i < 2 && ok && !taken; i++) {
        char *path = beside(title, extensions[i]);

        if (path && is_readable(path))
            ok = try_found(ctl, instance, title, path, &taken);
        free(path);
    }
    return ok;
}

bool ctl_symbols(struct ctl *ctl, const char *instance, const char *title)
{
    json_t *error, *result;

    if (!ctl->o.symbols)
        return find(ctl, instance, title);
    if (!strcmp(ctl->o.symbols, "none"))
        return true;
    result = load(ctl, instance, ctl->o.symbols, &error);
    if (error)
        ctl_print_error(ctl, error);
    if (!result && ctl->exit == CTL_IMAGE)
        ctl->exit = CTL_RPC; /* it isn't the title that is bad */
    json_decref(error);
    json_decref(result);
    return result != NULL;
}
