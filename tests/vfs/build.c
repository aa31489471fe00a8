#include "build.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <gcrypt.h>

static void need(bool good, const char *what)
{
    if (good)
        return;
    perror(what);
    exit(99);
}

void built_begin(struct built *built, uint64_t room)
{
    built->fd = memfd_create("container", MFD_CLOEXEC);
    built->room = room;
    built->size = 0;
    need(built->fd >= 0 && !ftruncate(built->fd, (off_t)room), "container");
    built->bytes =
        mmap(NULL, room, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, built->fd, 0);
    need(built->bytes != MAP_FAILED, "container");
}

int built_fd(const struct built *built)
{
    int fd = dup(built->fd);

    need(fd >= 0 && !ftruncate(fd, (off_t)built->size), "container");
    return fd;
}

void built_fini(struct built *built)
{
    munmap(built->bytes, built->room);
    close(built->fd);
}

void build_be32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> (24 - 8 * i));
}

void build_le32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        at[i] = (uint8_t)(value >> 8 * i);
}

void build_sha1(const uint8_t *bytes, size_t size, uint8_t *ret)
{
    gcry_md_hash_buffer(GCRY_MD_SHA1, ret, bytes, size);
}

/* ---- heads of packages ---------------------------------------------------------------------- */

const struct build_package build_plain = {"LIVE", 0x971A, 0xD0000, 0x58450000, "Plain"};

static void put_text(uint8_t *at, const char *text)
{
    for (; *text; text++, at += 2)
        at[1] = (uint8_t)*text;
}

uint64_t build_head(uint8_t *head, const struct build_package *package, uint32_t volume)
{
    memcpy(head, package->magic, 4);
    build_be32(head + 0x340, package->header_size);
    build_be32(head + 0x344, package->content_type);
    build_be32(head + 0x348, 2);
    build_be32(head + 0x354, 0x11223344); /* media */
    build_be32(head + 0x358, 0x10000001); /* version */
    build_be32(head + 0x360, package->title_id);
    head[0x366] = head[0x367] = 1;
    build_be32(head + 0x3A9, volume);
    put_text(head + 0x411, package->display_name);
    put_text(head + 0x1611, "Publisher");
    put_text(head + 0x1691, "Title");
    head[0x379] = 0x24;
    return (package->header_size + 0xFFFull) / 0x1000 * 0x1000;
}

void build_seal(uint8_t *head)
{
    uint32_t size = (uint32_t)head[0x341] << 16 | (uint32_t)head[0x342] << 8 | head[0x343];

    build_sha1(head + 0x344, (size + 0xFFFu) / 0x1000 * 0x1000 - 0x344, head + 0x32C);
}
