/* Small JSON values that reports are made of. */
#ifndef XE_RPC_JSON_BITS_H
#define XE_RPC_JSON_BITS_H

#include <jansson.h>
#include <stdint.h>

/* Bytes that a guest chose, as a string: whatever is not printable ASCII becomes '?'. */
json_t *xe__json_guest(const char *text);
/* Text from a guest or a file as a JSON string: bytes that are no UTF-8 become \xNN. */
json_t *xe__json_text(const char *text);

#endif
