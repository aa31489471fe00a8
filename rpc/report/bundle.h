/* A bundle: what a bug report needs so that somebody else, who has the image, can run it again and
 * see whether the same comes out. doc/bundle.md is its contract. */
#ifndef XE_RPC_REPORT_BUNDLE_H
#define XE_RPC_REPORT_BUNDLE_H

#include <jansson.h>

#include "xe/instance.h"

#define XE_BUNDLE_SCHEMA  "xe360/bundle/1"
#define XE_BUNDLE_TRAIL   256u /* digests of the trail */
#define XE_BUNDLE_THREADS 64u
#define XE_BUNDLE_HANDLES 32u
#define XE_BUNDLE_LINES   500u
/* Reports that make it longer as text are left out, the longest first. */
#define XE_BUNDLE_SIZE (3u * 1024u * 1024u)

struct xe_rpc_bundle_trail {
    uint64_t every; /* cycles; 0: there is none */
    json_t *items;  /* borrowed */
};

/* JSON is owned. */
struct xe_rpc_bundle_view {
    const char *version; /* of the program */
    struct xe_title_info title;
    uint64_t cycle, virtual_us;
    char digest[XE_DIGEST_TEXT];
    json_t *engine, *stop, *config, *components;
    json_t *input_log; /* NULL: see no_log */
    char no_log[300];  /* why */
    struct xe_rpc_bundle_trail trail;
    uint64_t log_dropped; /* lines that are not in `log` */
    /* NULL: left out. */
    json_t *explain, *milestones, *threads, *audit, *log;
};

#endif
