#include "report/text_extras.h"

#include <vector>

#include "report/messages.h"
#include "report/text_figure_table.h"
#include "snapshot/contents.h"

namespace panelpuls::report {
namespace {

class Extras {
 public:
  Extras(const snapshot::Contents& inputs, Language language, std::size_t width,
         TextFigures* figures)
      : wave_(*inputs.wave),
        inputs_(inputs),
        language_(language),
        width_(width),
        figures_(*figures) {}

  std::string Write() {
    for (const wave::Tabulation& tabulation : wave_.tabulations) {
      const wave::Extras& extras = tabulation.extras;
      if (tabulation.question == wave::kNone && !wave_.indicator) continue;
      const bool is_by = tabulation.domain.kind != wave::Domain::kAll;
      const bool has_shares = tabulation.question != wave::kNone || extras.group_shares || !is_by;
      if (extras.ratio && is_by) AddRatios(tabulation);
      if (extras.group_shares && is_by) AddByPart(tabulation, "share", Message::kShare);
      if (extras.totals && has_shares) AddByPart(tabulation, "total", Message::kTotals);
    }
    return std::move(out_);
  }

 private:
  void AddRatios(const wave::Tabulation& tabulation) {
    std::vector<TableRow> rows;
    for (const DomainCode& code : CodesOf(wave_, tabulation.domain, language_)) {
      Add({.label = code.label, .statistic = "ratio", .of = "indicator", .domain = code.domain},
          &rows);
    }
    AddTable(Heading(Say(language_, Message::kRatio), tabulation.domain), rows);
  }

  // A row an option or group, in each part of the domain.
  void AddByPart(const wave::Tabulation& tabulation, const std::string& statistic, Message what) {
    std::vector<DomainCode> parts = {{.domain = "", .label = ""}};
    if (tabulation.domain.kind != wave::Domain::kAll) {
      parts = CodesOf(wave_, tabulation.domain, language_);
    }
    std::vector<TableRow> rows;
    for (const DomainCode& part : parts) {
      for (TableRow row : RowsOf(tabulation.question)) {
        row.statistic = statistic;
        row.domain = part.domain;
        if (!part.label.empty()) row.label = part.label + ": " + row.label;
        Add(std::move(row), &rows);
      }
    }
    AddTable(Heading(fmt::format("{}, {}", SubjectOf(tabulation.question), Say(language_, what)),
                     tabulation.domain),
             rows);
  }

  // Labels and subjects of a question's shares, or of the indicator's groups.
  std::vector<TableRow> RowsOf(int number) const {
    std::vector<TableRow> rows;
    const auto add = [&](const wave::Text& label, const std::string& id, const std::string& code) {
      rows.push_back({.label = std::string(Label(language_, label, code)),
                      .statistic = "",
                      .of = id + "/" + code,
                      .domain = ""});
    };
    if (number == wave::kNone) {
      for (const wave::IndicatorGroup& group : wave_.indicator->groups) {
        add(group.label, "indicator", group.id);
      }
      return rows;
    }
    const wave::Question& question = wave_.questions[static_cast<std::size_t>(number)];
    for (const int option : question.class_option) {
      const wave::Option& choice = question.options[static_cast<std::size_t>(option)];
      add(choice.label, question.id, choice.code);
    }
    for (const wave::OptionSet& set : question.sets) add(set.label, question.id, set.id);
    return rows;
  }

  std::string SubjectOf(int number) const {
    if (number == wave::kNone) {
      return std::string(Label(language_, wave_.indicator->label, "indicator"));
    }
    const wave::Question& question = wave_.questions[static_cast<std::size_t>(number)];
    return std::string(
        Label(language_, question.label, Label(language_, question.text, question.id)));
  }

  std::string Heading(std::string_view subject, const wave::Domain& domain) const {
    if (domain.kind == wave::Domain::kAll) return std::string(subject);
    return fmt::format(fmt::runtime(Say(language_, Message::kByHeading)), subject,
                       DomainLabel(wave_, domain, language_));
  }

  // Parts of a crossed domain in which nobody answered are left out: there may be very many.
  void Add(TableRow row, std::vector<TableRow>* rows) const {
    if (row.domain.find('&') != std::string::npos && !figures_.HasRespondents(row)) return;
    rows->push_back(std::move(row));
  }
  void AddTable(const std::string& heading, const std::vector<TableRow>& rows) {
    out_ += FigureTable({.heading = heading, .rows = rows, .width = width_}, inputs_, language_,
                        &figures_);
  }

  const wave::Wave& wave_;
  const snapshot::Contents& inputs_;
  const Language language_;
  const std::size_t width_;
  TextFigures& figures_;
  std::string out_;
};

}  // namespace

std::string ExtrasText(const snapshot::Contents& inputs, Language language, std::size_t width,
                       TextFigures* figures) {
  return Extras(inputs, language, width, figures).Write();
}

}  // namespace panelpuls::report
