// An export of responses under way: a thread of its own replays the journal up to a cut and then
// makes page after page, each only when the one before was taken.
// Threads  constructed, asked and destroyed on one io thread; the job's own thread makes the pages.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/file.h"
#include "engine/export.h"
#include "server/shared.h"

namespace panelpuls::server {

// One of the exports that may run at once; given back on destruction.
class ExportSlot {
 public:
  explicit ExportSlot(Shared& shared)
      : shared_(shared),
        taken_(shared.exports.fetch_add(1, std::memory_order_relaxed) <
               shared.options.max_exports) {}
  ~ExportSlot() { shared_.exports.fetch_sub(1, std::memory_order_relaxed); }
  ExportSlot(const ExportSlot&) = delete;
  ExportSlot& operator=(const ExportSlot&) = delete;

  // False: too many run already.
  bool taken() const { return taken_; }

 private:
  Shared& shared_;
  const bool taken_;
};

class ExportJob {
 public:
  struct Options {
    FileSystem* files = nullptr;
    std::string directory;
    engine::ExportOptions cut;
    // Called on the job's thread whenever Take has news.
    std::function<void()> on_news;
  };
  explicit ExportJob(Options options);
  // Ends the thread at its next group or page.
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
  void Run();
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

  std::thread thread_;
};

}  // namespace panelpuls::server
