#include "server/connection/connections.h"

#include <array>
#include <chrono>

#include "server/connection/connection.h"

namespace panelpuls::server {
namespace {

using std::chrono::seconds;

// How long it must have been so before it makes room, by kind. An idle sender may be about to send,
// and a slow one may only be far away; who has asked for nothing has nothing to lose.
constexpr std::array<seconds, Standing::kBusy> kGrace = {seconds(0), seconds(1), seconds(5)};

bool GoesBefore(const Standing& a, const Standing& b) {
  return a.kind != b.kind ? a.kind < b.kind : a.since < b.since;
}

}  // namespace

Connections::Connections(Transport transport, const ConnectionLimits& limits, Metrics& metrics)
    : transport_(transport), limits_(limits), metrics_(metrics) {}

void Connections::Add(Connection* connection) {
  all_.insert(connection);
  placed_.insert(connection);
  ++Taken(connection->place());
}

void Connections::Leave(Connection* connection) {
  if (placed_.erase(connection) > 0) --Taken(connection->place());
}

void Connections::Remove(Connection* connection) {
  Leave(connection);
  all_.erase(connection);
}

std::optional<Place> Connections::MakeRoom(SteadyTime now) {
  if (own_ < limits_.connections || EvictFrom(Place::kOwn, now)) return Place::kOwn;
  if (limits_.reserve == 0) return std::nullopt;
  if (reserve_ < limits_.reserve || EvictFrom(Place::kReserve, now)) return Place::kReserve;
  return std::nullopt;
}

bool Connections::Promote(Connection* connection, SteadyTime now) {
  if (own_ >= limits_.connections && !EvictFrom(Place::kOwn, now)) return false;
  --reserve_;
  ++own_;
  connection->set_place(Place::kOwn);
  return true;
}

bool Connections::EvictOne(SteadyTime now) { return EvictFrom(Place::kOwn, now); }

bool Connections::EvictFrom(Place place, SteadyTime now) {
  Connection* first = nullptr;
  Standing standing_of_first;
  for (Connection* connection : placed_) {
    if (connection->place() != place) continue;
    const Standing standing = connection->standing();
    if (standing.kind == Standing::kBusy) continue;
    // In reserve everything is over in a moment, or is in the way.
    if (place == Place::kOwn && now - standing.since < kGrace[standing.kind]) continue;
    if (first != nullptr && !GoesBefore(standing, standing_of_first)) continue;
    first = connection;
    standing_of_first = standing;
  }
  if (first == nullptr) return false;
  metrics_.CountEvicted(transport_);
  first->Evict();
  return true;
}

}  // namespace panelpuls::server
