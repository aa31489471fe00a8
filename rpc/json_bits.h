/* Small JSON values that reports are made of. */
#ifndef XE_RPC_JSON_BITS_H
#define XE_RPC_JSON_BITS_H

#include <jansson.h>
#include <stdint.h>

json_t *xe__json_count(uint64_t value);
/* Bytes that a guest chose, as a string: whatever is not printable ASCII becomes '?'. */
json_t *xe__json_guest(const char *text);

#endif
