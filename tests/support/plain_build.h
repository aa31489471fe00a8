/* Included behind config.h: what is compiled with it is as in a build for users. */
#undef XE_FAULT_PLAN
