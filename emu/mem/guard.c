/* The guarded view: guest memory once more, with the host's page protection as the check.
 *
 * The idea: translated code accesses memory without asking. A page of the view starts closed; the
 * first access faults, and the fault opens the page with the rights access[] gives at that moment.
 * When access[] loses rights, the page is noted and closed before translated code runs again. So
 * the view never allows what access[] does not, and pages nobody uses cost nothing.
 *
 * Opening and closing cost thousands of times what an access costs. A page that keeps being closed
 * to stores because it holds code, and then data is stored there again, is opened for loads only.
 */
#include <string.h>
#include <sys/mman.h>

#include "base/alloc.h"
#include "mem/mem.h"
#include "mem/mem_internal.h"

#define STALE_MAX (sizeof(((struct xe__mem_guard *)0)->stale) / sizeof(uint32_t))

/* Pages opened by one fault: a run of equal rights around it, so that walking through memory does
 * not fault at every page. */
#define RUN 16u

/* Parts of guard->open: rights, and how often code has closed the page to stores. */
#define RIGHTS   (XE_MEM_FAST_READ | XE_MEM_FAST_WRITE)
#define LOST     4u
#define LOST_MAX (8 * LOST)

/* What the page may be opened for. The host can't allow stores without loads. Source: Intel SDM
 * volume 3, section 4.6. */
static uint8_t openable(const struct xe_mem *mem, uint32_t page)
{
    uint8_t access = mem->access[page];

    if (!(access & XE_MEM_FAST_READ))
        return 0;
    return mem->priv->guard->open[page] < LOST_MAX ? access : XE_MEM_FAST_READ;
}

static int host_rights(uint8_t access)
{
    return (access & XE_MEM_FAST_READ ? PROT_READ : 0) |
           (access & XE_MEM_FAST_WRITE ? PROT_WRITE : 0);
}

bool xe_mem_guard_create(struct xe_mem *mem, struct xe_error *err)
{
    struct xe__mem_guard *guard;

    if (mem->guarded)
        return true;
    guard = xe_calloc(1, sizeof(*guard));
    if (!guard)
        return xe_error_set(err, XE_ERR_NO_MEMORY, "guarded view: out of memory");
    mem->priv->guard = guard;
    guard->open = xe__mem_table_create(XE_MEM_PAGES);
    if (guard->open)
        guard->reservation = xe__mem_reserve(err);
    else
        xe_error_set(err, XE_ERR_NO_MEMORY, "guarded view: out of memory");
    if (!guard->reservation ||
        !xe__mem_map_view(mem, guard->reservation + XE__GUARD, PROT_NONE, err)) {
        xe_mem_guard_drop(mem);
        return false;
    }
    mem->guarded = guard->reservation + XE__GUARD;
    return true;
}

void xe_mem_guard_drop(struct xe_mem *mem)
{
    struct xe__mem_guard *guard = mem->priv->guard;

    if (!guard)
        return;
    if (guard->reservation)
        munmap(guard->reservation, XE__SPACE + 2 * XE__GUARD);
    xe__mem_table_destroy(guard->open, XE_MEM_PAGES);
    xe_free(guard);
    mem->priv->guard = NULL;
    mem->guarded = NULL;
}

void xe__mem_guard_lower(const struct xe_mem *mem, uint32_t page)
{
    struct xe__mem_guard *guard = mem->priv->guard;

    if (!(guard->open[page] & RIGHTS & ~openable(mem, page)))
        return;
    if (guard->stales < STALE_MAX)
        guard->stale[guard->stales] = page;
    if (guard->stales <= STALE_MAX)
        guard->stales++;
}

bool xe__mem_guard_remap(struct xe_mem *mem, struct xe_error *err)
{
    struct xe__mem_guard *guard = mem->priv->guard;

    if (!guard)
        return true;
    madvise(guard->open, XE_MEM_PAGES, MADV_DONTNEED);
    guard->stales = 0;
    return xe__mem_map_view(mem, mem->guarded, PROT_NONE, err);
}

static void close_all(struct xe_mem *mem)
{
    uint8_t *open = mem->priv->guard->open;

    mprotect(mem->guarded, XE__SPACE, PROT_NONE);
    madvise(open, XE_MEM_PAGES, MADV_DONTNEED);
}

static bool holds_code(const struct xe_mem *mem, uint32_t page)
{
    xe_gva canonical = xe_mem_canonical(page << XE_MEM_PAGE_SHIFT);

    return mem->priv->flags[canonical >> XE_MEM_PAGE_SHIFT] & XE__PAGE_CODE;
}

/* Close what a page no longer allows; false: the host has no room for another mapping. */
static bool close_page(struct xe_mem *mem, uint32_t page)
{
    uint8_t *open = &mem->priv->guard->open[page], was = *open & RIGHTS;
    uint8_t left = was & openable(mem, page);

    if (mprotect(mem->guarded + ((size_t)page << XE_MEM_PAGE_SHIFT), XE_MEM_PAGE,
                 host_rights(left)) != 0)
        return false;
    *open = (uint8_t)((*open & ~RIGHTS) | left);
    if ((was & ~left) == XE_MEM_FAST_WRITE && holds_code(mem, page) && *open < LOST_MAX)
        *open += LOST;
    return true;
}

void xe_mem_guard_sync(struct xe_mem *mem)
{
    struct xe__mem_guard *guard = mem->priv->guard;
    bool ok = guard->stales <= STALE_MAX;

    for (uint32_t i = 0; ok && i < guard->stales; i++)
        ok = close_page(mem, guard->stale[i]);
    if (!ok)
        close_all(mem);
    guard->stales = 0;
}

/* Open the aligned run of pages around `page` that have its rights. */
static bool open_run(struct xe_mem *mem, uint32_t page)
{
    struct xe__mem_guard *guard = mem->priv->guard;
    uint8_t rights = openable(mem, page);
    uint32_t first = page, end = page + 1;

    while (first & (RUN - 1) && openable(mem, first - 1) == rights)
        first--;
    while (end & (RUN - 1) && openable(mem, end) == rights)
        end++;
    if (mprotect(mem->guarded + ((size_t)first << XE_MEM_PAGE_SHIFT),
                 (size_t)(end - first) << XE_MEM_PAGE_SHIFT, host_rights(rights)) != 0)
        return false; /* the host has no room for another mapping */
    for (; first < end; first++)
        guard->open[first] = (uint8_t)((guard->open[first] & ~RIGHTS) | rights);
    return true;
}

bool xe_mem_guard_fault(struct xe_mem *mem, xe_gva va, bool write)
{
    struct xe_mem_private *priv = mem->priv;
    uint32_t page = va >> XE_MEM_PAGE_SHIFT;
    uint8_t wanted = write ? XE_MEM_FAST_WRITE : XE_MEM_FAST_READ;

    if (priv->protect[page])
        xe__mem_bring(mem, page);
    if (write && !(mem->access[page] & wanted) &&
        priv->protect[page] & (XE_PAGE_READWRITE | XE_PAGE_EXECUTE_READWRITE) &&
        !(priv->flags[page] & XE__PAGE_MMIO) && !holds_code(mem, page))
        xe__mem_touch(mem, page);
    if (!(openable(mem, page) & wanted))
        return false;
    if (priv->guard->open[page] & wanted) {
        /* Open already: the host knows better, or the whole view was just closed. */
        priv->guard->open[page] &= (uint8_t)~RIGHTS;
    }
    if (!open_run(mem, page)) {
        close_all(mem);
        return open_run(mem, page);
    }
    return true;
}
