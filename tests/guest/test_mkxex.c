/* xe360-mkxex as a program: what it writes is read back by our loader, which shares no code with
 * it; what it refuses, it refuses in words; nothing makes it crash. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xe/image.h"

#define NOISE_SIZE 300001u
#define ARGS_MAX   32

extern char **environ;

static const char *builddir(void)
{
    const char *dir = getenv("XE_BUILDDIR");

    return dir && *dir ? dir : ".";
}

/* Files of one test lie in a folder of their own. */
struct bench {
    char dir[64];
    char elf[512], big_elf[512], noise[128], xex[128], messages[128];
};

static void make_noise(const char *path)
{
    FILE *file = fopen(path, "wb");
    uint32_t random = 1;

    cr_assert_not_null(file);
    for (uint32_t i = 0; i < NOISE_SIZE; i++) {
        random = random * 1664525 + 1013904223;
        /* Stretches of noise, of text that repeats near and far, and of zeros. */
        fputc(i % 50000 < 20000   ? (int)(random >> 24)
              : i % 50000 < 40000 ? "the quick brown fox jumps over "[i % 31] + (i % 4999 == 0)
                                  : 0,
              file);
    }
    cr_assert_eq(fclose(file), 0);
}

static struct bench bench_make(void)
{
    struct bench b = {.dir = "/tmp/xe-mkxex-XXXXXX"};

    cr_assert_not_null(mkdtemp(b.dir));
    snprintf(b.elf, sizeof(b.elf), "%s/tests/guest/titles/threads.elf", builddir());
    snprintf(b.big_elf, sizeof(b.big_elf), "%s/tests/guest/variants/small-pages.elf", builddir());
    snprintf(b.noise, sizeof(b.noise), "%s/noise", b.dir);
    snprintf(b.xex, sizeof(b.xex), "%s/title.xex", b.dir);
    snprintf(b.messages, sizeof(b.messages), "%s/messages", b.dir);
    make_noise(b.noise);
    return b;
}

static void bench_remove(const struct bench *b)
{
    unlink(b->noise);
    unlink(b->xex);
    unlink(b->messages);
    rmdir(b->dir);
}

/* Run it with words separated by blanks, then the ELF, if any; output goes to b->xex. Returns the
 * exit status, or minus the signal. */
static int run(const struct bench *b, const char *words, const char *elf)
{
    char program[512], text[512], *argv[ARGS_MAX] = {program, (char *)"-o", (char *)b->xex};
    posix_spawn_file_actions_t actions;
    int argc = 3, status;
    pid_t pid;

    snprintf(program, sizeof(program), "%s/xe360-mkxex", builddir());
    snprintf(text, sizeof(text), "%s", words);
    for (char *word = strtok(text, " "); word && argc < ARGS_MAX - 2; word = strtok(NULL, " "))
        argv[argc++] = word;
    argv[argc] = (char *)elf;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&actions, 2, b->messages, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    cr_assert_eq(posix_spawn(&pid, program, &actions, NULL, argv, environ), 0, "%s", program);
    posix_spawn_file_actions_destroy(&actions);
    cr_assert_eq(waitpid(pid, &status, 0), pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

static uint8_t *read_whole(const char *path, size_t *ret_size)
{
    FILE *file = fopen(path, "rb");
    size_t room = 1 << 22;
    uint8_t *bytes = malloc(room);

    cr_assert_not_null(file, "%s is missing", path);
    *ret_size = fread(bytes, 1, room, file);
    fclose(file);
    return bytes;
}

static struct xe_image *parse(const struct bench *b, const char *what)
{
    struct xe_error err = XE_ERROR_INIT;
    struct xe_image *image;
    size_t size;
    uint8_t *bytes = read_whole(b->xex, &size);

    image = xe_image_parse(bytes, size, &err);
    cr_assert_not_null(image, "%s: %s", what, err.text);
    free(bytes);
    return image;
}

static struct xe_image *pack(const struct bench *b, const char *words, const char *elf)
{
    cr_assert_eq(run(b, words, elf), 0, "xe360-mkxex %s", words);
    return parse(b, words);
}

/* ---- what it writes ------------------------------------------------------------------------- */

static void expect_same(const struct xe_image *plain, const struct xe_image *image,
                        const char *words)
{
    cr_expect_eq(image->check.header_hash, XE_IMAGE_GOOD, "%s", words);
    cr_expect_eq(image->check.import_digests, XE_IMAGE_GOOD, "%s", words);
    cr_expect_eq(image->check.page_hashes, XE_IMAGE_GOOD, "%s", words);
    cr_assert_eq(image->size, plain->size, "%s", words);
    cr_expect_eq(memcmp(image->bytes, plain->bytes, plain->size), 0, "%s", words);
}

static void every_variant(const struct bench *b, const char *elf, const char *common)
{
    static const char *const compress[] = {"-c none",
                                           "-c basic",
                                           "-c lzx",
                                           "-c lzx --lzx-blocks=aligned",
                                           "-c lzx --lzx-blocks=uncompressed",
                                           "-c lzx --lzx-blocks=mixed",
                                           "-c lzx --lzx-blocks=mixed --lzx-window=16",
                                           "-c lzx --lzx-window=18",
                                           "-c lzx --lzx-blocks=aligned --lzx-window=21"};
    static const char *const encrypt[] = {"none", "retail", "devkit"};
    struct xe_image *plain = pack(b, common, elf);

    for (size_t c = 0; c < sizeof(compress) / sizeof(compress[0]); c++)
        for (size_t e = 0; e < sizeof(encrypt) / sizeof(encrypt[0]); e++) {
            struct xe_image *image;
            char words[256];

            snprintf(words, sizeof(words), "%s %s -e %s", common, compress[c], encrypt[e]);
            image = pack(b, words, elf);
            expect_same(plain, image, words);
            cr_expect_str_eq(image->encryption, encrypt[e], "%s", words);
            xe_image_destroy(image);
        }
    xe_image_destroy(plain);
}

Test(guest_mkxex, every_packing_holds_the_same_image)
{
    struct bench b = bench_make();
    char resource[256];

    snprintf(resource, sizeof(resource), "-r noise=%s", b.noise);
    every_variant(&b, b.elf, resource);
    snprintf(resource, sizeof(resource), "-p 4k -r noise=%s", b.noise);
    every_variant(&b, b.big_elf, resource);
    bench_remove(&b);
}

Test(guest_mkxex, same_input_gives_the_same_bytes)
{
    static const char words[] = "-c lzx -e retail --lzx-blocks=mixed";
    struct bench b = bench_make();
    size_t size, again;
    uint8_t *first, *second;

    cr_assert_eq(run(&b, words, b.elf), 0);
    first = read_whole(b.xex, &size);
    cr_assert_eq(run(&b, words, b.elf), 0);
    second = read_whole(b.xex, &again);
    cr_assert_eq(size, again);
    cr_expect_eq(memcmp(first, second, size), 0);
    free(first);
    free(second);
    bench_remove(&b);
}

Test(guest_mkxex, lzx_makes_files_smaller)
{
    struct bench b = bench_make();
    char words[256];
    size_t plain, packed;

    snprintf(words, sizeof(words), "-r noise=%s", b.noise);
    cr_assert_eq(run(&b, words, b.elf), 0);
    free(read_whole(b.xex, &plain));
    snprintf(words, sizeof(words), "-c lzx -r noise=%s", b.noise);
    cr_assert_eq(run(&b, words, b.elf), 0);
    free(read_whole(b.xex, &packed));
    cr_expect_lt(packed, plain / 3, "%zu of %zu bytes", packed, plain);
    bench_remove(&b);
}

Test(guest_mkxex, resources_and_exports_are_found_again)
{
    struct bench b = bench_make();
    struct xe_image *image;
    char words[256];
    uint8_t *noise;
    size_t size;

    snprintf(words, sizeof(words), "-r noise=%s -r eightchr=%s -x 3=main -x 10=_start", b.noise,
             b.noise);
    image = pack(&b, words, b.elf);
    noise = read_whole(b.noise, &size);
    cr_assert_eq(image->resource_count, 2);
    cr_expect_str_eq(image->resource[1].name, "eightchr");
    cr_expect_eq(image->resource[1].size, size);
    cr_expect_eq(memcmp(image->bytes + (image->resource[1].address - image->base), noise, size), 0);
    cr_assert_eq(image->export_count, 2);
    cr_expect_eq(image->exports[0].ordinal, 3);
    cr_expect_eq(image->exports[1].ordinal, 10);
    cr_expect_eq(image->exports[1].address, image->entry);
    cr_expect_neq(image->exports[0].address, image->entry);
    free(noise);
    xe_image_destroy(image);
    bench_remove(&b);
}

Test(guest_mkxex, exports_have_names_if_they_are_to)
{
    struct bench b = bench_make();
    struct xe_image *image = pack(&b, "--export-names -x 3=main -x 10=_start", b.elf);

    cr_assert_eq(image->export_count, 2);
    cr_expect_str_eq(image->exports[0].name, "main");
    cr_expect_eq(image->exports[0].ordinal, 3);
    cr_expect_str_eq(image->exports[1].name, "_start");
    cr_expect_eq(image->exports[1].address, image->entry);
    xe_image_destroy(image);
    bench_remove(&b);
}

Test(guest_mkxex, headers_say_what_the_options_said)
{
    struct bench b = bench_make();
    struct xe_image *image =
        pack(&b,
             "--title-id=4D5307E6 --media-id=1234ABCD --title-version=1.2.300.4 "
             "--base-version=00000200 --disc=2/3 -P 3 -P 40 -P 95 --stack=0x20000 --heap=65536 "
             "--tls-slots=17 --pe-name=game.exe --library",
             b.elf);

    cr_expect_eq(image->title_id, 0x4D5307E6);
    cr_expect_eq(image->media_id, 0x1234ABCD);
    cr_expect_eq(image->version, 1u << 28 | 2u << 24 | 300u << 8 | 4u);
    cr_expect_eq(image->base_version, 0x200);
    cr_expect_eq(image->disc_number, 2);
    cr_expect_eq(image->disc_count, 3);
    cr_expect_eq(image->privileges[0], 1u << 3);
    cr_expect_eq(image->privileges[1], 1u << 8);
    cr_expect_eq(image->privileges[2], 1u << 31);
    cr_expect_eq(image->stack_size, 0x20000);
    cr_expect_eq(image->heap_size, 65536);
    cr_expect_eq(image->tls_slots, 17);
    cr_expect_str_eq(image->pe_name, "game.exe");
    cr_expect_eq(image->module_flags, 8);
    xe_image_destroy(image);
    bench_remove(&b);
}

static bool names_an_import(const struct xe_image *image, const char *library, uint16_t ordinal)
{
    for (uint32_t i = 0; i < image->import_count; i++)
        if (strcmp(image->import[i].library, library) == 0 && image->import[i].ordinal == ordinal)
            return true;
    return false;
}

Test(guest_mkxex, imports_are_those_that_the_title_calls)
{
    struct bench b = bench_make();
    struct xe_image *image = pack(&b, "", b.elf);

    cr_expect(names_an_import(image, "xboxkrnl.exe", 0x003));     /* DbgPrint                */
    cr_expect(names_an_import(image, "xboxkrnl.exe", 0x00D));     /* ExCreateThread          */
    cr_expect(names_an_import(image, "xam.xex", 0x1A9));          /* XamLoaderTerminateTitle */
    cr_expect_not(names_an_import(image, "xboxkrnl.exe", 0x0E2)); /* NtPulseEvent        */
    xe_image_destroy(image);
    bench_remove(&b);
}

/* ---- what it refuses ------------------------------------------------------------------------ */

static void expect_message(const struct bench *b, const char *wanted, const char *what)
{
    size_t size;
    char *text = (char *)read_whole(b->messages, &size);

    text[size] = '\0';
    cr_expect_not_null(strstr(text, wanted), "%s: said '%s', expected '%s' in it", what, text,
                       wanted);
    free(text);
}

Test(guest_mkxex, bad_options_are_named)
{
    static const struct {
        const char *words, *message;
    } rows[] = {
        {"-c zip", "'zip' is none of none|basic|lzx"},
        {"-e xbox", "'xbox' is none of none|retail|devkit"},
        {"--lzx-window=14", "14 is not between 15 and 21"},
        {"--lzx-window=x", "'x' is not a number"},
        {"--title-id=-1", "'-1' is not a number"},
        {"--title-id=123456789", "'123456789' is not a number that fits"},
        {"--title-version=1.2", "not a version like 1.2.34.5"},
        {"--title-version=16.0.0.0", "not a version like 1.2.34.5"},
        {"--disc=4/3", "not N/M"},
        {"-P 96", "96 is not between 0 and 95"},
        {"-r noise", "'noise' is not NAME=FILE"},
        {"-r ninechars=x", "not NAME=FILE"},
        {"-x main", "'main' is not ORDINAL=SYMBOL"},
        {"-x 0=main", "not ORDINAL=SYMBOL"},
        {"--tls-slots=1025", "1025 is more than 1024"},
    };
    struct bench b = bench_make();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(run(&b, rows[i].words, b.elf), 64, "%s", rows[i].words);
        expect_message(&b, rows[i].message, rows[i].words);
    }
    bench_remove(&b);
}

Test(guest_mkxex, bad_input_is_named)
{
    static const struct {
        const char *words, *message;
    } rows[] = {
        {"-x 4=nobody", "no symbol 'nobody' to export as ordinal 4"},
        {"-x 4=main -x 4=_start", "ordinal 4 is exported twice"},
        {"-r a=/nowhere/file", "cannot read '/nowhere/file'"},
    };
    struct bench b = bench_make();

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        cr_expect_eq(run(&b, rows[i].words, b.elf), 1, "%s", rows[i].words);
        expect_message(&b, rows[i].message, rows[i].words);
    }
    cr_expect_eq(run(&b, "", "/nowhere/title.elf"), 1);
    expect_message(&b, "cannot read '/nowhere/title.elf'", "missing file");
    cr_expect_eq(run(&b, "-p 64k", b.big_elf), 1);
    expect_message(&b, "xe360.ld", "64 KiB pages for an ELF of 4 KiB pages");
    bench_remove(&b);
}

/* Write the ELF with `size` bytes at `at` replaced. */
static void write_changed(const char *path, const uint8_t *elf, size_t elf_size, size_t at,
                          const void *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    cr_assert_not_null(file);
    fwrite(elf, 1, at, file);
    fwrite(bytes, 1, size, file);
    fwrite(elf + at + size, 1, elf_size - at - size, file);
    cr_assert_eq(fclose(file), 0);
}

Test(guest_mkxex, damaged_elf_headers_are_named)
{
    static const struct {
        size_t at;
        uint8_t bytes[4];
        size_t size;
        const char *message;
    } rows[] = {
        {0, "NOPE", 4, "not an ELF file"},
        {5, {1}, 1, "little-endian"},
        {16, {0, 1}, 2, "ELF type is 1"},
        {18, {0, 62}, 2, "ELF machine is 62"},
        {24, {0x10, 0, 0, 0}, 4, "entry point at 0x10000000 lies outside the image"},
        {28, {0xFF, 0xFF, 0, 0}, 4, "program header at 0xffff0000"},
        {32, {0xFF, 0xFF, 0, 0}, 4, "section header at 0xffff0000"},
        {44, {0, 0}, 2, "nothing to load"},
    };
    struct bench b = bench_make();
    size_t size;
    uint8_t *elf = read_whole(b.elf, &size);

    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        write_changed(b.noise, elf, size, rows[i].at, rows[i].bytes, rows[i].size);
        cr_expect_eq(run(&b, "", b.noise), 1, "%s", rows[i].message);
        expect_message(&b, rows[i].message, rows[i].message);
    }
    free(elf);
    bench_remove(&b);
}

/* Every byte of the ELF header and of the first program headers, and a sample of the rest of the
 * file, set to 0xFF: done or refused, never a crash. */
Test(guest_mkxex, no_damage_crashes_it)
{
    struct bench b = bench_make();
    size_t size, step = 1;
    uint8_t *elf = read_whole(b.elf, &size);

    for (size_t at = 0; at < size; at += step) {
        int status;

        write_changed(b.noise, elf, size, at, "\xFF", 1);
        status = run(&b, "-x 1=main", b.noise);
        cr_assert(status == 0 || status == 1, "byte 0x%zx set to 0xff: status %d", at, status);
        step = at < 0xB4 ? 1 : at + 0x600 > size ? 7 : size / 100 + 1;
    }
    free(elf);
    bench_remove(&b);
}
