// panelpuls inside a program of one's own: no server, no sockets.   embed WAVE DIRECTORY
// WAVE is waves/cases.textproto or another wave with the same questions. Prints the indicator.
#include <panelpuls/panelpuls.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: embed WAVE DIRECTORY\n"), 2;
  auto wave = panelpuls::Wave::Open(argv[1], argv[2]);
  if (!wave.ok()) return std::fprintf(stderr, "%s\n", wave.status().message().c_str()), 1;
  panelpuls::Batch batch;
  const char* answers[][2] = {{"up", "same"}, {"same", "same"}, {"up", "down"}, {"down", "same"}};
  for (const auto& [revenue, employees] : answers) {
    auto& response = batch.responses.emplace_back();
    response.respondent_id = "enterprise " + std::to_string(batch.responses.size());
    response.channel = "cati";
    response.collected_at = panelpuls::Now();
    response.answers = {{"revenue", {revenue}}, {"employees", {employees}}};
  }
  const auto result = (*wave)->Submit(batch).get();
  const auto stopped = (*wave)->Stop();
  for (const auto& status : {result.status, stopped}) {
    if (!status.ok()) return std::fprintf(stderr, "%s\n", status.message().c_str()), 1;
  }
  const auto indicator = (*wave)->Latest().Find("mean", "indicator");
  std::printf("%llu respondents, indicator %+.1f\n", static_cast<unsigned long long>(indicator->n),
              indicator->value.value_or(0));
}
