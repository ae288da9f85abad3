/* panelpuls as a plain C interface, for other languages to bind: what panelpuls.h has, with
 * handles.
 *
 * Errors     a panelpuls_code; panelpuls_error_text() is why the last call of this thread failed.
 *            Nothing is thrown, and nothing ends the process.
 * Threads    a panelpuls_wave: any, from several at once. A batch, a result, figures: one at a
 * time. Ownership  what a function hands out as panelpuls_X** or returns as panelpuls_X* is freed
 * with panelpuls_X_free. Texts that are given are copied; texts that are handed out live as long as
 * the handle they came from. Every free takes NULL. Texts      UTF-8 with a zero at the end.
 * Versions   a struct begins with its size, which the caller sets to sizeof; a newer library takes
 *            the shorter struct of an older header, and gives it what it has room for. Numbers and
 *            functions keep their meaning while the SOVERSION of the library stays.
 */
#ifndef PANELPULS_PANELPULS_C_H_
#define PANELPULS_PANELPULS_C_H_

#include <stddef.h>
#include <stdint.h>

#define PANELPULS_C_API __attribute__((visibility("default")))

#ifdef __cplusplus
extern "C" {
#endif

typedef struct panelpuls_wave panelpuls_wave;
typedef struct panelpuls_batch panelpuls_batch;
typedef struct panelpuls_result panelpuls_result;
typedef struct panelpuls_figures panelpuls_figures;

enum panelpuls_code {
  PANELPULS_OK = 0,
  PANELPULS_INVALID_ARGUMENT = 1,
  PANELPULS_NOT_FOUND = 2,
  PANELPULS_FAILED_PRECONDITION = 3,
  PANELPULS_DATA_LOSS = 4,
  PANELPULS_EXHAUSTED = 5,
  PANELPULS_UNAVAILABLE = 6,
  PANELPULS_INTERNAL = 7,
  PANELPULS_FULL = 8,    /* the queue is full: nothing was taken, try again a little later */
  PANELPULS_NO_ROOM = 9, /* the disk is full */
  PANELPULS_STOPPED = 10,
  PANELPULS_FAILED = 11 /* a write failed: nothing is taken until the directory is opened anew */
};

enum panelpuls_verdict_code {
  PANELPULS_ACCEPTED = 0,
  PANELPULS_DUPLICATE = 1,
  PANELPULS_SUPERSEDED = 2,
  PANELPULS_CONFLICT = 3,
  PANELPULS_ERASED = 4,
  PANELPULS_REJECTED = 5,
  PANELPULS_REGISTER_FULL = 6
};

enum panelpuls_response_status {
  PANELPULS_COMPLETE = 0,
  PANELPULS_PARTIAL = 1,
  PANELPULS_WITHDRAWN = 2,
  PANELPULS_TEST = 3
};

enum panelpuls_record_kind { PANELPULS_RESPONSE = 0, PANELPULS_CASE_EVENT = 1 };

PANELPULS_C_API const char* panelpuls_version(void);
PANELPULS_C_API const char* panelpuls_verdict_name(int verdict);
/* Why the last call of this thread failed; "" when it did not. Until the thread's next call. */
PANELPULS_C_API const char* panelpuls_error_text(void);

typedef struct panelpuls_options {
  size_t size;
  uint32_t partitions;
  uint32_t queue_batches;
  double snapshots_per_second;
  int64_t room_patience_ms;
  int32_t must_exist;
  int32_t accept_loss;
  const char* frame_file; /* NULL: as the definition says */
} panelpuls_options;
/* Sets all but size, which must be set. */
PANELPULS_C_API int panelpuls_options_init(panelpuls_options* options);

/* options: NULL for those of panelpuls_options_init. */
PANELPULS_C_API int panelpuls_open(const char* wave_file, const char* directory,
                                   const panelpuls_options* options, panelpuls_wave** wave);
/* As Wave::State and Wave::Stop. */
PANELPULS_C_API int panelpuls_state(const panelpuls_wave* wave);
PANELPULS_C_API int panelpuls_stop(panelpuls_wave* wave);
/* Stops, too. Not from a callback. */
PANELPULS_C_API void panelpuls_wave_free(panelpuls_wave* wave);

/* A batch is put together record by record; what belongs to a response follows it. */
PANELPULS_C_API panelpuls_batch* panelpuls_batch_new(void); /* NULL: no memory */
PANELPULS_C_API void panelpuls_batch_free(panelpuls_batch* batch);
/* collected_at, at: microseconds since 1970-01-01T00:00:00Z. */
PANELPULS_C_API int panelpuls_batch_response(panelpuls_batch* batch, const char* respondent_id,
                                             const char* channel, uint32_t revision,
                                             int64_t collected_at);
/* Of the last response; several options of a question: one call each. */
PANELPULS_C_API int panelpuls_batch_answer(panelpuls_batch* batch, const char* question,
                                           const char* option);
PANELPULS_C_API int panelpuls_batch_category(panelpuls_batch* batch, const char* dimension,
                                             const char* category);
PANELPULS_C_API int panelpuls_batch_status(panelpuls_batch* batch, int response_status);
PANELPULS_C_API int panelpuls_batch_base_weight(panelpuls_batch* batch, double base_weight);
/* event_id: may be NULL. */
PANELPULS_C_API int panelpuls_batch_case_event(panelpuls_batch* batch, const char* unit_id,
                                               const char* channel, int64_t at,
                                               const char* disposition, const char* event_id);

/* Takes a batch, which stays the caller's and may be submitted again. PANELPULS_OK: `done` is
 * called once, on a thread of the wave, possibly before this returns; it must not block, and the
 * result ends with it. Else it is not called. `done` may be NULL. */
typedef void (*panelpuls_done)(void* context, const panelpuls_result* result);
PANELPULS_C_API int panelpuls_submit(panelpuls_wave* wave, const panelpuls_batch* batch,
                                     panelpuls_done done, void* context);
/* The same, and waits for the result. The code is that of the submission, then of the result. */
PANELPULS_C_API int panelpuls_submit_and_wait(panelpuls_wave* wave, const panelpuls_batch* batch,
                                              panelpuls_result** result);
PANELPULS_C_API void panelpuls_result_free(panelpuls_result* result);

typedef struct panelpuls_verdict {
  size_t size;
  int32_t verdict; /* panelpuls_verdict_code */
  const char* field;
  const char* reason;
} panelpuls_verdict;
/* panelpuls_code: unless it is PANELPULS_OK there are no verdicts. */
PANELPULS_C_API int panelpuls_result_code(const panelpuls_result* result);
PANELPULS_C_API const char* panelpuls_result_text(const panelpuls_result* result);
PANELPULS_C_API size_t panelpuls_result_count(const panelpuls_result* result, int record_kind);
PANELPULS_C_API uint64_t panelpuls_result_ignored_answers(const panelpuls_result* result);
PANELPULS_C_API int panelpuls_result_verdict(const panelpuls_result* result, int record_kind,
                                             size_t index, panelpuls_verdict* verdict);

typedef struct panelpuls_figure {
  size_t size;
  const char* statistic;
  const char* of;
  const char* domain;
  const char* against;
  uint64_t n;
  double n_effective, value, se, low, high; /* NaN: there is none */
  int32_t reportable;
  const char* flags; /* with a blank between them */
} panelpuls_figure;
/* As Wave::Latest and Wave::Await. */
PANELPULS_C_API int panelpuls_latest(const panelpuls_wave* wave, panelpuls_figures** figures);
PANELPULS_C_API int panelpuls_await(const panelpuls_wave* wave, uint64_t newer_than,
                                    int64_t timeout_ms, panelpuls_figures** figures);
PANELPULS_C_API void panelpuls_figures_free(panelpuls_figures* figures);
PANELPULS_C_API uint64_t panelpuls_figures_version(const panelpuls_figures* figures);
PANELPULS_C_API uint64_t panelpuls_figures_respondents(const panelpuls_figures* figures);
PANELPULS_C_API size_t panelpuls_figures_count(const panelpuls_figures* figures);
PANELPULS_C_API int panelpuls_figures_at(panelpuls_figures* figures, size_t place,
                                         panelpuls_figure* figure);
/* domain, against: NULL is "". */
PANELPULS_C_API int panelpuls_figures_find(panelpuls_figures* figures, const char* statistic,
                                           const char* of, const char* domain, const char* against,
                                           panelpuls_figure* figure);

#ifdef __cplusplus
}
#endif

#endif /* PANELPULS_PANELPULS_C_H_ */
