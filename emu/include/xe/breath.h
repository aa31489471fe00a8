/* Long work tells now and then that it goes on.
 *
 * Whoever owns an instance may be watched by a process that takes silence for death. A call that
 * can take longer than a moment - loading, hashing, an export over half of the guest's memory -
 * takes a breath between slices of about a millisecond. The instance is in the middle of something
 * then: the owner may say that it lives, and nothing else. */
#ifndef XE_BREATH_H
#define XE_BREATH_H

struct xe_breath {
    void (*take)(void *ctx); /* NULL: nobody listens */
    void *ctx;
};

/* breath may be NULL. */
static inline void xe_breathe(const struct xe_breath *breath)
{
    if (breath && breath->take)
        breath->take(breath->ctx);
}

#endif
