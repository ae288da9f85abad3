#include "estimate/weighting/collapse.h"

#include <algorithm>
#include <queue>
#include <tuple>

namespace panelpuls::estimate {

// The categories of a margin as a table: one column for a dimension's margin.
struct CollapseRules::Table {
  const wave::Wave& wave;
  const Margin& margin;

  bool InScope(std::size_t place) const { return margin.group_of[place] != Margin::kOutside; }
};

CollapseRules::CollapseRules(const wave::Wave& wave, const Margin& margin)
    : categories_(margin.group_of.size()) {
  const Table table{.wave = wave, .margin = margin};
  if (margin.dimension != kJointCell) {
    AddDimension(table, static_cast<std::size_t>(margin.dimension), 1);
    return;
  }
  const std::vector<int>& dimensions = wave.weighting.dimensions;
  std::size_t stride = 1;
  for (auto number = dimensions.rbegin(); number != dimensions.rend(); ++number) {
    const auto dimension = static_cast<std::size_t>(*number);
    AddDimension(table, dimension, stride);
    stride *= wave.dimensions[dimension].categories.size();
  }
}

void CollapseRules::AddDimension(const Table& table, std::size_t dimension, std::size_t stride) {
  const wave::Dimension& of = table.wave.dimensions[dimension];
  const std::size_t count = of.categories.size();
  targets_.resize((levels_ + 2) * categories_);
  for (std::size_t place = 0; place < categories_; ++place) {
    if (!table.InScope(place)) continue;
    const std::size_t category = place / stride % count;
    const std::size_t begin = place - category * stride;
    // Named; past categories without a population, and never round in a circle.
    int named = of.categories[category].collapse_into;
    for (std::size_t steps = 0; named != wave::kNone && steps < count; ++steps) {
      const auto target = static_cast<std::size_t>(named);
      if (target == category) break;
      if (table.InScope(begin + target * stride)) {
        targets_[levels_ * categories_ + place].push_back(
            static_cast<std::uint32_t>(begin + target * stride));
        break;
      }
      named = of.categories[target].collapse_into;
    }
    if (!of.ordered) continue;
    std::vector<std::uint32_t>& neighbours = targets_[(levels_ + 1) * categories_ + place];
    for (std::size_t other = category; other-- > 0;) {
      if (!table.InScope(begin + other * stride)) continue;
      neighbours.push_back(static_cast<std::uint32_t>(begin + other * stride));
      break;
    }
    for (std::size_t other = category + 1; other < count; ++other) {
      if (!table.InScope(begin + other * stride)) continue;
      neighbours.push_back(static_cast<std::uint32_t>(begin + other * stride));
      break;
    }
  }
  levels_ += 2;
}

std::span<const std::uint32_t> CollapseRules::Targets(std::uint32_t category,
                                                      std::size_t level) const {
  return targets_[level * categories_ + category];
}

namespace {

// Groups while they are being joined, numbered as in the original margin.
class Joining {
 public:
  Joining(const CollapseRules& rules, const Margin& original,
          std::span<const std::uint64_t> respondents)
      : rules_(rules), original_(original) {
    for (std::uint32_t group = 0; group < original.groups(); ++group) {
      groups_.push_back({.n = respondents[group],
                         .total = original.totals[group],
                         .members = {static_cast<std::uint32_t>(original.name_of[group])}});
      joined_into_.push_back(group);
    }
  }

  bool Run(std::uint32_t below) {
    bool any = false;
    for (std::uint32_t group = 0; group < groups_.size(); ++group) {
      if (groups_[group].n < below) queue_.push(KeyOf(group));
    }
    while (!queue_.empty()) {
      const Key key = queue_.top();
      queue_.pop();
      const std::uint32_t group = std::get<2>(key);
      // Joined to another meanwhile, or grown.
      if (joined_into_[group] != group || key != KeyOf(group)) continue;
      const std::uint32_t target = TargetOf(group);
      if (target == group) continue;
      Join(group, target);
      any = true;
      if (groups_[target].n < below) queue_.push(KeyOf(target));
    }
    return any;
  }

  void Write(Margin* margin) {
    margin->name_of.clear();
    margin->totals.clear();
    margin->group_of.assign(original_.group_of.size(), Margin::kOutside);
    std::vector<std::uint32_t> number(groups_.size(), Margin::kOutside);
    for (std::uint32_t first = 0; first < groups_.size(); ++first) {
      const std::uint32_t group = RootOf(first);
      if (number[group] == Margin::kOutside) {
        number[group] = static_cast<std::uint32_t>(margin->groups());
        margin->name_of.push_back(original_.name_of[group]);
        margin->totals.push_back(groups_[group].total);
      }
      margin->group_of[static_cast<std::size_t>(original_.name_of[first])] = number[group];
    }
  }

 private:
  struct Group {
    std::uint64_t n = 0;
    double total = 0;
    std::vector<std::uint32_t> members;  // categories
  };
  using Key = std::tuple<std::uint64_t, double, std::uint32_t>;

  Key KeyOf(std::uint32_t group) const { return {groups_[group].n, groups_[group].total, group}; }

  std::uint32_t RootOf(std::uint32_t group) {
    while (joined_into_[group] != group) {
      joined_into_[group] = joined_into_[joined_into_[group]];
      group = joined_into_[group];
    }
    return group;
  }

  // The group itself: it has no target.
  std::uint32_t TargetOf(std::uint32_t group) {
    for (std::size_t level = 0; level < rules_.levels(); ++level) {
      std::uint32_t best = group;
      for (const std::uint32_t member : groups_[group].members) {
        for (const std::uint32_t target : rules_.Targets(member, level)) {
          const std::uint32_t other = RootOf(original_.group_of[target]);
          if (other == group) continue;
          if (best == group || KeyOf(other) < KeyOf(best)) best = other;
        }
      }
      if (best != group) return best;
    }
    return group;
  }

  void Join(std::uint32_t group, std::uint32_t target) {
    Group& from = groups_[group];
    Group& to = groups_[target];
    to.n += from.n;
    to.total += from.total;
    to.members.insert(to.members.end(), from.members.begin(), from.members.end());
    from.members.clear();
    joined_into_[group] = target;
  }

  const CollapseRules& rules_;
  const Margin& original_;
  std::vector<Group> groups_;
  std::vector<std::uint32_t> joined_into_;
  std::priority_queue<Key, std::vector<Key>, std::greater<>> queue_;
};

}  // namespace

bool CollapseMargin(const CollapseRules& rules, const Margin& original,
                    std::span<const std::uint64_t> respondents, std::uint32_t below,
                    Margin* margin) {
  Joining joining(rules, original, respondents);
  const bool any = joining.Run(below);
  joining.Write(margin);
  return any;
}

}  // namespace panelpuls::estimate
