/* xe360ctl jit and run --dump-jit: what runs a title, and its translations side by side with the
 * host code. Host code comes as bytes; objdump makes assembly of it where it is installed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "clients/ctl/ctl.h"

extern char **environ;

/* ---- counters -------------------------------------------------------------------------------- */

static void show_counters(FILE *out, const json_t *engine)
{
    const json_t *left = json_object_get(engine, "left");
    json_t *top = json_object_get(engine, "top"), *row;
    size_t i;

    fprintf(out, "engine=%s regions=%lld translated=%lld words=%lld code_bytes=%lld flushes=%lld",
            ctl_text_of(engine, "engine"), ctl_int_of(engine, "regions"),
            ctl_int_of(engine, "translated"), ctl_int_of(engine, "words"),
            ctl_int_of(engine, "code_bytes"), ctl_int_of(engine, "flushes"));
    fprintf(out, " invalidations=%lld faults=%lld compared=%lld\n",
            ctl_int_of(engine, "invalidations"), ctl_int_of(engine, "faults"),
            ctl_int_of(engine, "compared"));
    if (*ctl_text_of(engine, "why"))
        fprintf(out, "not %s: %s\n", ctl_text_of(engine, "asked"), ctl_text_of(engine, "why"));
    fprintf(out, "left: budget=%lld jump=%lld interpret=%lld changed=%lld\n",
            ctl_int_of(left, "budget"), ctl_int_of(left, "jump"), ctl_int_of(left, "interpret"),
            ctl_int_of(left, "changed"));
    fprintf(out, "calls=%lld%s", ctl_int_of(engine, "calls"), json_array_size(top) ? ":" : "");
    json_array_foreach(top, i, row)
        fprintf(out, " %s=%lld", ctl_text_of(row, "mnemonic"), ctl_int_of(row, "calls"));
    putc('\n', out);
}

/* ---- host assembly --------------------------------------------------------------------------- */

/* The output of objdump over all code to be shown, read as it is needed. Without one: bytes. */
struct assembly {
    FILE *lines; /* NULL: there is none */
    pid_t pid;
    unsigned long at; /* of the line at hand */
    char text[256];   /* "" at the end       */
    unsigned long shown;
};

static void next_line(struct assembly *a)
{
    char line[256], *tab;

    a->text[0] = '\0';
    while (a->lines && !a->text[0] && fgets(line, sizeof(line), a->lines)) {
        line[strcspn(line, "\n")] = '\0';
        tab = strstr(line, ":\t");
        if (tab && sscanf(line, " %lx:", &a->at) == 1)
            snprintf(a->text, sizeof(a->text), "%s", tab + 2);
    }
}

/* Bytes of hexadecimal text. */
static void put_bytes(FILE *out, const char *hex)
{
    unsigned byte;

    for (; hex[0] && hex[1] && sscanf(hex, "%2x", &byte) == 1; hex += 2)
        putc((int)byte, out);
}

static bool spawn_objdump(struct assembly *a, int code, int out)
{
    char path[32];
    char *argv[] = {(char[]){"objdump"},
                    (char[]){"-D"},
                    (char[]){"-b"},
                    (char[]){"binary"},
                    (char[]){"-m"},
                    (char[]){"i386:x86-64"},
                    (char[]){"-M"},
                    (char[]){"intel"},
                    (char[]){"-z"},
                    (char[]){"--no-show-raw-insn"},
                    path,
                    NULL};
    posix_spawn_file_actions_t files;
    bool ok;

    snprintf(path, sizeof(path), "/dev/fd/%d", code);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ok = posix_spawnp(&a->pid, "objdump", &files, NULL, argv, environ) == 0;
    posix_spawn_file_actions_destroy(&files);
    return ok;
}

static void begin_assembly(struct assembly *a, const json_t *regions)
{
    FILE *code = tmpfile();
    json_t *region, *line;
    int ends[2];
    size_t i, k;

    memset(a, 0, sizeof(*a));
    if (!code)
        return;
    json_array_foreach(regions, i, region)
    {
        json_array_foreach(json_object_get(region, "lines"), k, line)
            put_bytes(code, ctl_text_of(line, "code"));
    }
    if (fflush(code) == 0 && pipe2(ends, O_CLOEXEC) == 0) {
        if (spawn_objdump(a, fileno(code), ends[1]))
            a->lines = fdopen(ends[0], "r");
        close(ends[1]);
        if (!a->lines)
            close(ends[0]);
    }
    fclose(code);
    next_line(a);
}

static void end_assembly(struct assembly *a)
{
    if (a->lines)
        fclose(a->lines);
    if (a->pid > 0)
        waitpid(a->pid, NULL, 0);
}

static void show_code(FILE *out, struct assembly *a, const char *hex)
{
    unsigned long end = a->shown + strlen(hex) / 2;

    for (const char *at = hex; !a->text[0] && *at; at += strnlen(at, 48))
        fprintf(out, "        %6lx  %.48s\n", a->shown + (unsigned long)(at - hex) / 2, at);
    for (; a->text[0] && a->at < end; next_line(a))
        fprintf(out, "        %6lx  %s\n", a->at, a->text);
    a->shown = end;
}

/* ---- translations ---------------------------------------------------------------------------- */

static void show_region(FILE *out, struct assembly *a, const json_t *region)
{
    json_t *lines = json_object_get(region, "lines"), *line;
    size_t i;

    fprintf(out, "\ntranslation of %s: words=%lld entries=%lld code_bytes=%lld\n",
            ctl_text_of(region, "head"), ctl_int_of(region, "words"), ctl_int_of(region, "entries"),
            ctl_int_of(region, "code_bytes"));
    json_array_foreach(lines, i, line)
    {
        const char *part = ctl_text_of(line, "part");

        if (!strcmp(part, "word"))
            fprintf(out, "%s  %s  %s\n", ctl_text_of(line, "address") + 2,
                    ctl_text_of(line, "word") + 2, ctl_text_of(line, "text"));
        else if (!strcmp(part, "head"))
            fprintf(out, "%s:\n", ctl_text_of(line, "address") + 2);
        else
            fprintf(out, "off the path:\n");
        show_code(out, a, ctl_text_of(line, "code"));
    }
}

static void show_regions(FILE *out, const json_t *regions)
{
    struct assembly assembly;
    json_t *region;
    size_t i;

    begin_assembly(&assembly, regions);
    json_array_foreach(regions, i, region) show_region(out, &assembly, region);
    end_assembly(&assembly);
}

/* Takes address over; NULL: told already. */
static json_t *get_region(struct ctl *ctl, const char *instance, json_t *address)
{
    return address ? ctl_call(ctl, "debug.jit.get",
                              json_pack("{s:s, s:o}", "instance", instance, "address", address))
                   : NULL;
}

/* All translations, as debug.jit.get has them; NULL after an error. */
static json_t *all_regions(struct ctl *ctl, const char *instance)
{
    json_t *regions = json_array(), *cursor = json_null(), *item;
    size_t i;

    do {
        json_t *page = ctl_call(
            ctl, "debug.jit.list",
            json_pack("{s:s, s:i, s:o}", "instance", instance, "limit", 1000, "cursor", cursor));

        cursor = json_incref(json_object_get(page, "next_cursor"));
        json_array_foreach(json_object_get(page, "items"), i, item)
        {
            json_t *region = get_region(ctl, instance, json_incref(json_object_get(item, "head")));

            if (region)
                json_array_append_new(regions, region);
        }
        json_decref(page);
        if (!page) {
            json_decref(regions);
            return NULL;
        }
    } while (json_is_string(cursor));
    json_decref(cursor);
    return regions;
}

bool ctl_dump_jit(struct ctl *ctl, const char *instance, const char *path)
{
    json_t *engine = ctl_call(ctl, "debug.engine", json_pack("{s:s}", "instance", instance));
    json_t *regions = engine ? all_regions(ctl, instance) : NULL;
    FILE *out = regions ? fopen(path, "we") : NULL;
    bool ok = false;

    if (out) {
        show_counters(out, engine);
        show_regions(out, regions);
        ok = !ferror(out);
        ok = fclose(out) == 0 && ok;
    }
    if (regions && !ok) {
        ctl_fail("'%s' cannot be written", path);
        ctl->exit = CTL_HARNESS;
    }
    json_decref(engine);
    json_decref(regions);
    return ok;
}

int ctl_cmd_jit(struct ctl *ctl)
{
    const char *instance = ctl->o.arg[0];
    json_t *result = ctl->o.args == 2
                         ? get_region(ctl, instance, ctl_place(ctl, ctl->o.arg[1]))
                         : ctl_call(ctl, "debug.engine", json_pack("{s:s}", "instance", instance));
    json_t *regions;

    if (!result)
        return ctl->exit;
    if (ctl->o.form) {
        ctl_print(ctl, result);
    } else if (ctl->o.args == 1) {
        show_counters(stdout, result);
    } else {
        regions = json_pack("[O]", result);
        show_regions(stdout, regions);
        json_decref(regions);
    }
    json_decref(result);
    return CTL_OK;
}
