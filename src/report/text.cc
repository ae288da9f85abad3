// The publication's table as text: what the definition tabulates, in its order.
#include <algorithm>
#include <utility>

#include "estimate/numeric/ties.h"
#include "report/messages.h"
#include "report/text_comparisons.h"
#include "report/text_extras.h"
#include "report/text_fieldwork.h"
#include "report/text_figure_table.h"
#include "report/text_figures.h"
#include "report/text_table.h"
#include "report/text_weights.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

class TextReport {
 public:
  TextReport(const snapshot::Contents& inputs, const TextOptions& options)
      : wave_(*inputs.wave),
        inputs_(inputs),
        width_(options.width),
        simulated_(options.simulated),
        language_(LanguageOf(options.language)),
        figures_(inputs, language_),
        compared_(inputs, language_) {}

  std::string Write() {
    AddHead();
    if (wave_.indicator) {
      AddIndicator();
      AddGroups();
      for (const wave::Tabulation& tabulation : wave_.tabulations) {
        if (tabulation.question == wave::kNone && tabulation.domain.kind != wave::Domain::kAll) {
          AddIndicatorBy(tabulation.domain);
        }
      }
    }
    AddQuestions();
    out_ += ExtrasText(inputs_, language_, width_, &figures_);
    out_ += ChannelText(inputs_, language_, width_);
    out_ += RepresentativityText(inputs_, language_, width_);
    AddNotes();
    return FitLines(out_, width_);
  }

 private:
  std::string_view Say(Message message) const { return report::Say(language_, message); }
  template <typename... Args>
  std::string SayWith(Message message, const Args&... args) const {
    return fmt::format(fmt::runtime(Say(message)), args...);
  }

  void AddHeading(std::string_view text) {
    out_ += '\n';
    out_ += text;
    out_ += '\n';
  }

  void AddHead() {
    if (simulated_) out_ += fmt::format("*** {} ***\n", Say(Message::kSimulated));
    const std::string_view title = Label(language_, wave_.title, wave_.id);
    out_ += title;
    out_ += '\n';
    out_.append(TextWidth(title), '=');
    out_ += '\n';
    const Micros now = inputs_.clock.now;
    if (now > 0) {
      out_ += SayWith(Message::kAsOf, FormatLocalTime(language_, wave_.time_zone, now)) + ", ";
      out_ += SayWith(Message::kDay, wave_.time_zone.DateOf(now) - wave_.fieldwork_start + 1,
                      wave_.fieldwork_end - wave_.fieldwork_start + 1);
      out_ += '\n';
    }
    AddRespondents();
  }

  void AddRespondents() {
    out_ += SayWith(Message::kRespondents, FormatCount(language_, inputs_.estimates->n));
    if (wave_.planned_respondents > 0) {
      out_ += " " + SayWith(Message::kOfTarget, FormatCount(language_, wave_.planned_respondents));
    }
    for (std::size_t i = 0; i < wave_.channels.size(); ++i) {
      out_ += i == 0 ? " (" : ", ";
      out_ += Label(language_, wave_.channels[i].label, wave_.channels[i].code);
      out_ += " " + FormatCount(language_, inputs_.counters->channels[i].respondents);
    }
    if (!wave_.channels.empty()) out_ += ")";
    out_ += '\n';
    if (inputs_.estimates->n_outside_population > 0) {
      out_ += SayWith(Message::kOutside,
                      FormatCount(language_, inputs_.estimates->n_outside_population)) +
              "\n";
    }
    out_ += WeightsText(inputs_, language_);
    if (inputs_.counters->conflicts_open > 0) {
      out_ += SayWith(Message::kUnlike, FormatCount(language_, inputs_.counters->conflicts_open)) +
              "\n";
    }
  }

  void AddIndicator() {
    const FigureText figure = figures_.Mean("");
    AddHeading(Label(language_, wave_.indicator->label, "indicator"));
    out_ += "  " + figure.value;
    if (!figure.interval.empty()) out_ += "  " + figure.interval;
    out_ += "   N = " + figure.n;
    for (const wave::Comparison& comparison : wave_.comparisons) {
      const std::string earlier = figures_.Compared(comparison, "mean", "indicator", "");
      if (earlier.empty()) continue;
      out_ += fmt::format("   {}: {}", Label(language_, comparison.label, comparison.id), earlier);
      const std::string change = figures_.Change(comparison.id, "mean", "indicator", "");
      if (!change.empty()) out_ += fmt::format(" ({}: {})", Say(Message::kChange), change);
    }
    out_ += '\n';
    const std::string sequence = figures_.Sequence("mean", "indicator", "");
    if (!sequence.empty()) out_ += "  " + SayWith(Message::kSequence, sequence) + "\n";
    const FigureText ratio = figures_.Get("ratio", "indicator", "");
    if (ratio.value.empty()) return;
    out_ += fmt::format("  {}: {}", Say(Message::kRatio), ratio.value);
    out_ += ratio.interval.empty() ? "\n" : "  " + ratio.interval + "\n";
  }

  void AddGroups() {
    std::vector<TableRow> rows;
    for (const wave::IndicatorGroup& group : wave_.indicator->groups) {
      rows.push_back({.label = std::string(Label(language_, group.label, group.id)),
                      .statistic = "share",
                      .of = "indicator/" + group.id,
                      .domain = ""});
    }
    AddFigureTable(Say(Message::kGroups), rows);
  }

  void AddIndicatorBy(const wave::Domain& domain) {
    std::vector<TableRow> rows;
    for (const DomainCode& code : CodesOf(wave_, domain, language_)) {
      TableRow row{
          .label = code.label, .statistic = "mean", .of = "indicator", .domain = code.domain};
      // There may be very many in which nobody answered.
      if (domain.kind == wave::Domain::kCrossed && !figures_.HasRespondents(row)) continue;
      rows.push_back(std::move(row));
    }
    AddFigureTable(
        SayWith(Message::kByHeading, Label(language_, wave_.indicator->label, "indicator"),
                DomainLabel(wave_, domain, language_)),
        rows);
    out_ += compared_.Pairs(domain, figures_);
    out_ += compared_.Others(domain, figures_);
    coverage_.has_channels |= domain.variable.kind == wave::VariableKind::kChannel;
  }

  void AddFigureTable(std::string_view heading, const std::vector<TableRow>& rows) {
    out_ += FigureTable({.heading = heading, .rows = rows, .width = width_}, inputs_, language_,
                        &figures_);
  }

  // Questions of one battery stand in one table; the others each in their own.
  void AddQuestions() {
    std::vector<bool> done(wave_.questions.size(), false);
    for (const wave::Tabulation& tabulation : wave_.tabulations) {
      if (tabulation.question == wave::kNone) continue;
      const auto first = static_cast<std::size_t>(tabulation.question);
      if (done[first]) continue;
      std::vector<std::size_t> questions;
      for (const wave::Tabulation& other : wave_.tabulations) {
        if (other.question == wave::kNone) continue;
        const auto number = static_cast<std::size_t>(other.question);
        const bool together =
            number == first || (!wave_.questions[first].battery.empty() &&
                                wave_.questions[number].battery == wave_.questions[first].battery);
        if (!together || done[number]) continue;
        done[number] = true;
        questions.push_back(number);
      }
      AddQuestionTables(questions);
    }
  }

  void AddQuestionTables(const std::vector<std::size_t>& questions) {
    const bool battery = !wave_.questions[questions.front()].battery.empty();
    std::vector<std::vector<DomainColumn>> domains = {{DomainColumn{}}};
    domains.front().front().label = Say(Message::kAll);
    AddDomainColumns(questions, &domains);
    if (!battery || !HasCommonSets(questions)) {
      for (const std::size_t question : questions) {
        for (const auto& columns : domains) AddShares(question, columns);
      }
      return;
    }
    for (const wave::OptionSet& set : wave_.questions[questions.front()].sets) {
      for (const auto& columns : domains) AddBattery(questions, set, columns);
    }
  }

  bool HasCommonSets(const std::vector<std::size_t>& questions) const {
    const auto& sets = wave_.questions[questions.front()].sets;
    return !sets.empty() && std::all_of(questions.begin(), questions.end(), [&](std::size_t q) {
      const auto& others = wave_.questions[q].sets;
      return std::equal(sets.begin(), sets.end(), others.begin(), others.end(),
                        [](const auto& a, const auto& b) { return a.id == b.id; });
    });
  }

  // Few codes stand beside 'all'; more of them get a table of their own.
  void AddDomainColumns(const std::vector<std::size_t>& questions,
                        std::vector<std::vector<DomainColumn>>* domains) const {
    constexpr std::size_t kBesideAll = 4;
    std::vector<std::string> seen;
    for (const wave::Tabulation& tabulation : wave_.tabulations) {
      const wave::Domain& domain = tabulation.domain;
      if (tabulation.question == wave::kNone || domain.kind == wave::Domain::kAll) continue;
      if (std::find(questions.begin(), questions.end(),
                    static_cast<std::size_t>(tabulation.question)) == questions.end() ||
          std::find(seen.begin(), seen.end(), domain.name) != seen.end()) {
        continue;
      }
      seen.push_back(domain.name);
      const std::vector<DomainCode> codes = CodesOf(wave_, domain, language_);
      if (codes.size() > kBesideAll || domains->front().size() + codes.size() > kBesideAll + 1) {
        domains->emplace_back();
      }
      for (const DomainCode& code : codes) {
        domains->back().push_back({.label = code.label, .domain = code.domain});
      }
    }
  }

  // Options of a question; those of a multiple choice by share, the others in their order.
  void AddShares(std::size_t number, const std::vector<DomainColumn>& columns) {
    const wave::Question& question = wave_.questions[number];
    std::vector<TableRow> rows;
    for (const int option : question.class_option) {
      const wave::Option& choice = question.options[static_cast<std::size_t>(option)];
      rows.push_back(ShareRow(Label(language_, choice.label, choice.code), question, choice.code));
    }
    if (question.multiple) SortByShare(&rows);
    for (const wave::OptionSet& set : question.sets) {
      if (question.multiple) break;
      rows.push_back(ShareRow(Label(language_, set.label, set.id), question, set.id));
    }
    AddShareTable(QuestionLabel(question), rows, columns);
  }

  void AddBattery(const std::vector<std::size_t>& questions, const wave::OptionSet& set,
                  const std::vector<DomainColumn>& columns) {
    std::vector<TableRow> rows;
    for (const std::size_t number : questions) {
      const wave::Question& question = wave_.questions[number];
      rows.push_back(ShareRow(QuestionLabel(question), question, set.id));
    }
    SortByShare(&rows);
    AddShareTable(fmt::format("{} ({})", Label(language_, set.label, set.id),
                              wave_.questions[questions.front()].battery),
                  rows, columns);
  }

  std::string_view QuestionLabel(const wave::Question& question) const {
    return Label(language_, question.label, Label(language_, question.text, question.id));
  }

  static TableRow ShareRow(std::string_view label, const wave::Question& question,
                           const std::string& code) {
    return {.label = std::string(label),
            .statistic = "share",
            .of = question.id + "/" + code,
            .domain = ""};
  }

  // Largest first; equal ones, and at the end those that are not shown, in the definition's order.
  void SortByShare(std::vector<TableRow>* rows) {
    std::vector<std::optional<double>> shares;
    for (const TableRow& row : *rows) shares.push_back(figures_.ShareOf(row.of));
    const std::vector<estimate::TiedRank> ranks = estimate::TiedRanks(shares);
    std::vector<std::pair<std::uint32_t, std::size_t>> order;
    for (std::size_t i = 0; i < rows->size(); ++i) {
      order.emplace_back(ranks[i].rank.value_or(UINT32_MAX), i);
    }
    std::sort(order.begin(), order.end());
    std::vector<TableRow> sorted;
    for (const auto& [rank, i] : order) sorted.push_back(std::move((*rows)[i]));
    *rows = std::move(sorted);
  }

  void AddShareTable(std::string_view heading, const std::vector<TableRow>& rows,
                     const std::vector<DomainColumn>& columns) {
    bool has_ranks = false;
    out_ += ShareTable({.heading = heading, .rows = rows, .width = width_}, columns, compared_,
                       language_, &figures_, &has_ranks);
    coverage_.has_ranks |= has_ranks;
  }

  void AddNotes() {
    const std::vector<std::string>& notes = figures_.notes().texts();
    if (!notes.empty()) AddHeading(Say(Message::kNotes));
    for (std::size_t i = 0; i < notes.size(); ++i) {
      out_ += fmt::format("  [{}] {}\n", i + 1, notes[i]);
    }
    if (figures_.without_uncertainty()) out_ += fmt::format("\n{}\n", Say(Message::kNoInterval));
    if (!inputs_.estimates->calibration.has_weights) return;
    AddHeading(Say(Message::kNotesOnFigures));
    coverage_.has_stars = figures_.has_stars();
    out_ += CoverageText(inputs_, figures_, language_, coverage_);
  }

  const wave::Wave& wave_;
  const snapshot::Contents& inputs_;
  std::size_t width_;
  bool simulated_;
  Language language_;
  TextFigures figures_;
  TextComparisons compared_;
  CoverageNotes coverage_;
  std::string out_;
};

}  // namespace

std::string SnapshotToText(const snapshot::Contents& inputs, const TextOptions& options) {
  return TextReport(inputs, options).Write();
}

}  // namespace panelpuls::report
