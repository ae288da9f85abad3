// Every refusal is explained in docs/PROTOCOL.md, and nothing else is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <string>

#include "server/http/problem.h"
#include "server/stream/refusal.h"
#include "testing/protocol_text.h"

namespace panelpuls::server {
namespace {

// First cells of the table with that head, without their backquotes.
std::set<std::string> NamesInTable(const std::string& head) {
  std::istringstream lines(panelpuls::testing::ProtocolText());
  std::string line;
  while (std::getline(lines, line) && line != head) {
  }
  std::set<std::string> names;
  while (std::getline(lines, line) && line.starts_with('|')) {
    if (!line.starts_with("| `")) continue;
    names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

template <typename List>
std::set<std::string> NamesIn(const List& list) {
  std::set<std::string> names;
  for (const std::string_view name : list) names.emplace(name);
  EXPECT_EQ(names.size(), list.size());
  return names;
}

TEST(Protocol, ExplainsEveryErrorOfTheStream) {
  EXPECT_EQ(NamesInTable("| code | when | retryable |"), NamesIn(kStreamErrorCodes));
}

TEST(Protocol, ExplainsEveryProblemType) {
  EXPECT_EQ(NamesInTable("| type | status | when | send again? |"), NamesIn(kProblemTypes));
}

}  // namespace
}  // namespace panelpuls::server
