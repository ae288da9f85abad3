#include "cli/snapshot_reader.h"

#include <simdjson.h>

namespace panelpuls::cli {
namespace {

std::string TextOf(const simdjson::dom::element& parent, const char* name) {
  std::string_view text;
  return parent[name].get(text) == simdjson::SUCCESS ? std::string(text) : std::string();
}

std::uint64_t NumberOf(const simdjson::dom::element& parent, const char* name) {
  std::uint64_t number = 0;
  return parent[name].get(number) == simdjson::SUCCESS ? number : 0;
}

}  // namespace

const ReadFigure* ReadSnapshot::Find(std::string_view statistic, std::string_view of,
                                     std::string_view domain) const {
  for (const ReadFigure& figure : figures) {
    if (figure.statistic == statistic && figure.of == of && figure.domain == domain) return &figure;
  }
  return nullptr;
}

absl::StatusOr<ReadSnapshot> ParseSnapshot(std::string_view json) {
  simdjson::dom::parser parser;
  simdjson::dom::element root;
  simdjson::dom::array figures;
  simdjson::dom::element collection;
  const simdjson::padded_string padded(json);
  if (parser.parse(padded).get(root) != simdjson::SUCCESS ||
      root["estimates"]["figures"].get(figures) != simdjson::SUCCESS ||
      root["collection"].get(collection) != simdjson::SUCCESS) {
    return Internal("what the server sent is no snapshot; is it the same version of panelpuls?");
  }
  ReadSnapshot snapshot;
  snapshot.version = NumberOf(collection, "version");
  snapshot.respondents = NumberOf(collection, "respondents");
  for (const simdjson::dom::element element : figures) {
    if (!TextOf(element, "against").empty()) continue;
    ReadFigure figure{.statistic = TextOf(element, "statistic"),
                      .of = TextOf(element, "of"),
                      .domain = TextOf(element, "domain"),
                      .n = NumberOf(element, "n"),
                      .value = {}};
    double value = 0;
    if (element["value"].get(value) == simdjson::SUCCESS) figure.value = value;
    snapshot.figures.push_back(std::move(figure));
  }
  return snapshot;
}

}  // namespace panelpuls::cli
