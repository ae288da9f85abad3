// One HTTP connection: requests one after the other, each with a deadline; POSTed batches into the
// intake, reads from the views, event streams.
// Threads  its io thread alone.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "engine/engine.h"
#include "report/snapshot.h"
#include "server/asio.h"
#include "server/body.h"
#include "server/connection.h"
#include "server/export_job.h"
#include "server/http_message.h"
#include "server/http_reader.h"
#include "server/routes.h"
#include "server/signal.h"

namespace panelpuls::server {

class HttpSession final : public Connection, public BatchWaiter {
 public:
  // On the io thread. The session keeps itself until its connection ends.
  static void Start(IoThread& io_thread, tcp::socket socket, Place place);

  HttpSession(IoThread& io_thread, tcp::socket socket, Place place);
  ~HttpSession() override;

  void BeginStop() override;
  Standing standing() const override;
  void OnBatchDone(std::unique_ptr<engine::Batch> batch) override;

 private:
  enum class Next { kKeepAlive, kClose, kCloseGently };

  static asio::awaitable<void> Run(std::shared_ptr<HttpSession> self);
  asio::awaitable<Next> ServeOne();
  asio::awaitable<Next> AnswerRequest(const RequestHead& head);
  asio::awaitable<Next> Refuse(Problem problem);
  asio::awaitable<Next> Send(const RequestHead& head, Response response);

  // What is wrong with a request before its body is looked at.
  std::optional<Problem> CheckNames(const RequestHead& head);
  std::optional<Response> CheckRoute(const Route& route, const RequestHead& head);
  std::optional<Response> CheckPlace(const Route& route);
  std::optional<Response> CheckBatchHead(const RequestHead& head);

  asio::awaitable<Next> ReceiveBatch(const RequestHead& head);
  asio::awaitable<ReadResult> ReceiveBody(const RequestHead& head);
  // Holds so much for the body; false: there was no room for too long.
  asio::awaitable<bool> MakeRoom(std::size_t bytes);
  // Decodes the body; holds what the batch and its answer take. kUnavailable: there was no room for
  // too long.
  asio::awaitable<absl::StatusOr<DecodedBatch>> DecodeBody(const RequestHead& head);
  asio::awaitable<Next> AnswerBatch(const RequestHead& head, DecodedBatch& decoded);
  asio::awaitable<std::unique_ptr<engine::Batch>> AwaitBatch();

  asio::awaitable<Next> ServeExport(const RequestHead& head);  // export.cc
  absl::StatusOr<std::unique_ptr<ExportJob>> StartExport(const engine::PublishedSnapshot& snapshot,
                                                         const report::CsvStyle& style);
  // job: null where only the head was asked for.
  asio::awaitable<Next> SendExport(const RequestHead& head, Response response, ExportJob* job,
                                   std::string page);
  asio::awaitable<bool> SendPages(ExportJob& job, const RequestHead& head, std::string page);
  asio::awaitable<void> AwaitPage();

  asio::awaitable<Next> ServeStream(const RequestHead& head);  // event_stream.cc
  asio::awaitable<void> SendEvents(bool gzip);
  asio::awaitable<bool> SendEvent(bool gzip);

  void OnInterrupted() override { wake_.Set(); }

  HttpReader reader_;
  BodyDecoder body_;
  Signal wake_;
  bool idle_ = false;           // waits for a request
  bool has_asked_ = false;      // a whole head has come
  bool in_flight_ = false;      // a batch of its own
  bool found_no_room_ = false;  // for a body, for too long
  std::unique_ptr<engine::Batch> done_;
};

}  // namespace panelpuls::server
