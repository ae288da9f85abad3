// Values and items of a definition as text, by reflection. Internal to the room.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>
#include <vector>

#include "panelpuls/v1/wave.pb.h"

namespace panelpuls::wave {

// The way out where a change may not be.
inline constexpr std::string_view kAnew =
    "or begin anew: a wave of another id in a new directory, into which the responses are pushed "
    "again from where they were collected (an export has pseudonyms and no ids)";

// The field that tells items of a list apart; null: none does.
const google::protobuf::FieldDescriptor* KeyOf(const google::protobuf::FieldDescriptor& list);

std::string TextOf(const google::protobuf::Message& message);

// A singular value as a definition spells it but without quotes; empty: absent.
std::string ValueOf(const google::protobuf::Message& message,
                    const google::protobuf::FieldDescriptor& field);
std::vector<std::string> ValuesOf(const google::protobuf::Message& message,
                                  const google::protobuf::FieldDescriptor& list);
// Long lists by their ends.
std::string Joined(const std::vector<std::string>& values);

struct Item {
  const google::protobuf::Message* message = nullptr;
  std::string key;
};
std::vector<Item> ItemsOf(const google::protobuf::Message& message,
                          const google::protobuf::FieldDescriptor& list);
const Item* Find(const std::vector<Item>& items, std::string_view key);
std::string Keys(const std::vector<Item>& items);

// Whether a number in a record means the same by both.
bool SamePlace(const Item& before, const Item& after);
// Why item i of a list whose places are numbers in the records is not in its place any more, and
// what to do.
std::string WhyLost(const google::protobuf::Message& owner,
                    const google::protobuf::FieldDescriptor& list, const std::vector<Item>& before,
                    const std::vector<Item>& after, std::size_t i);

// Whether any category has a total.
bool HasTotals(const v1::Dimension& dimension);

}  // namespace panelpuls::wave
