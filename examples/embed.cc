// panelpuls inside a program of one's own: no server, no sockets; the batches come from a thread of
// ours.
//   embed WAVE DIRECTORY
// WAVE is waves/cases.textproto or another wave with the same questions. Prints the indicator.
#include <engine/engine.h>
#include <wave/definition.h>

#include <cstdio>
#include <future>
#include <thread>

int main(int argc, char** argv) {
  if (argc != 3) return std::fprintf(stderr, "usage: embed WAVE DIRECTORY\n"), 2;
  auto wave = panelpuls::wave::LoadWave(panelpuls::PosixFileSystem(), argv[1]);
  if (!wave.ok()) return std::fprintf(stderr, "%s\n", wave.status().ToString().c_str()), 1;
  panelpuls::engine::EngineOptions options;
  options.directory = argv[2];
  auto engine = panelpuls::engine::Engine::Open(*wave, options);
  if (!engine.ok()) return std::fprintf(stderr, "%s\n", engine.status().ToString().c_str()), 1;

  std::thread collector([&] {
    panelpuls::engine::BatchBuilder builder(*wave, (*engine)->key(), {});
    builder.Begin();
    panelpuls::wave::RawResponse response;
    response.channel = "cati";
    response.collected_at = panelpuls::SystemClock().Now();
    response.answers = {{"revenue", 0, 1}, {"employees", 1, 1}};
    const char* answers[][2] = {{"up", "same"}, {"same", "same"}, {"up", "down"}, {"down", "same"}};
    for (std::uint32_t unit = 0; unit < 4; ++unit) {
      const std::string id = "enterprise " + std::to_string(unit);
      response.respondent_id = id;
      response.options = {answers[unit][0], answers[unit][1]};
      builder.AddResponse(unit, response);
    }
    std::promise<bool> durable;
    auto batch = builder.Finish(panelpuls::kNoTime, 1);
    const auto done = [&](auto ended) {
      durable.set_value(ended->end == panelpuls::engine::BatchEnd::kDurable);
    };
    if ((*engine)->Submit(batch, done) != panelpuls::engine::SubmitResult::kQueued ||
        !durable.get_future().get()) {
      std::fprintf(stderr, "not kept; send the batch again\n");
    }
  });
  collector.join();
  (*engine)->Stop();
  const auto snapshot = (*engine)->Latest();
  const auto& indicator = snapshot->estimates->figures.front();
  std::printf("%llu respondents, indicator %+.1f\n", static_cast<unsigned long long>(indicator.n),
              indicator.value.value_or(0));
}
