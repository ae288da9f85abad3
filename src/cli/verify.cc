#include <memory>
#include <string>
#include <vector>

#include "base/file.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/output.h"
#include "engine/replay.h"

namespace panelpuls::cli {
namespace {

int Verify(const std::string& directory) {
  const auto verification = engine::Verify(PosixFileSystem(), directory);
  if (!verification.ok()) return Fail(verification.status());
  std::string text;
  for (const auto* const lines :
       {&verification->findings, &verification->torn_tails, &verification->in_flight}) {
    for (const std::string& line : *lines) text += line + '\n';
  }
  const bool damaged = !verification->findings.empty();
  const bool torn = !verification->torn_tails.empty();
  if (!damaged) {
    text += torn ? "otherwise whole: the records give the state they were journaled with\n"
                 : "ok: every group is whole, and the records give the state they were journaled "
                   "with\n";
  }
  const absl::Status written = WriteOut(text);
  if (!written.ok()) return Fail(written);
  return damaged ? kExitDamaged : torn ? kExitTornTail : kExitOk;
}

}  // namespace

void AddVerify(CLI::App& app, Run& run) {
  auto directory = std::make_shared<std::string>();
  CLI::App* command =
      app.add_subcommand("verify", "Read a journal again and compare it with the state it gives");
  command->add_option("--data", *directory, "Directory of the journal")
      ->required()
      ->type_name("DIR");
  command->footer(Footer("panelpuls verify --data data/efteraar"));
  command->callback([&run, directory] { run = [directory] { return Verify(*directory); }; });
}

}  // namespace panelpuls::cli
