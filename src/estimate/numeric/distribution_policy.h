// How Boost's distributions are worked out here: in doubles throughout, so that figures do not
// depend on the width of long double, and without exceptions.
#pragma once

#include <boost/math/policies/policy.hpp>

namespace panelpuls::estimate {

using DistributionPolicy = boost::math::policies::policy<
    boost::math::policies::promote_double<false>,
    boost::math::policies::domain_error<boost::math::policies::ignore_error>,
    boost::math::policies::pole_error<boost::math::policies::ignore_error>,
    boost::math::policies::overflow_error<boost::math::policies::ignore_error>,
    boost::math::policies::evaluation_error<boost::math::policies::ignore_error>>;

}  // namespace panelpuls::estimate
