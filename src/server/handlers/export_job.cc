#include "server/handlers/export_job.h"

#include <atomic>
#include <exception>
#include <utility>

#include "base/thread.h"

namespace panelpuls::server {
namespace {

constexpr std::size_t kPageBytes = 64 * 1024;

}  // namespace

bool RunningExports::Begin() {
  const std::lock_guard lock(mutex_);
  if (running_ >= most_) return false;
  ++running_;
  return true;
}

void RunningExports::End() {
  // Told under the lock: who waits may destroy this as soon as it can be taken.
  const std::lock_guard lock(mutex_);
  --running_;
  none_.notify_all();
}

void RunningExports::AwaitNone() {
  std::unique_lock lock(mutex_);
  none_.wait(lock, [this] { return running_ == 0; });
}

// What the thread and who takes its pages have in common.
class ExportJob::Work {
 public:
  explicit Work(Options options) : options_(std::move(options)) {}

  void Run();
  void Cancel();
  bool Take(std::string* page);
  bool ended();
  absl::Status status();

 private:
  // False: the job is to end.
  bool Give(std::string page);

  const Options options_;
  // pairs-with: itself, store and loads relaxed: it only asks the thread to end, and the mutex
  // orders what the waiting thread sees.
  std::atomic<bool> cancelled_{false};
  std::mutex mutex_;
  std::condition_variable taken_;
  // Under mutex_.
  std::string page_;
  bool ready_ = false;
  bool made_all_ = false;
  absl::Status status_;
};

void ExportJob::Work::Run() {
  absl::Status status;
  try {
    archive::ExportOptions cut = options_.cut;
    cut.cancelled = [this] { return cancelled_.load(std::memory_order_relaxed); };
    const auto responses = archive::ResponsesExport::Open(*options_.files, options_.directory, cut);
    status = responses.status();
    while (status.ok()) {
      std::string page = (*responses)->NextPage(kPageBytes);
      if (page.empty()) break;
      if (!Give(std::move(page))) return;
    }
  } catch (const std::exception& error) {
    status = Internal("the export broke off: {}", error.what());
  }
  {
    const std::lock_guard lock(mutex_);
    made_all_ = true;
    status_ = std::move(status);
  }
  options_.on_news();
}

bool ExportJob::Work::Give(std::string page) {
  {
    std::unique_lock lock(mutex_);
    taken_.wait(lock, [this] { return !ready_ || cancelled_.load(std::memory_order_relaxed); });
    if (cancelled_.load(std::memory_order_relaxed)) return false;
    page_ = std::move(page);
    ready_ = true;
  }
  options_.on_news();
  return true;
}

void ExportJob::Work::Cancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_.store(true, std::memory_order_relaxed);
  }
  taken_.notify_all();
}

bool ExportJob::Work::Take(std::string* page) {
  {
    const std::lock_guard lock(mutex_);
    if (!ready_) return false;
    *page = std::move(page_);
    ready_ = false;
  }
  taken_.notify_all();
  return true;
}

bool ExportJob::Work::ended() {
  const std::lock_guard lock(mutex_);
  return made_all_ && !ready_;
}

absl::Status ExportJob::Work::status() {
  const std::lock_guard lock(mutex_);
  return status_;
}

absl::StatusOr<std::unique_ptr<ExportJob>> ExportJob::Start(RunningExports& running,
                                                            Options options) {
  if (!running.Begin()) {
    return ResourceExhausted("{} exports run already; try again when one has ended",
                             running.most());
  }
  auto work = std::make_shared<Work>(std::move(options));
  auto thread = StartThread("export", [running = &running, work]() mutable {
    work->Run();
    work.reset();  // before it counts as ended: what it refers to may go then
    running->End();
  });
  if (!thread.ok()) {
    running.End();
    return thread.status();
  }
  thread->detach();  // `running` is what its end is waited for with
  return std::unique_ptr<ExportJob>(new ExportJob(std::move(work)));
}

ExportJob::ExportJob(std::shared_ptr<Work> work) : work_(std::move(work)) {}
ExportJob::~ExportJob() { work_->Cancel(); }

bool ExportJob::Take(std::string* page) { return work_->Take(page); }
bool ExportJob::ended() { return work_->ended(); }
absl::Status ExportJob::status() { return work_->status(); }

}  // namespace panelpuls::server
