#include "wire/stream.h"

#include <algorithm>
#include <protozero/pbf_writer.hpp>

#include "panelpuls/v1/stream.pb.h"
#include "wire/field_cursor.h"
#include "wire/outcome.h"

namespace panelpuls::wire {
namespace {

constexpr std::size_t kMaxPrefixBytes = 10;
constexpr std::uint32_t kAckField = 2;         // of ServerMessage
constexpr std::uint32_t kAckResultsField = 2;  // of Ack

// Puts the length before what was appended behind `begin`.
void PutLengthBefore(std::size_t begin, std::string& out) {
  std::string prefix;
  protozero::add_varint_to_buffer(&prefix, out.size() - begin);
  out.insert(begin, prefix);
}

void AppendMessage(const google::protobuf::MessageLite& message, std::string& out) {
  const std::size_t begin = out.size();
  message.AppendToString(&out);
  PutLengthBefore(begin, out);
}

// Adds a nested message; one without fields too, which protozero's nested writer leaves out.
template <typename Write>
void AddMessage(protozero::pbf_writer& parent, std::uint32_t number, const std::string& out,
                Write write) {
  const std::size_t begin = out.size();
  {
    protozero::pbf_writer nested(parent, number);
    write(nested);
  }
  if (out.size() == begin) parent.add_message(number, "", 0);
}

absl::StatusOr<HelloMessage> ParseHello(std::string_view bytes) {
  v1::Hello parsed;
  if (!parsed.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return InvalidArgument("client message: hello is malformed");
  }
  HelloMessage hello;
  hello.protocol_version = parsed.protocol_version();
  hello.wave = parsed.wave();
  hello.token = parsed.token();
  hello.client = parsed.client();
  return hello;
}

absl::StatusOr<AckMessage> AckOf(const v1::Ack& parsed) {
  AckMessage ack;
  ack.through_sequence = parsed.through_sequence();
  ack.results.reserve(static_cast<std::size_t>(parsed.results_size()));
  for (const v1::BatchResult& result : parsed.results()) {
    PP_ASSIGN_OR_RETURN(wave::BatchOutcome outcome, OutcomeOf(result));
    ack.results.push_back(std::move(outcome));
  }
  return ack;
}

}  // namespace

Frame NextFrame(std::string_view buffer, std::size_t max_bytes) {
  Frame frame;
  std::uint64_t length = 0;
  std::size_t prefix = 0;
  bool whole = false;
  while (!whole && prefix < buffer.size() && prefix < kMaxPrefixBytes) {
    const auto byte = static_cast<unsigned char>(buffer[prefix]);
    length |= static_cast<std::uint64_t>(byte & 0x7F) << (7 * prefix);
    whole = byte < 0x80;
    ++prefix;
  }
  if (!whole && prefix < kMaxPrefixBytes) {
    frame.needed = 1;
    return frame;
  }
  if (!whole) {
    frame.state = Frame::kBad;
    frame.error = "length prefix of more than 10 bytes; send varint-delimited messages";
    return frame;
  }
  if (length > max_bytes) {
    frame.state = Frame::kBad;
    frame.error =
        fmt::format("message of {} bytes is longer than the limit of {}; send smaller batches",
                    length, max_bytes);
    return frame;
  }
  const std::size_t total = prefix + static_cast<std::size_t>(length);
  if (buffer.size() < total) {
    frame.needed = total - buffer.size();
    return frame;
  }
  frame.state = Frame::kWhole;
  frame.message = buffer.substr(prefix, static_cast<std::size_t>(length));
  frame.consumed = total;
  return frame;
}

void AppendDelimited(std::string_view message, std::string& out) {
  protozero::add_varint_to_buffer(&out, message.size());
  out.append(message);
}

absl::StatusOr<std::variant<HelloMessage, BatchMessage>> ParseClientMessage(
    std::string_view message) {
  FieldCursor cursor(message);
  std::string_view content;
  std::uint32_t kind = 0;
  try {
    while (cursor.Next()) {
      if (cursor.key() != BytesKey(1) && cursor.key() != BytesKey(2)) {
        if (cursor.number() <= 2) {
          return InvalidArgument("client message: field {} has wire type {}; send a ClientMessage",
                                 cursor.number(), cursor.key() & 7);
        }
        cursor.Skip();
        continue;
      }
      if (kind != 0) {
        return InvalidArgument("client message: holds more than one message; send one a frame");
      }
      kind = cursor.number();
      content = cursor.Bytes();
    }
  } catch (const protozero::exception&) {
    return InvalidArgument("client message: malformed protobuf near byte {} of {}", cursor.offset(),
                           message.size());
  }
  if (kind == 0) {
    return InvalidArgument("client message: neither hello nor batch; send a ClientMessage");
  }
  if (kind == 2) return BatchMessage{content};
  PP_ASSIGN_OR_RETURN(HelloMessage hello, ParseHello(content));
  return hello;
}

absl::StatusOr<ServerMessageView> ParseServerMessage(std::string_view message) {
  v1::ServerMessage parsed;
  if (!parsed.ParseFromArray(message.data(), static_cast<int>(message.size()))) {
    return InvalidArgument("server message: malformed protobuf in {} bytes", message.size());
  }
  switch (parsed.message_case()) {
    case v1::ServerMessage::kWelcome: {
      const v1::Welcome& welcome = parsed.welcome();
      return WelcomeMessage{welcome.protocol_version(), welcome.wave(), welcome.max_message_bytes(),
                            welcome.max_records(), welcome.max_in_flight()};
    }
    case v1::ServerMessage::kAck: {
      PP_ASSIGN_OR_RETURN(AckMessage ack, AckOf(parsed.ack()));
      return ack;
    }
    case v1::ServerMessage::kError: {
      const v1::Error& error = parsed.error();
      return ErrorMessage{error.code(), error.detail(), error.retryable()};
    }
    default:
      return InvalidArgument("server message: neither welcome, ack nor error");
  }
}

void AppendHello(const HelloMessage& hello, std::string& out) {
  v1::ClientMessage message;
  v1::Hello& content = *message.mutable_hello();
  content.set_protocol_version(hello.protocol_version);
  content.set_wave(hello.wave);
  content.set_token(hello.token);
  content.set_client(hello.client);
  AppendMessage(message, out);
}

void AppendBatch(std::string_view batch, std::string& out) {
  std::string head;
  protozero::add_varint_to_buffer(&head, BytesKey(2));
  protozero::add_varint_to_buffer(&head, batch.size());
  protozero::add_varint_to_buffer(&out, head.size() + batch.size());
  out.append(head);
  out.append(batch);
}

void AppendWelcome(const WelcomeMessage& welcome, std::string& out) {
  v1::ServerMessage message;
  v1::Welcome& content = *message.mutable_welcome();
  content.set_protocol_version(welcome.protocol_version);
  content.set_wave(welcome.wave);
  content.set_max_message_bytes(welcome.max_message_bytes);
  content.set_max_records(welcome.max_records);
  content.set_max_in_flight(welcome.max_in_flight);
  AppendMessage(message, out);
}

void AppendAck(std::uint64_t through_sequence,
               const std::vector<const wave::BatchOutcome*>& outcomes, std::string& out) {
  const std::size_t begin = out.size();
  protozero::pbf_writer message(out);
  AddMessage(message, kAckField, out, [&](protozero::pbf_writer& ack) {
    if (through_sequence != 0) ack.add_uint64(1, through_sequence);
    for (const wave::BatchOutcome* outcome : outcomes) {
      AddMessage(ack, kAckResultsField, out,
                 [&](protozero::pbf_writer& result) { WriteOutcome(*outcome, result); });
    }
  });
  PutLengthBefore(begin, out);
}

void AppendError(const ErrorMessage& error, std::string& out) {
  v1::ServerMessage message;
  v1::Error& content = *message.mutable_error();
  content.set_code(error.code);
  content.set_detail(error.detail);
  content.set_retryable(error.retryable);
  AppendMessage(message, out);
}

}  // namespace panelpuls::wire
