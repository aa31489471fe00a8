/* xe360ctl mcp: what its loop (mcp.c) and its tools (mcp_tools.c) share. */
#ifndef XE_CLIENTS_CTL_MCP_H
#define XE_CLIENTS_CTL_MCP_H

#include "clients/ctl/ctl.h"

/* JSON-RPC's codes, and one of ours. */
enum {
    MCP_PARSE = -32700,
    MCP_INVALID_REQUEST = -32600,
    MCP_UNKNOWN_METHOD = -32601,
    MCP_INVALID_PARAMS = -32602,
    MCP_BUSY = -32000
};

#define MCP_BATCH " batch" /* our own member of requests that came in one */

/* All tools, new. */
json_t *ctl_mcp_tools(void);
/* Are the parameters of a tools/call such that there is something to call? If not, what is wrong.
 */
bool ctl_mcp_check(const json_t *request, char *ret_wrong, size_t size);
/* The result of a tools/call, new; what failed is a result, too. */
json_t *ctl_mcp_call(struct ctl *ctl, const json_t *request);

#endif
