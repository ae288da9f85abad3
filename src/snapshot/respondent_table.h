// A table of respondents that is written row by row, whatever it looks like: given from above to
// who reads them.
// Threads  one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "state/state.h"
#include "wave/wave.h"

namespace panelpuls::snapshot {

class RespondentTable {
 public:
  virtual ~RespondentTable() = default;

  virtual void Header() = 0;
  virtual void Row(const state::Respondent& respondent) = 0;
  virtual void End(std::uint64_t version) = 0;

  virtual std::size_t bytes() const = 0;
  // What was written since the last call.
  virtual std::string Take() = 0;
};

// g: [cell] of the calibration (METHOD M2's G), or empty: no weights. Wave and g outlive the table.
using MakeRespondentTable = std::function<std::unique_ptr<RespondentTable>(
    const wave::Wave& wave, std::span<const double> g)>;

}  // namespace panelpuls::snapshot
