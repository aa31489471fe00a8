/* Places for people: a symbol, how far behind its beginning, and the line of the source. */
#include <stdio.h>
#include <string.h>

#include "xe/symbols.h"

bool xe_symbols_place(const struct xe_symbols *symbols, xe_gva address, struct xe_place *ret)
{
    const struct xe_symbol *symbol = xe_symbols_at(symbols, address);
    struct xe_line line;

    if (!symbol)
        return false;
    *ret = (struct xe_place){.offset = address - symbol->address,
                             .named = symbol->kind == XE_SYMBOL_NAMED};
    snprintf(ret->name, sizeof(ret->name), "%s", symbol->name);
    if (!xe_symbols_line(symbols, address, &line))
        return true;
    snprintf(ret->file, sizeof(ret->file), "%s", line.file);
    ret->line = line.line;
    return true;
}

void xe_place_text(const struct xe_place *place, char text[XE_PLACE_TEXT])
{
    const char *slash = strrchr(place->file, '/');

    if (place->file[0])
        snprintf(text, XE_PLACE_TEXT, "%.127s at %.127s:%u", place->name,
                 slash ? slash + 1 : place->file, place->line);
    else if (place->offset)
        snprintf(text, XE_PLACE_TEXT, "%.127s+0x%x", place->name, place->offset);
    else
        snprintf(text, XE_PLACE_TEXT, "%.127s", place->name);
}
