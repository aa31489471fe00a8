/* What stopped a run as JSON: what a cause has is there and nothing else, and it fits its row. */
#include <string.h>

#include <criterion/criterion.h>

#include "rpc/api/rows.h"
#include "worker/session/session_internal.h"

static struct xe_stop_info full(enum xe_cause cause)
{
    unsigned has = xe_cause_has(cause);
    struct xe_stop_info info = {.reason = xe_cause_reason(cause),
                                .cause = cause,
                                .tid = 3,
                                .pc = 0x82000004,
                                .lr = 0x82000100,
                                .has_code = (has & XE_STOP_HAS_CODE) != 0};

    if (has & XE_STOP_HAS_ADDRESS)
        info.address = 0x1234;
    if (has & XE_STOP_HAS_CODE)
        info.code = 0xF4;
    if (has & XE_STOP_HAS_ARGUMENTS)
        info.arguments = cause == XE_CAUSE_BUG_CHECK ? 4 : 1;
    return info;
}

static bool is_text(const json_t *object, const char *member, const char *wanted)
{
    const char *found = json_string_value(json_object_get(object, member));

    return wanted ? found && !strcmp(found, wanted) : !json_object_get(object, member);
}

static json_t *stop_json(const struct xe_stop_info *info, const char *detail)
{
    const struct xe_rpc_stop_view view = xe__rpc_session_stop(info, detail);

    return xe_rpc_write(&xe_rpc_stop, &view);
}

static void expect_fits(const json_t *stop)
{
    const struct xe_rpc_field field = {.name = "stop", .type = &xe_rpc_stop};
    struct xe_rpc_misfit misfit;

    cr_expect(xe_rpc_check(&field, stop, "stop", &misfit), "%s: expected %s: %s", misfit.path,
              misfit.expected, json_dumps(stop, 0));
}

Test(stop_json, every_cause_fits_its_row)
{
    for (enum xe_cause cause = XE_CAUSE_NONE + 1; cause < XE_CAUSE_COUNT; cause++) {
        const struct xe_stop_info info = full(cause);
        unsigned has = xe_cause_has(cause);
        json_t *stop = stop_json(&info, "a sentence");

        expect_fits(stop);
        cr_expect(is_text(stop, "reason", xe_stop_name(info.reason)));
        cr_expect(is_text(stop, "cause", xe_cause_name(cause)));
        cr_expect(is_text(stop, "text", "a sentence"));
        cr_expect(is_text(stop, "pc", "0x82000004"));
        cr_expect(is_text(stop, "lr", "0x82000100"));
        cr_expect(is_text(stop, "address", has & XE_STOP_HAS_ADDRESS ? "0x00001234" : NULL), "%s",
                  xe_cause_name(cause));
        cr_expect(is_text(stop, "code", has & XE_STOP_HAS_CODE ? "0x000000f4" : NULL), "%s",
                  xe_cause_name(cause));
        cr_expect_eq(json_array_size(json_object_get(stop, "arguments")), info.arguments);
        json_decref(stop);
    }
}

Test(stop_json, reasons_without_a_cause_say_what_they_mean)
{
    for (enum xe_stop reason = XE_STOP_NONE + 1; reason < XE_STOP_COUNT; reason++) {
        const struct xe_stop_info info = {.reason = reason};
        json_t *stop = stop_json(&info, "");

        expect_fits(stop);
        cr_expect(is_text(stop, "text", xe_stop_doc(reason)));
        cr_expect_eq(json_object_size(stop), 2, "%s", json_dumps(stop, 0));
        json_decref(stop);
    }
}

Test(stop_json, text_that_is_no_utf8_is_escaped)
{
    const struct xe_stop_info info = {.reason = XE_STOP_EXIT, .cause = XE_CAUSE_LAUNCH, .tid = 1};
    json_t *stop = stop_json(&info, "XamLoaderLaunchTitle '\xff'");

    expect_fits(stop);
    cr_expect(is_text(stop, "text", "XamLoaderLaunchTitle '\\xff'"), "%s", json_dumps(stop, 0));
    json_decref(stop);
}
