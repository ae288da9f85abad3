#include "wire/plain_response.h"

#include <gtest/gtest.h>

#include <functional>
#include <random>

#include "panelpuls/v1/batch.pb.h"
#include "wire/plain_agreement.h"

namespace panelpuls::wire {
namespace {

enum WaveKind : std::size_t { kNoWeights, kPerUnit, kFrame, kFramePerUnit };

v1::Response Usual() {
  v1::Response response;
  response.set_respondent_id("R0000001");
  response.set_channel("eboks");
  response.set_revision(300);
  response.mutable_collected_at()->set_seconds(1'759'831'200);
  const auto answer = [&](const char* question, std::initializer_list<const char*> options) {
    v1::Answer& one = *response.add_answers();
    one.set_question(question);
    for (const char* option : options) one.add_options(option);
  };
  answer("q", {"12"});
  answer("factor_with_quite_a_long_name_of_its_own", {"neither_agree_nor_disagree_at_any"});
  answer("barriers", {"staff", "law", "time"});
  answer("more", {"staff"});
  for (const auto& [dimension, category] : {std::pair("d", "2"), {"area", "Sjælland"}}) {
    v1::CategoryValue& value = *response.add_categories();
    value.set_dimension(dimension);
    value.set_category(category);
  }
  return response;
}

struct Row {
  const char* name;
  bool plain;
  std::function<void(v1::Response&)> change;
  WaveKind wave = kNoWeights;
};

const std::vector<Row>& Rows() {
  static const std::vector<Row> rows = {
      {"usual", true, [](v1::Response&) {}},
      {"no revision", true, [](v1::Response& r) { r.clear_revision(); }},
      {"largest revision", true, [](v1::Response& r) { r.set_revision(0xFFFF'FFFF); }},
      {"partial", true, [](v1::Response& r) { r.set_status(v1::Response::PARTIAL); }},
      {"long channel", true, [](v1::Response& r) { r.set_channel("a channel with a long name"); }},
      {"short channel", true, [](v1::Response& r) { r.set_channel("c"); }},
      {"id of one byte", true, [](v1::Response& r) { r.set_respondent_id("1"); }},
      {"id of 64 bytes", true, [](v1::Response& r) { r.set_respondent_id(std::string(64, 'x')); }},
      {"microseconds", true,
       [](v1::Response& r) { r.mutable_collected_at()->set_nanos(999'999'999); }},
      {"time before 1970", true,
       [](v1::Response& r) { r.mutable_collected_at()->set_seconds(-5); }},
      {"first second of 1970", true, [](v1::Response& r) { r.mutable_collected_at()->Clear(); }},
      {"no answers", true, [](v1::Response& r) { r.clear_answers(); }},
      {"answer without an option", true,
       [](v1::Response& r) { r.mutable_answers(0)->clear_options(); }},
      {"choices without an option", true,
       [](v1::Response& r) { r.mutable_answers(2)->clear_options(); }},
      {"exclusive option alone", true,
       [](v1::Response& r) {
         r.mutable_answers(2)->clear_options();
         r.mutable_answers(2)->add_options("none");
       }},
      {"answers in another order", true,
       [](v1::Response& r) { r.mutable_answers()->SwapElements(0, 2); }},
      {"base weight", true, [](v1::Response& r) { r.set_base_weight(2.5); }, kPerUnit},
      {"no base weight", false, [](v1::Response&) {}, kPerUnit},
      {"no base weight beside a frame", true, [](v1::Response&) {}, kFramePerUnit},
      {"base weight beside a frame", false, [](v1::Response& r) { r.set_base_weight(2); }, kFrame},
      {"frame", true, [](v1::Response&) {}, kFrame},
      {"frame and base weights", true, [](v1::Response&) {}, kFramePerUnit},
      {"frame, no categories", true, [](v1::Response& r) { r.clear_categories(); }, kFrame},

      {"no id", false, [](v1::Response& r) { r.clear_respondent_id(); }},
      {"id of 65 bytes", false, [](v1::Response& r) { r.set_respondent_id(std::string(65, 'x')); }},
      {"id not ASCII", false, [](v1::Response& r) { r.set_respondent_id("Ærø"); }},
      {"no channel", false, [](v1::Response& r) { r.clear_channel(); }},
      {"unknown channel", false, [](v1::Response& r) { r.set_channel("fax"); }},
      {"no time", false, [](v1::Response& r) { r.clear_collected_at(); }},
      {"nanos of a second", false,
       [](v1::Response& r) { r.mutable_collected_at()->set_nanos(1'000'000'000); }},
      {"negative nanos", false, [](v1::Response& r) { r.mutable_collected_at()->set_nanos(-1); }},
      {"withdrawn", false, [](v1::Response& r) { r.set_status(v1::Response::WITHDRAWN); }},
      {"test", false, [](v1::Response& r) { r.set_status(v1::Response::TEST); }},
      {"unknown question", false,
       [](v1::Response& r) { r.mutable_answers(0)->set_question("else"); }},
      {"unknown option", false, [](v1::Response& r) { r.mutable_answers(0)->set_options(0, "3"); }},
      {"two options of one", false,
       [](v1::Response& r) { r.mutable_answers(0)->add_options("1"); }},
      {"question twice", false, [](v1::Response& r) { *r.add_answers() = r.answers(0); }},
      {"choices twice", false, [](v1::Response& r) { *r.add_answers() = r.answers(2); }},
      {"choice twice", false,
       [](v1::Response& r) { r.mutable_answers(2)->set_options(1, "time"); }},
      {"too many choices", false,
       [](v1::Response& r) { r.mutable_answers(2)->add_options("money"); }},
      {"exclusive option with another", false,
       [](v1::Response& r) { r.mutable_answers(2)->set_options(0, "none"); }},
      {"option of another question", false,
       [](v1::Response& r) { r.mutable_answers(2)->set_options(0, "x"); }},
      {"unknown dimension", false,
       [](v1::Response& r) { r.mutable_categories(0)->set_dimension("size"); }},
      {"unknown category", false,
       [](v1::Response& r) { r.mutable_categories(0)->set_category("3"); }},
      {"category missing", false, [](v1::Response& r) { r.mutable_categories()->RemoveLast(); }},
      {"category twice", false, [](v1::Response& r) { *r.add_categories() = r.categories(0); }},
      {"category twice, frame", false,
       [](v1::Response& r) { *r.add_categories() = r.categories(0); }, kFrame},
      {"base weight not declared", false, [](v1::Response& r) { r.set_base_weight(1); }},
      {"base weight of 0", false, [](v1::Response& r) { r.set_base_weight(0); }, kPerUnit},
      {"base weight too large", false, [](v1::Response& r) { r.set_base_weight(1e9); }, kPerUnit},
  };
  return rows;
}

TEST(PlainResponse, TakesWhatIsPlainAndGivesTheSameRecord) {
  for (const Row& row : Rows()) {
    SCOPED_TRACE(row.name);
    v1::Response response = Usual();
    row.change(response);
    PlainAgreement agreement(PlainWaves()[row.wave]);
    EXPECT_EQ(agreement.Compare(response.SerializeAsString()), "");
    EXPECT_EQ(agreement.was_plain(), row.plain);
  }
}

// One after the other through one decoder: nothing of a record stays for the next.
TEST(PlainResponse, RecordsDoNotTouchEachOther) {
  for (const WaveKind kind : {kNoWeights, kPerUnit, kFrame, kFramePerUnit}) {
    PlainAgreement agreement(PlainWaves()[kind]);
    for (int round = 0; round < 2; ++round) {
      for (const Row& row : Rows()) {
        SCOPED_TRACE(row.name);
        v1::Response response = Usual();
        row.change(response);
        EXPECT_EQ(agreement.Compare(response.SerializeAsString()), "");
        if (row.wave == kind) EXPECT_EQ(agreement.was_plain(), row.plain);
      }
    }
  }
}

TEST(PlainResponse, AnyPrefixAndAnyChangedByteAgrees) {
  for (const auto& wave : PlainWaves()) {
    PlainAgreement agreement(wave);
    int taken = 0;
    for (const Row& row : Rows()) {
      SCOPED_TRACE(row.name);
      v1::Response response = Usual();
      row.change(response);
      const bool needs_weight =
          wave->base_weights == wave::BaseWeights::kPerUnit && !wave->has_frame;
      if (needs_weight && !response.has_base_weight()) response.set_base_weight(1.5);
      const std::string bytes = response.SerializeAsString();
      for (std::size_t place = 0; place < bytes.size(); ++place) {
        // A copy of its own size, so that reading beyond it is seen.
        const std::vector<char> prefix(bytes.begin(),
                                       bytes.begin() + static_cast<std::ptrdiff_t>(place));
        ASSERT_EQ(agreement.Compare({prefix.data(), prefix.size()}), "") << place;
        for (const int change : {1, 2, 8, 0x80}) {
          std::vector<char> changed(bytes.begin(), bytes.end());
          changed[place] = static_cast<char>(changed[place] ^ change);
          ASSERT_EQ(agreement.Compare({changed.data(), changed.size()}), "") << place;
          taken += agreement.was_plain();
        }
      }
    }
    EXPECT_GT(taken, 100);
  }
}

TEST(PlainResponse, FieldsPutTogetherAtRandomAgree) {
  std::mt19937_64 random(20251129);
  const std::string usual = Usual().SerializeAsString();
  std::vector<std::string> fields;
  for (std::size_t at = 0; at < usual.size();) {
    const bool varint = (usual[at] & 7) == 0;
    const std::size_t size = varint ? 3 : 2 + static_cast<unsigned char>(usual[at + 1]);
    fields.push_back(usual.substr(at, size));
    at += size;
  }
  fields.push_back(std::string("\x28\x01", 2));
  fields.push_back(std::string("\x28\x00", 2));
  fields.push_back(std::string("\x41\0\0\0\0\0\0\0\x40", 9));
  fields.push_back(std::string("\x4a\x01x", 3));
  for (const auto& wave : PlainWaves()) {
    PlainAgreement agreement(wave);
    for (int round = 0; round < 20'000; ++round) {
      // Mostly in order, with some left out, put in, or out of order.
      std::string bytes;
      for (std::size_t i = 0; i < fields.size(); ++i) {
        const std::uint64_t dice = random() % 16;
        if (dice == 0 || (i + 4 >= fields.size() && dice < 12)) continue;
        bytes += dice == 1 ? fields[random() % fields.size()] : fields[i];
      }
      ASSERT_EQ(agreement.Compare(bytes), "") << round;
    }
  }
}

}  // namespace
}  // namespace panelpuls::wire
