#include "sim/parameters.h"

namespace panelpuls::sim {

// Plain numbers for a wave about which nothing was declared.
const std::string_view kGenericParameters = R"(
[fieldwork] | assumed: generic
invited = 20000
respondents = 4000
telephone_share = 25
called_share = 40

[arrivals.self] | assumed: generic
day.1 = 30
day.7 = 60
day.last = 100
first_hour = 9
hours = 1 0 0 0 0 1 3 8 14 16 15 13 10 12 12 10 8 6 5 5 5 4 3 2

[arrivals.telephone] | assumed: generic
first_day = 8
last_day = 10000
hours = 0 0 0 0 0 0 0 0 0 10 12 12 6 12 12 10 4 0 0 0 0 0 0 0

[behaviour] | assumed: generic
corrections = 2
withdrawals = 0.5
duplicates = 2
conflicts = 0.3
other_channel = 1
break_offs = 1.5
partials = 50
tests = 6

[outcomes] | assumed: generic
undeliverable = 2
earlier_non_contact = 40
called.non_contact = 55
called.refusal = 35
called.ineligible = 5
called.other = 5

[generic] | assumed: generic
option_ratio = 0.8
exclusive_share = 0.1
valid_share = 0.97
effect_points = 2
base_weights = 1 1.5 2 2.5
)";

}  // namespace panelpuls::sim
