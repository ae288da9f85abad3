// What docs/PROTOCOL.md says, for the tests that hold it against the program.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace panelpuls::testing {

// The whole text. These functions abort when what they look for is not there.
std::string ProtocolText();

// Bytes of the block behind "<!-- hex: NAME -->", lines "OFFSET BYTES...". bytes: length of the
// whole, zeros where no line gives any; 0: as far as the lines go.
std::string ProtocolHex(std::string_view name, std::size_t bytes = 0);

// Text of the block behind "<!-- example: NAME -->".
std::string ProtocolExample(std::string_view name);

}  // namespace panelpuls::testing
