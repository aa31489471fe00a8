/* The render driver: calls a client's callback once a period, on a thread of its own.
 *
 * That thread is an ordinary one, since real callbacks wait for their mixer; it runs the callback,
 * then waits for the client's event, which each period sets. So a callback that takes longer than a
 * period is called again as soon as it has returned, and never twice at a time. The thread keeps no
 * title alive.
 * Source: what XAudio2's client does; xenia's audio_system.cc for the queue. Guess: the thread is
 * of the system process, above all titles' threads, and on hardware thread 4. */
#ifndef XE_KERNEL_CORE_AUDIO_H
#define XE_KERNEL_CORE_AUDIO_H

#include "apu/sink.h"
#include "kernel/core/kernel.h"

struct xe_codec;
struct xe_object;
struct xe_thread;

#define XE_AUDIO_HANDLE 0x41550000u /* of client 0 */

/* A new client of this callback, which gets the address of a cell with the argument. *ret_handle
 * is stored before it runs. NULL, with *ret_status: there are XE_AUDIO_CLIENTS, or no memory. */
bool xe_kernel_audio_register(struct xe_kernel *kernel, xe_gva callback, uint32_t argument,
                              uint32_t *ret_handle, uint32_t *ret_status);
/* No period asks it again; its thread ends when it is out of the callback. false: no such. */
bool xe_kernel_audio_unregister(struct xe_kernel *kernel, uint32_t handle);
/* A frame of XE_AUDIO_FRAME_BYTES for a client; false: no such client. */
bool xe_kernel_audio_submit(struct xe_kernel *kernel, uint32_t handle, const uint8_t *frame);

/* ---- the kernel's own ----------------------------------------------------------------------- */

struct xe__audio_client {
    struct xe_object *event; /* reference held; NULL: the slot is free */
    struct xe_thread *thread;
    xe_gva callback, cell;
    uint64_t since;   /* interrupt time                           */
    uint64_t ordered; /* periods that were begun                  */
    bool in_callback, closing;
    struct xe_apu_sink sink;
};

struct xe__audio {
    struct xe_kernel *kernel;
    struct xe__audio_client client[XE_AUDIO_CLIENTS];
    uint32_t keep_seconds; /* no state */
};

/* Plug it in; false: out of memory. */
bool xe__kernel_audio_add(struct xe_kernel *kernel);
/* The client's thread looks for work: it waits for a period, or is done with that wait. */
void xe__kernel_audio_wait(struct xe_thread *thread);
void xe__kernel_audio_call(struct xe_thread *thread);
/* The thread has ended, if it is a client's. */
void xe__kernel_audio_thread_gone(struct xe_thread *thread);
void xe__kernel_audio_state(struct xe_codec *c, struct xe_kernel *kernel);
/* Nobody is a client any more, without any effect on anything. */
void xe__kernel_audio_forget(struct xe_kernel *kernel);
void xe__kernel_audio_destroy(struct xe_kernel *kernel);
void xe__kernel_audio_client_state(struct xe_codec *c, struct xe__audio_client *client);

#endif
