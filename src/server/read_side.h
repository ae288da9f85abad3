// Answers to GET, from what the io thread holds: no lock, no wait.
// Threads  the io thread.
#pragma once

#include "server/http_message.h"
#include "server/io_thread.h"
#include "server/routes.h"

namespace panelpuls::server {

// Every resource but kResponses, kStream and kNone.
Response AnswerRead(const Route& route, const RequestHead& head, IoThread& io_thread);

// Where the snapshot thread has published nothing yet.
Response NoSnapshotYet();

}  // namespace panelpuls::server
