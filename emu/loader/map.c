/* Maps: text that says what is where. The linkers' own (GNU ld, ld.lld, Microsoft's link), what nm
 * prints, and lists of address and name. Every line is looked at by itself, after the form that a
 * head line named last; what says no name of a place is passed over. */
#include <ctype.h>
#include <string.h>

#include "base/alloc.h"
#include "loader/symbols_internal.h"

#define LINE_MAX_SIZE 1024u
#define WORDS_MAX     6u
#define NAMES_MAX     0x100000u
#define BREATH_LINES  0x4000u
#define LLD_INDENT    17u /* of symbols, behind the alignment; sections have less */

enum form { LIST, GNU_LD, LLD, MICROSOFT };

struct word {
    const char *text;
    size_t size;
};

struct line {
    const char *text;
    size_t size;
    struct word word[WORDS_MAX];
    unsigned words; /* at most WORDS_MAX of them */
};

/* What a line says. */
struct said {
    uint64_t address, size;
    struct word name; /* size 0: nothing */
};

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void split(struct line *line)
{
    const char *at = line->text, *end = line->text + line->size;

    while (at < end && line->words < WORDS_MAX) {
        struct word *word = &line->word[line->words];

        while (at < end && is_space(*at))
            at++;
        word->text = at;
        while (at < end && !is_space(*at))
            at++;
        word->size = (size_t)(at - word->text);
        line->words += word->size > 0;
    }
}

/* From a word to the end of the line: names may have spaces in them, as "f(int, char)". */
static struct word rest(const struct line *line, unsigned i)
{
    const char *end = line->text + line->size, *begin;

    if (i >= line->words)
        return (struct word){line->text, 0};
    begin = line->word[i].text;
    while (end > begin && is_space(end[-1]))
        end--;
    return (struct word){begin, (size_t)(end - begin)};
}

static bool word_is(const struct line *line, unsigned i, const char *text)
{
    return i < line->words && line->word[i].size == strlen(text) &&
           memcmp(line->word[i].text, text, line->word[i].size) == 0;
}

/* Hexadecimal digits, with or without 0x. */
static bool hex(struct word word, uint64_t *ret)
{
    bool marked = word.size > 2 && word.text[0] == '0' && (word.text[1] | 0x20) == 'x';
    size_t from = marked ? 2 : 0;
    uint64_t value = 0;

    if (word.size == from || word.size - from > 16)
        return false;
    for (size_t i = from; i < word.size; i++) {
        char c = word.text[i];

        if (!isxdigit((unsigned char)c))
            return false;
        value =
            value << 4 | (uint64_t)(isdigit((unsigned char)c) ? c - '0' : (c | 0x20) - 'a' + 10);
    }
    *ret = value;
    return true;
}

/* The same of what can't be a name: marked, or of 8 or 16 digits. A ':', ',' or '=' may follow. */
static bool address_at(const struct line *line, unsigned i, uint64_t *ret)
{
    struct word word = i < line->words ? line->word[i] : (struct word){"", 0};

    if (word.size > 1 && strchr(":,=", word.text[word.size - 1]))
        word.size--;
    return word.size &&
           ((word.text[0] == '0' && word.size > 2 && (word.text[1] | 0x20) == 'x') ||
            word.size == 8 || word.size == 16) &&
           hex(word, ret);
}

/* ---- forms ----------------------------------------------------------------------------------- */

/* nm's letter of a symbol that has a place. */
static bool is_letter(const struct line *line, unsigned i)
{
    return i < line->words && line->word[i].size == 1 &&
           strchr("TtWwVvDdBbRrSsGgiIuC", line->word[i].text[0]);
}

/* Behind the address: a size, three words of a debugger's map, nm's letter, '='. */
static unsigned before_name(const struct line *line, struct said *said)
{
    uint64_t ignored;
    unsigned i = 1;

    if (line->words > 2 && address_at(line, i, &said->size))
        i++;
    if (i == 2 && line->words > 4 && address_at(line, 2, &ignored) &&
        isdigit((unsigned char)line->word[3].text[0]))
        return 4;
    if ((is_letter(line, i) || word_is(line, i, "=")) && i + 1 < line->words)
        i++;
    return i;
}

/* "address name", "address T name", "address size T name", "address size name", "address size
 * address n name"; and by name: "name T address size" (nm -P), "name = address", "name address". */
static struct said from_list(const struct line *line)
{
    struct said said = {0};
    unsigned i;

    if (address_at(line, 0, &said.address)) {
        said.name = rest(line, before_name(line, &said));
        return said;
    }
    i = is_letter(line, 1) || word_is(line, 1, "=") ? 2 : 1;
    if (!address_at(line, i, &said.address))
        return said;
    if (i == 2 && is_letter(line, 1) && line->words > 3)
        hex(line->word[3], &said.size);
    said.name = line->word[0];
    return said;
}

/* "                0x82010080                main", but not what a script sets or asserts, and not
 * a section's second line. */
static struct said from_gnu(const struct line *line)
{
    struct said said = {0};
    uint64_t number;

    if (!line->size || !is_space(line->text[0]) || line->words < 2 ||
        memcmp(line->word[0].text, "0x", line->word[0].size < 2 ? line->word[0].size : 2) ||
        !address_at(line, 0, &said.address) || word_is(line, 1, ".") || word_is(line, 2, "=") ||
        hex(line->word[1], &number) || memchr(line->text, '=', line->size) ||
        line->word[1].text[0] == '(' || word_is(line, 1, "ASSERT") || word_is(line, 1, "PROVIDE"))
        return said;
    said.name = rest(line, 1);
    return said;
}

/* "82010080 82010080      218     1                 main" */
static struct said from_lld(const struct line *line)
{
    struct said said = {0};
    uint64_t number;

    if (line->words < 5 || !hex(line->word[0], &said.address) || !hex(line->word[1], &number) ||
        !hex(line->word[2], &said.size) ||
        (size_t)(line->word[4].text - line->word[3].text) < line->word[3].size + LLD_INDENT)
        return said;
    said.name = rest(line, 4);
    return said;
}

/* " 0001:00000080       main               82010080 f   main.obj" */
static struct said from_microsoft(const struct line *line)
{
    struct said said = {0};

    if (line->words < 3 || line->word[0].size != 13 || line->word[0].text[4] != ':' ||
        !address_at(line, 2, &said.address))
        return said;
    said.name = line->word[1];
    return said;
}

/* ---- lines ----------------------------------------------------------------------------------- */

static enum form form_after(enum form form, const struct line *line)
{
    if (word_is(line, 0, "VMA") && word_is(line, 1, "LMA"))
        return LLD;
    if (word_is(line, 0, "Linker") && word_is(line, 1, "script") && word_is(line, 2, "and"))
        return GNU_LD;
    if (word_is(line, 0, "Archive") && word_is(line, 1, "member")) /* how GNU ld's may begin */
        return GNU_LD;
    if (word_is(line, 0, "Address") && word_is(line, 1, "Publics"))
        return MICROSOFT;
    return form;
}

static struct said say(enum form form, const struct line *line)
{
    switch (form) {
    case GNU_LD:
        return from_gnu(line);
    case LLD:
        return from_lld(line);
    case MICROSOFT:
        return from_microsoft(line);
    case LIST:
        break;
    }
    return from_list(line);
}

static bool is_comment(const struct line *line)
{
    return line->words == 0 || strchr("#;", line->word[0].text[0]) ||
           (line->word[0].size > 1 && memcmp(line->word[0].text, "//", 2) == 0);
}

/* The first line that is neither empty nor a comment, and says nothing. */
struct strange {
    size_t number;
    char text[64];
};

static void note_strange(struct strange *strange, size_t number, const struct line *line)
{
    size_t size = line->size < sizeof(strange->text) - 1 ? line->size : sizeof(strange->text) - 1;

    if (strange->number || is_comment(line))
        return;
    strange->number = number;
    for (size_t i = 0; i < size; i++)
        strange->text[i] =
            (unsigned char)line->text[i] < ' ' || line->text[i] & 0x80 || line->text[i] == 0x7F
                ? '?'
                : line->text[i];
}

static bool found_none(const struct strange *strange, struct xe_error *err)
{
    if (!strange->number)
        return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED, "the map names nothing in the title");
    return xe_error_set(err, XE_ERR_IMAGE_UNSUPPORTED,
                        "the map names nothing in the title; line %zu: '%s', expected an address "
                        "and a name",
                        strange->number, strange->text);
}

static const char *next_line(const char *at, const char *end, struct line *ret)
{
    const char *stop = memchr(at, '\n', (size_t)(end - at));
    size_t size = (size_t)((stop ? stop : end) - at);

    *ret = (struct line){.text = at, .size = size < LINE_MAX_SIZE ? size : LINE_MAX_SIZE};
    split(ret);
    return stop ? stop + 1 : end;
}

bool xe__loader_map_read(const char *text, size_t size, const struct xe_symbols *symbols,
                         const struct xe_breath *breath, struct xe__names *ret,
                         struct xe_error *err)
{
    const char *end = text + size;
    struct strange strange = {0};
    enum form form = LIST;
    size_t number = 0;

    while (text < end) {
        struct line line;
        struct said said;

        text = next_line(text, end, &line);
        form = form_after(form, &line);
        said = is_comment(&line) ? (struct said){0} : say(form, &line);
        if (++number % BREATH_LINES == 0)
            xe_breathe(breath);
        if (!said.name.size && form == LIST)
            note_strange(&strange, number, &line);
        if (!xe__loader_names_add(ret, symbols, said.address, said.size, said.name.text,
                                  said.name.size, err))
            return false;
        if (ret->count > NAMES_MAX)
            return xe_error_set(err, XE_ERR_RANGE_TOO_LARGE, "line %zu: more than 0x%x names",
                                number, NAMES_MAX);
    }
    return ret->count || found_none(&strange, err);
}
