#include "rpc/report/bundle_file.h"

#include <stdlib.h>
#include <string.h>
#include <zstd.h>

#include "rpc/api/rows.h"
#include "rpc/report/bundle.h"

#define LEVEL      10 /* made once, mailed often */
#define WINDOW_LOG 24 /* XE_BUNDLE_TEXT_MAX */

/* ---- out ------------------------------------------------------------------------------------- */

static uint8_t *compress(const char *text, size_t size, size_t *ret_size, struct xe_error *err)
{
    ZSTD_CCtx *zstd = ZSTD_createCCtx();
    size_t room = ZSTD_compressBound(size), n = 0;
    uint8_t *file = malloc(room);

    if (zstd && file) {
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_compressionLevel, LEVEL);
        ZSTD_CCtx_setParameter(zstd, ZSTD_c_checksumFlag, 1);
        n = ZSTD_compress2(zstd, file, room, text, size);
    }
    ZSTD_freeCCtx(zstd);
    if (!n || ZSTD_isError(n)) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "bundle: %s", n ? ZSTD_getErrorName(n) : "no memory");
        free(file);
        return NULL;
    }
    *ret_size = n;
    return file;
}

uint8_t *xe_bundle_pack(const json_t *bundle, size_t *ret_size, struct xe_error *err)
{
    char *text = json_dumps(bundle, JSON_COMPACT);
    uint8_t *file;

    if (!text) {
        xe_error_set(err, XE_ERR_NO_MEMORY, "bundle: no memory");
        return NULL;
    }
    file = compress(text, strlen(text), ret_size, err);
    free(text);
    return file;
}

/* ---- in -------------------------------------------------------------------------------------- */

static void *refuse(struct xe_error *err, const char *why)
{
    xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "bundle: %s", why);
    return NULL;
}

/* The text, NUL behind it; the frame is all of the file. */
static char *decompress(const void *bytes, size_t size, size_t *ret_size, struct xe_error *err)
{
    unsigned long long length = ZSTD_getFrameContentSize(bytes, size);
    ZSTD_DCtx *zstd;
    char *text;
    size_t n;

    if (length == ZSTD_CONTENTSIZE_ERROR)
        return refuse(err, "no file of zstd's");
    if (length == ZSTD_CONTENTSIZE_UNKNOWN || length > XE_BUNDLE_TEXT_MAX)
        return refuse(err, "its head says no length, or more than 16 MiB");
    n = ZSTD_findFrameCompressedSize(bytes, size);
    if (ZSTD_isError(n) || n != size)
        return refuse(err, "it is cut, or something follows it");
    zstd = ZSTD_createDCtx();
    text = malloc((size_t)length + 1);
    if (!zstd || !text) {
        ZSTD_freeDCtx(zstd);
        free(text);
        return refuse(err, "no memory");
    }
    ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, WINDOW_LOG);
    n = ZSTD_decompressDCtx(zstd, text, (size_t)length, bytes, size);
    ZSTD_freeDCtx(zstd);
    if (ZSTD_isError(n) || n != length) {
        free(text);
        return refuse(err, "it is damaged");
    }
    text[n] = '\0';
    *ret_size = n;
    return text;
}

/* What running it again takes. */
static const struct xe_rpc_type image = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"name", &xe_rpc_string, REQUIRED, 0, 63, "of its file", 0},
        {"sha256", &xe_rpc_string, REQUIRED, 64, 64, "of its bytes", 0},
        END}};
static const struct xe_rpc_type engine = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"ran", &xe_rpc_engine_word, REQUIRED, 0, 0, "what ran it", 0}, END}};
static const struct xe_rpc_type stop = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"reason", &xe_rpc_string, REQUIRED, 1, 32, "its word", 0}, END}};
static const struct xe_rpc_type entry = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "of the digest", 0},
        {"digest", &xe_rpc_string, REQUIRED, 1, 64, "of the state there", 0},
        {"components", &xe_rpc_components, REQUIRED, 0, 0, "digest of each", 0},
        END}};
static const struct xe_rpc_field entry_item = {.name = "entry", .type = &entry};
static const struct xe_rpc_type entries = {.kind = XE_RPC_KIND_ARRAY, .items = &entry_item};
static const struct xe_rpc_type trail = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"every", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "cycles between two", 0},
        {"items", &entries, REQUIRED, 0, XE_BUNDLE_TRAIL, "digests", 0},
        END}};
static const struct xe_rpc_type needed = {
    .kind = XE_RPC_KIND_OBJECT,
    .open = true,
    .fields = (const struct xe_rpc_field[]){
        {"version", &xe_rpc_string, REQUIRED, 1, 64, "of the program", 0},
        {"image", &image, REQUIRED, 0, 0, "the title", 0},
        {"engine", &engine, REQUIRED, 0, 0, "what ran it", 0},
        {"cycle", &xe_rpc_int, REQUIRED, 0, XE_RPC_COUNT_MAX, "retired", 0},
        {"digest", &xe_rpc_string, REQUIRED, 1, 64, "of the state", 0},
        {"components", &xe_rpc_components, REQUIRED, 0, 0, "digest of each", 0},
        {"trail", &trail, REQUIRED, 0, 0, "digests on the way", 0},
        {"stop", &stop, OPTIONAL, 0, 0, "why it stopped", 0},
        {"input_log", &xe_rpc_input_log, OPTIONAL, 0, 0, "what came in", 0},
        {"no_log", &xe_rpc_string, OPTIONAL, 1, 300, "why there is none", 0},
        {"explain", &xe_rpc_open, OPTIONAL, 0, 0, "report", 0},
        {"milestones", &xe_rpc_open, OPTIONAL, 0, 0, "report", 0},
        END}};
static const struct xe_rpc_field needed_field = {.name = "bundle", .type = &needed};

/* Digests of another version say nothing of states as we encode them, and are told so before
 * anything else of them is looked at. */
static bool is_ours(const json_t *bundle, struct xe_error *err)
{
    const char *schema = json_string_value(json_object_get(bundle, "schema"));
    const char *digest = json_string_value(json_object_get(bundle, "digest"));

    if (!schema || strncmp(schema, "xe360/bundle/", 13))
        return refuse(err, "no bundle: it has no schema xe360/bundle/1");
    if (strcmp(schema, XE_BUNDLE_SCHEMA))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED,
                            "bundle: of schema %.40s; this program reads " XE_BUNDLE_SCHEMA,
                            schema);
    if (digest && strncmp(digest, XE_DIGEST_VERSION ":", strlen(XE_DIGEST_VERSION) + 1))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED,
                            "bundle: its digests are of version %.*s, this program's "
                            "of " XE_DIGEST_VERSION,
                            (int)strcspn(digest, ":") < 16 ? (int)strcspn(digest, ":") : 16,
                            digest);
    return true;
}

static bool check(const json_t *bundle, struct xe_error *err)
{
    struct xe_rpc_misfit misfit;

    if (!is_ours(bundle, err))
        return false;
    if (!xe_rpc_check(&needed_field, bundle, "bundle", &misfit))
        return xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "%s: %s", misfit.path, misfit.expected);
    return !json_object_get(bundle, "input_log") != !json_object_get(bundle, "no_log") ||
           refuse(err, "either input_log or no_log is there");
}

json_t *xe_bundle_unpack(const void *bytes, size_t size, struct xe_error *err)
{
    json_error_t where;
    size_t length;
    json_t *bundle;
    char *text;

    if (size > XE_BUNDLE_FILE_MAX)
        return refuse(err, "longer than 4 MiB");
    text = decompress(bytes, size, &length, err);
    if (!text)
        return NULL;
    bundle = json_loadb(text, length, JSON_REJECT_DUPLICATES, &where);
    free(text);
    if (!bundle) {
        xe_error_set(err, XE_ERR_SCRIPT_MALFORMED, "bundle: no JSON: %s at byte %d", where.text,
                     where.position);
        return NULL;
    }
    if (check(bundle, err))
        return bundle;
    json_decref(bundle);
    return NULL;
}
