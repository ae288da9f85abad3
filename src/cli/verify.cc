#include <memory>
#include <string>
#include <vector>

#include "archive/replay.h"
#include "archive/verify.h"
#include "base/file.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/exit_codes.h"
#include "cli/input.h"
#include "cli/output.h"

namespace panelpuls::cli {
namespace {

struct VerifyArguments {
  std::string directory;
  std::string expect;  // a line, or a file with one
};

absl::StatusOr<std::string> KeptText(const std::string& expect) {
  if (expect.empty() || expect.starts_with("directory ")) return expect;
  auto text = ReadInput(expect);
  if (text.ok() && text->empty()) {
    return InvalidArgument("{} is empty: give the last line of an earlier verify", expect);
  }
  return text;
}

std::string DescribeEnds(const archive::Verification& verification) {
  std::string text;
  for (std::size_t index = 0; index < verification.positions.size(); ++index) {
    text += fmt::format("partition {}: up to group {}, sha256 {}\n", index,
                        verification.positions[index], verification.digests[index]);
  }
  if (!verification.line.empty()) text += verification.line + "\n";
  return text;
}

int Verify(const VerifyArguments& arguments) {
  const auto kept = KeptText(arguments.expect);
  if (!kept.ok()) return Fail(kept.status());
  const auto verification = archive::Verify(PosixFileSystem(), arguments.directory, *kept);
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
  text += DescribeEnds(*verification);
  const absl::Status written = WriteOut(text);
  if (!written.ok()) return Fail(written);
  return damaged ? kExitDamaged : torn ? kExitTornTail : kExitOk;
}

}  // namespace

void AddVerify(CLI::App& app, Run& run) {
  auto arguments = std::make_shared<VerifyArguments>();
  CLI::App* command =
      app.add_subcommand("verify", "Read a journal again and compare it with the state it gives");
  command->add_option("--data", arguments->directory, "Directory of the journal")
      ->required()
      ->type_name("DIR");
  command
      ->add_option("--expect", arguments->expect,
                   "The last line of an earlier verify, or a file with it: the groups up to there "
                   "must be those of then")
      ->type_name("LINE|FILE");
  command->footer(Footer("panelpuls verify --data data/efteraar"));
  command->callback([&run, arguments] { run = [arguments] { return Verify(*arguments); }; });
}

}  // namespace panelpuls::cli
