// An export of responses under way: a thread of its own replays the journal up to a cut and then
// makes page after page, each only when the one before was taken. Nobody on an io thread waits for
// it: who gives it up tells it to end and goes on.
// Threads  an ExportJob: one io thread, beside the job's own thread that makes the pages.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "archive/responses_export.h"
#include "base/file.h"
#include "base/status.h"

namespace panelpuls::server {

// The exports whose threads run, of which there may be so many at once: each holds the memory of a
// state until it has ended. Threads  any.
class RunningExports {
 public:
  explicit RunningExports(unsigned most) : most_(most) {}

  unsigned most() const { return most_; }
  // False: as many run already.
  bool Begin();
  // Of one that Begin allowed: it has ended.
  void End();
  void AwaitNone();

 private:
  const unsigned most_;
  std::mutex mutex_;
  std::condition_variable none_;
  unsigned running_ = 0;  // under mutex_
};

class ExportJob {
 public:
  struct Options {
    FileSystem* files = nullptr;
    std::string directory;
    archive::ExportOptions cut;
    // Called on the job's thread whenever Take has news.
    std::function<void()> on_news;
  };
  // `running` and what the options refer to are there until running.AwaitNone() has returned.
  // ResourceExhausted: as many run as may at once; Unavailable: no thread can be made.
  static absl::StatusOr<std::unique_ptr<ExportJob>> Start(RunningExports& running, Options options);
  // Tells the thread to end, at its next group or page.
  ~ExportJob();
  ExportJob(const ExportJob&) = delete;
  ExportJob& operator=(const ExportJob&) = delete;

  // Takes the page that is ready; the next is then made. False: none yet.
  bool Take(std::string* page);
  // All pages were taken.
  bool ended();
  // Not ok: there will be no more pages, and the export is not whole.
  absl::Status status();

 private:
  class Work;
  explicit ExportJob(std::shared_ptr<Work> work);

  const std::shared_ptr<Work> work_;  // also the thread's
};

}  // namespace panelpuls::server
