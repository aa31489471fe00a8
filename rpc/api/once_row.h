/* The parameter of methods that make something; the daemon takes it away before anybody else sees
 * the call (daemon/once.h). */
#ifndef XE_RPC_API_ONCE_ROW_H
#define XE_RPC_API_ONCE_ROW_H

#define XE_RPC_ONCE "idempotency_key"
#define PARAM_ONCE                                                                                 \
    {                                                                                              \
        XE_RPC_ONCE, &xe_rpc_string, OPTIONAL, 1, 128,                                             \
            "calls with the same one are one: it is done once, and each gets its answer", 0        \
    }

#endif
