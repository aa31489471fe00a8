/* A build without a fault plan, whatever this one is: faults are refused, and the error says why.
 */
#include <string.h>

#include <criterion/criterion.h>

#include "worker/session/session_internal.h"

static const char wanted[] = "this build has no fault plan (configure --enable-fault-plan)";

Test(plain_build, every_fault_is_refused)
{
    unsigned faults = 0;

    cr_assert_not(xe_fault_plan());
    for (int i = 0; i < XE_SETTINGS; i++) {
        struct xe_instance_config config = xe_instance_config_default();
        struct xe_error err = XE_ERROR_INIT;

        if (xe_settings[i].group != XE_SETTING_FAULTS)
            continue;
        cr_expect(xe_instance_config_check(&config, NULL));
        xe_setting_set(&config, &xe_settings[i], 1);
        cr_expect_not(xe_instance_config_check(&config, &err), "%s", xe_settings[i].name);
        cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
        cr_expect(strstr(err.text, wanted), "%s", err.text);
        faults++;
    }
    cr_expect_gt(faults, 0);
}

Test(plain_build, the_member_itself_is_refused)
{
    json_t *config = json_pack("{s:i, s:{}}", "seed", 3, "faults");
    struct xe_instance_config read;
    struct xe_error err = XE_ERROR_INIT;

    cr_expect_not(xe__rpc_session_config(config, &read, &err));
    cr_expect_eq(err.code, XE_ERR_CONFIG_INVALID);
    cr_expect(strstr(err.text, wanted), "%s", err.text);
    json_object_del(config, "faults");
    cr_expect(xe__rpc_session_config(config, &read, NULL));
    cr_expect_eq(read.seed, 3);
    json_decref(config);
}
