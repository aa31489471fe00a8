/* Small JSON values that reports are made of, and bytes as the digits in them. */
#ifndef XE_RPC_API_JSON_BITS_H
#define XE_RPC_API_JSON_BITS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that a guest chose, as a string: whatever is not printable ASCII becomes '?'. */
json_t *xe__rpc_json_guest(const char *text);
/* Text from a guest or a file as a JSON string: bytes that are no UTF-8 become \xNN. */
json_t *xe__rpc_json_text(const char *text);

/* Bytes as hexadecimal digits; free()d by the caller, NULL without memory. */
char *xe__rpc_hex_text(const uint8_t *bytes, size_t size);
/* Hexadecimal text of exactly size bytes. */
bool xe__rpc_hex_read(const char *text, uint8_t *bytes, size_t size);

#endif
