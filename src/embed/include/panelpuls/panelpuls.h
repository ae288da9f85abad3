// panelpuls inside a program of one's own: a wave in a directory, responses in, figures out.
//
//   auto wave = panelpuls::Wave::Open("wave.textproto", "data/autumn");
//   panelpuls::Response response;
//   response.respondent_id = "DK-1";
//   response.channel = "cati";
//   response.collected_at = panelpuls::Now();
//   response.answers = {{"revenue", {"up"}}};
//   const panelpuls::BatchResult result = (*wave)->Submit({{response}}).get();
//   const auto indicator = (*wave)->Latest().Find("mean", "indicator");
//
// Errors     come back as a Status or in a Result; nothing here throws but std::bad_alloc, and
// nothing
//            ends the process: a full disk, a full queue and a failed write are codes.
// Threads    a Wave: any, from several at once. Values (Batch, Figures, ...) are the caller's own;
//            Figures may be read from several threads at once.
// Ownership  a Wave owns its threads and the lock on its directory until its end. Figures are a
//            copy in effect: they may outlive the wave they are of.
// Stable     what stands here keeps its meaning until the next major version, before 1.0 until the
//            next minor one (docs/EMBEDDING.md). Needs C++17 and the standard library alone.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#define PANELPULS_API __attribute__((visibility("default")))

namespace panelpuls {
inline namespace abi0 {

// Numbers as in panelpuls_c.h; more may come.
enum class Code : int {
  kOk = 0,
  kInvalidArgument = 1,     // a definition, an option or a batch is wrong; the message says what
  kNotFound = 2,            // no such file, directory or figure
  kFailedPrecondition = 3,  // not in this state, or not with what the directory holds
  kDataLoss = 4,            // the directory has lost what it had made durable
  kExhausted = 5,           // no memory, thread, descriptor or disk to open with
  kUnavailable = 6,         // the system refused a file; the message has its reason
  kInternal = 7,
  kFull = 8,      // the queue is full: nothing was taken, submit the batch again a little later
  kNoRoom = 9,    // the disk is full: submit the batch again when it has room
  kStopped = 10,  // the wave was stopped: submit the batch to the next one that is opened
  kFailed = 11,   // a write failed: nothing is taken until the directory is opened anew
};

class Status {
 public:
  Status() = default;  // kOk
  Status(Code code, std::string message) : code_(code), message_(std::move(message)) {}

  bool ok() const { return code_ == Code::kOk; }
  Code code() const { return code_; }
  const std::string& message() const { return message_; }  // for people; empty where ok()

 private:
  Code code_ = Code::kOk;
  std::string message_;
};

// A value or why there is none. * and -> only where ok().
template <typename T>
class Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(Status status) : status_(std::move(status)) {}

  bool ok() const { return value_.has_value(); }
  const Status& status() const { return status_; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }

 private:
  Status status_;
  std::optional<T> value_;
};

using Time = std::chrono::time_point<std::chrono::system_clock, std::chrono::microseconds>;
inline Time Now() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// All texts are codes of the wave definition, as UTF-8.
struct Answer {
  std::string question;
  std::vector<std::string> options;  // one for a single choice, in any order for a multiple one
};
struct Category {
  std::string dimension;
  std::string category;
};
enum class ResponseStatus : int { kComplete = 0, kPartial = 1, kWithdrawn = 2, kTest = 3 };

// What a respondent said in one channel. A later revision replaces an earlier one; the same again
// counts once.
struct Response {
  std::string respondent_id{};  // 1 to 64 bytes; only a keyed pseudonym of it is kept
  std::string channel{};
  std::uint32_t revision = 0;
  std::optional<Time> collected_at{};  // required: when it was answered
  ResponseStatus status = ResponseStatus::kComplete;
  std::vector<Answer> answers{};
  std::vector<Category> categories{};   // of all dimensions, unless the wave has a sample frame
  std::optional<double> base_weight{};  // where the definition has weights per unit
};

// What happened to a unit: invited, delivered, refusal, ... (docs/DEFINITION.md).
struct CaseEvent {
  std::string unit_id{};
  std::string channel{};
  std::optional<Time> at{};  // required
  std::string disposition{};
  std::string event_id{};  // optional, at most 128 bytes
};

inline constexpr std::size_t kMostRecords = 100'000;  // of a batch
struct Batch {
  std::vector<Response> responses{};
  std::vector<CaseEvent> case_events{};
};

enum class Verdict : int {
  kAccepted = 0,
  kDuplicate = 1,   // known already
  kSuperseded = 2,  // a later revision is known
  kConflict = 3,    // the same revision with other content; the reason says which counts
  kErased = 4,
  kRejected = 5,  // does not fit the definition: field and reason say where and why
  kRegisterFull = 6,
};
PANELPULS_API const char* VerdictName(Verdict verdict);  // "accepted", ...

struct RecordVerdict {
  Verdict verdict = Verdict::kAccepted;
  std::string field{};  // such as answers[0].options[0]
  std::string reason{};
};

// What became of a batch. Where status is ok(), every verdict is on disk. Else no verdict is known:
// some records may have been kept, and the whole batch may be submitted again, for what was kept
// counts once.
struct BatchResult {
  Status status{};
  std::vector<RecordVerdict> responses{};    // parallel to Batch::responses
  std::vector<RecordVerdict> case_events{};  // parallel to Batch::case_events
  // Answers to questions that the definition does not have; they are left out.
  std::uint64_t ignored_answers = 0;
};

// A figure by its names, as snapshots and CSV have them: statistic "mean", "share", "total",
// "ratio" or "difference"; of "indicator", "indicator/<group>" or "<question>/<option>"; domain ""
// (all) or "<dimension>=<category>", crossed ones joined by "&"; against: the comparison of a
// difference, else "".
struct Figure {
  std::string statistic{}, of{}, domain{}, against{};
  std::uint64_t n = 0;  // respondents that it rests on
  // Absent where they cannot be had; flags say why. low, high: the wave's confidence interval.
  std::optional<double> n_effective{}, value{}, se{}, low{}, high{};
  std::vector<std::string> flags{};  // "low_n", "not_reportable", ...
  bool reportable = false;  // may be published: there is a value, and no flag speaks against it
};

// All figures of one moment.
class PANELPULS_API Figures {
 public:
  // Grows with every response that is kept; equal versions of a directory have equal figures.
  std::uint64_t version() const;
  std::uint64_t respondents() const;
  std::size_t size() const;
  // place < size(), in the definition's order, the same for all figures of a wave.
  Figure At(std::size_t place) const;
  // kNotFound: the definition asks for no such figure.
  Result<std::size_t> PlaceOf(const std::string& statistic, const std::string& of,
                              const std::string& domain = "",
                              const std::string& against = "") const;
  Result<Figure> Find(const std::string& statistic, const std::string& of,
                      const std::string& domain = "", const std::string& against = "") const;

  struct Impl;
  explicit Figures(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}

 private:
  std::shared_ptr<const Impl> impl_;
};

struct Options {
  // Writers, each with a journal of its own. Fixed when the directory is made.
  std::uint32_t partitions = 1;
  double snapshots_per_second = 10;  // 0.01 to 1000; none is made where nothing changed
  std::size_t queue_batches = 256;   // a partition; more wait with the caller, as kFull
  std::chrono::milliseconds room_patience{5000};  // for room on a full disk, before kNoRoom
  bool must_exist = false;                        // no directory is made
  // Goes on although the directory has lost what it had made durable.
  bool accept_loss = false;
  // Of a wave with a sample frame, read while the directory is made; empty: the definition's.
  std::string frame_file{};
};

class PANELPULS_API Wave {
 public:
  // Reads the wave definition and what the directory holds, or makes the directory; starts the
  // threads. kFailedPrecondition: another process has the directory, or it holds another wave.
  static Result<std::unique_ptr<Wave>> Open(const std::string& wave_file,
                                            const std::string& directory,
                                            const Options& options = {});
  // Stops. Not from a callback.
  ~Wave();
  Wave(const Wave&) = delete;
  Wave& operator=(const Wave&) = delete;

  // Takes a batch, which is copied. Where the status is ok(), `done` is called once with what
  // became of it, on a thread of the wave, before Stop returns, and possibly before Submit returns.
  // It must not block; it may submit, but not stop; what it throws is dropped. Else nothing was
  // taken and `done` is not called: kFull, kNoRoom, kStopped, kFailed, or kInvalidArgument.
  Status Submit(const Batch& batch, std::function<void(const BatchResult&)> done);
  // The same as a future: what Submit would return stands in BatchResult::status.
  std::future<BatchResult> Submit(const Batch& batch);

  // The figures published last. They follow the verdicts by a moment.
  Figures Latest() const;
  // Waits for figures of a version above newer_than, but no longer than `timeout`, a stop or a
  // failure; then the latest. Not from a callback.
  Figures Await(std::uint64_t newer_than, std::chrono::milliseconds timeout) const;

  // Ok while batches are taken; kNoRoom, kStopped, or kFailed with what failed.
  Status State() const;

  // Takes no more batches, ends those it has, publishes the last figures, ends its threads. The
  // directory stays locked until the Wave's end. kFailed: a write had failed;
  // kFailedPrecondition: called from a callback, and nothing was done.
  Status Stop();

  struct Impl;

 private:
  explicit Wave(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

PANELPULS_API const char* Version();  // of the library, such as "0.1.0"

}  // namespace abi0
}  // namespace panelpuls
