/* Titles that draw a picture each, held against what the picture must be. draws.txt has that,
 * worked out by hand from what is known of the chip: rectangles, painted one over the other, that
 * say the colour of every pixel in them, or nothing. draws.sum has what the pictures are: SHA-256
 * of their pixels, written anew where XE_UPDATE_GOLDEN is set. */
#include <criterion/criterion.h>
#include <gcrypt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/titles.h"
#include "xe/frame.h"
#include "xe/kernel.h"

#define CYCLES 200000000u
#define NAMES  64u
#define ANY    0x1000000u /* no colour: nothing is said of these pixels */
#define SHOWN  8u         /* pixels of a picture that are told when they are wrong */

struct row {
    char name[32];
    uint32_t left, top, right, bottom;
    uint32_t rgb, slack; /* slack: of each channel */
};

static FILE *open_source(const char *name, const char *mode)
{
    const char *source = getenv("XE_SRCDIR");
    char path[512];
    FILE *file;

    snprintf(path, sizeof(path), "%s/tests/e2e/%s", source ? source : ".", name);
    file = fopen(path, mode);
    cr_assert(file, "%s", path);
    return file;
}

/* false: the last was read. */
static bool next_row(FILE *file, struct row *ret)
{
    char line[256], colour[16];

    while (fgets(line, sizeof(line), file)) {
        if (line[0] == '#' || line[0] == '\n')
            continue;
        cr_assert(sscanf(line, "%31s %u %u %u %u %15s %u", ret->name, &ret->left, &ret->top,
                         &ret->right, &ret->bottom, colour, &ret->slack) == 7,
                  "%s", line);
        ret->rgb = strcmp(colour, "any") ? (uint32_t)strtoul(colour, NULL, 16) : ANY;
        return true;
    }
    return false;
}

/* ---- one picture ---------------------------------------------------------------------------- */

/* What must be where: a row's colour and slack for each pixel. */
struct wanted {
    uint32_t rgb, slack;
};

static void paint(struct wanted *wanted, const struct xe_frame *frame, const struct row *row)
{
    cr_assert(row->left < row->right && row->right <= frame->width && row->top < row->bottom &&
                  row->bottom <= frame->height,
              "%s: %u %u %u %u is not in %u by %u", row->name, row->left, row->top, row->right,
              row->bottom, frame->width, frame->height);
    for (uint32_t y = row->top; y < row->bottom; y++)
        for (uint32_t x = row->left; x < row->right; x++)
            wanted[y * frame->width + x] = (struct wanted){row->rgb, row->slack};
}

static bool is_wanted(const uint8_t *pixel, const struct wanted *wanted)
{
    if (wanted->rgb == ANY)
        return true;
    for (uint32_t i = 0; i < 3; i++)
        if (abs((int)pixel[i] - (int)(wanted->rgb >> (16 - 8 * i) & 0xFF)) > (int)wanted->slack)
            return false;
    return true;
}

static void compare(const char *name, const struct xe_frame *frame)
{
    uint32_t pixels = frame->width * frame->height, wrong = 0, said = 0;
    struct wanted *wanted = malloc(pixels * sizeof(*wanted));
    FILE *file = open_source("draws.txt", "r");
    struct row row;

    for (uint32_t i = 0; i < pixels; i++)
        wanted[i].rgb = ANY;
    while (next_row(file, &row))
        if (!strcmp(row.name, name))
            paint(wanted, frame, &row);
    fclose(file);
    for (uint32_t i = 0; i < pixels; i++) {
        const uint8_t *pixel = frame->pixels + 4 * (size_t)i;

        said += wanted[i].rgb != ANY;
        if (is_wanted(pixel, &wanted[i]) || wrong++ >= SHOWN)
            continue;
        cr_log_error("%s: at %u, %u is %02x%02x%02x, not %06x", name, i % frame->width,
                     i / frame->width, pixel[0], pixel[1], pixel[2], wanted[i].rgb);
    }
    cr_expect_eq(wrong, 0, "%s: %u pixels of %u are wrong", name, wrong, said);
    cr_expect_geq(said, pixels / 2, "%s: %u of %u pixels say little", name, said, pixels);
    free(wanted);
}

static bool see_line(void *ctx, const struct xe_log_line *line)
{
    bool *passed = ctx;

    *passed |= line->level == XE_LOG_PRINT && !strncmp(line->text, "PASS ", 5);
    return true;
}

static struct xe_instance *drawn(const char *name)
{
    struct xe_instance_config config = xe_instance_config_default();
    struct xe_run_result result;
    struct xe_instance *instance;
    char path[512], at[64];
    bool passed = false;

    snprintf(at, sizeof(at), "draws/%s", name);
    test_title_path(at, path, sizeof(path));
    config.renderer = XE_RENDERER_REFERENCE;
    instance = test_instance(path, &config);
    cr_assert(xe_instance_run(instance, CYCLES, NULL, NULL, &result, NULL));
    xe_log_visit(xe_instance_log(instance), 0, see_line, &passed);
    cr_expect(passed, "%s: %s, %s", name, xe_stop_name(result.stop), result.detail);
    return instance;
}

static void sum(const char *name, char ret[65])
{
    struct xe_instance *instance = drawn(name);
    const struct xe_frame *frame = xe_kernel_frame(xe_instance_kernel(instance));
    uint8_t digest[32];

    cr_assert(frame, "%s shows nothing", name);
    compare(name, frame);
    gcry_md_hash_buffer(GCRY_MD_SHA256, digest, frame->pixels,
                        (size_t)frame->width * frame->height * 4);
    for (uint32_t i = 0; i < 32; i++)
        snprintf(ret + 2 * (size_t)i, 3, "%02x", digest[i]);
    xe_instance_destroy(instance);
}

/* ---- all of them ---------------------------------------------------------------------------- */

/* Each that draws.txt names, once. */
static uint32_t names_of(char ret[NAMES][32])
{
    FILE *file = open_source("draws.txt", "r");
    uint32_t n = 0;
    struct row row;

    while (next_row(file, &row))
        if (!n || strcmp(ret[n - 1], row.name)) {
            cr_assert(n < NAMES);
            strcpy(ret[n++], row.name);
        }
    fclose(file);
    return n;
}

static void expect_sum(const char *name, const char *is)
{
    FILE *file = open_source("draws.sum", "r");
    char line[128], wanted[65] = "", of[32] = "";

    while (strcmp(of, name) && fgets(line, sizeof(line), file))
        cr_assert(sscanf(line, "%64s %31s", wanted, of) == 2, "%s", line);
    fclose(file);
    cr_expect(!strcmp(of, name) && !strcmp(is, wanted), "%s is another picture, %s", name, is);
}

Test(draws, are_what_they_must_be, .timeout = 240)
{
    static char name[NAMES][32];
    uint32_t n = names_of(name);
    FILE *file = getenv("XE_UPDATE_GOLDEN") ? open_source("draws.sum", "w") : NULL;

    cr_assert_gt(n, 0);
    for (uint32_t i = 0; i < n; i++) {
        char is[65];

        sum(name[i], is);
        if (file)
            fprintf(file, "%s  %s\n", is, name[i]);
        else
            expect_sum(name[i], is);
    }
    if (file)
        fclose(file);
}
