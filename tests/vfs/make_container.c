/* make_container KIND OUT NAME=FILE...: a container with these files (NAME=@SIZE: so many zeros).
 * KIND is gdfx, stfs, fatx, more (a package of more content for a title of ours) or svod; the
 * latter's data files go to the folder OUT.data. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "build.h"

#define FILES_MAX 64

/* For titles of the SDK. */
static const struct build_package more = {"LIVE", 0x971A, 2, 0x58450001, "More"};

static void need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(1);
}

static void read_file(struct build_file *file, const char *path)
{
    FILE *in = fopen(path, "rb");
    uint8_t *bytes;
    long size;

    need(in && !fseek(in, 0, SEEK_END), path);
    size = ftell(in);
    bytes = malloc((size_t)size + 1);
    rewind(in);
    need(fread(bytes, 1, (size_t)size, in) == (size_t)size, path);
    fclose(in);
    file->bytes = bytes;
    file->size = (uint64_t)size;
}

static void take_file(struct build_file *file, char *word)
{
    char *equals = strchr(word, '=');

    file->path = word;
    if (!equals)
        return;
    *equals = '\0';
    if (equals[1] == '@')
        file->size = strtoull(equals + 2, NULL, 0);
    else
        read_file(file, equals + 1);
}

/* As sparse as it was made. */
static void write_built(const struct built *built, const char *path)
{
    static const uint8_t zeros[0x1000];
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);

    need(fd >= 0 && !ftruncate(fd, (off_t)built->size), path);
    for (off_t at = lseek(built->fd, 0, SEEK_DATA); at >= 0 && (uint64_t)at < built->size;
         at = lseek(built->fd, at, SEEK_DATA)) {
        uint64_t left = built->size - (uint64_t)at;
        size_t n = left < sizeof(zeros) ? (size_t)left : sizeof(zeros);

        if (memcmp(built->bytes + at, zeros, n))
            need(pwrite(fd, built->bytes + at, n, at) == (ssize_t)n, path);
        at += (off_t)n;
    }
    close(fd);
}

static void write_svod(const struct built_svod *svod, const char *out)
{
    char path[4096];

    write_built(&svod->head, out);
    snprintf(path, sizeof(path), "%s.data", out);
    mkdir(path, 0755);
    for (size_t i = 0; i < svod->count; i++) {
        snprintf(path, sizeof(path), "%s.data/Data%04zu", out, i);
        write_built(&svod->data[i], path);
    }
}

int main(int argc, char **argv)
{
    struct build_file files[FILES_MAX] = {0};
    struct built_svod svod;
    struct built built;
    size_t count = 0;

    if (argc < 4 || argc > FILES_MAX + 3) {
        fprintf(
            stderr,
            "usage: make_container gdfx|stfs|fatx|more|svod OUT NAME=FILE|NAME=@SIZE|FOLDER/...\n");
        return 2;
    }
    for (int i = 3; i < argc; i++)
        take_file(&files[count++], argv[i]);
    if (!strcmp(argv[1], "stfs"))
        build_stfs(&built, &build_plain, 0, files, count);
    else if (!strcmp(argv[1], "more"))
        build_stfs(&built, &more, 0, files, count);
    else if (!strcmp(argv[1], "fatx"))
        build_fatx(&built, files, count, 0, &(struct build_disk){0x4000000, 0x20, true});
    else
        build_gdfx(&built, files, count, 0);
    if (strcmp(argv[1], "svod")) {
        write_built(&built, argv[2]);
    } else {
        build_svod(&svod, &build_plain, BUILD_SVOD_DISC, &built);
        write_svod(&svod, argv[2]);
    }
    for (size_t i = 0; i < count; i++)
        free((void *)files[i].bytes);
    return 0;
}
