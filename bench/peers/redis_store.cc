// Redis: two connections, a transaction is one Lua script, appendfsync always. Words under their
// key; sums as two hashes by slot. The script reads and writes a thousand keys a command: one
// command a key takes longer.
#include <hiredis/hiredis.h>

#include <array>
#include <unordered_set>

#include "peers/store.h"

namespace panelpuls::bench {
namespace {

constexpr int kConnections = 2;
// ARGV: number of groups, their scores, then key and value of each word.
constexpr const char* kScript = R"(
  local groups = tonumber(ARGV[1])
  local count = {}
  local function change(value, sign)
    local slot = struct.unpack('>i4', value, #value - 3)
    if slot >= 0 then count[slot] = (count[slot] or 0) + sign end
  end
  for begin = 2 + groups, #ARGV, 2000 do
    local last = math.min(begin + 1999, #ARGV)
    local keys = {}
    for place = begin, last, 2 do keys[#keys + 1] = ARGV[place] end
    local found = redis.call('MGET', unpack(keys))
    local newest = {}
    for number, key in ipairs(keys) do
      local value = ARGV[begin + 2 * number - 1]
      local old = newest[key] or found[number]
      if not old or value > old then
        if old then change(old, -1) end
        change(value, 1)
        newest[key] = value
      end
    end
    local put = {}
    for key, value in pairs(newest) do
      put[#put + 1] = key
      put[#put + 1] = value
    end
    if #put > 0 then redis.call('MSET', unpack(put)) end
  end
  for slot, change_of_count in pairs(count) do
    if change_of_count ~= 0 then
      redis.call('HINCRBY', 'count', slot, change_of_count)
      local score = tonumber(ARGV[2 + slot % groups])
      if score ~= 0 then redis.call('HINCRBYFLOAT', 'score', slot, change_of_count * score) end
    end
  end
)";

struct Freed {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};
using Reply = std::unique_ptr<redisReply, Freed>;

class Connection {
 public:
  Connection() = default;
  ~Connection() {
    if (context_ != nullptr) redisFree(context_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  absl::Status Open(const std::string& socket) {
    context_ = redisConnectUnix(socket.c_str());
    if (context_ != nullptr && context_->err == 0) return absl::OkStatus();
    return Unavailable("redis: {}: {}", socket,
                       context_ == nullptr ? "no memory" : context_->errstr);
  }
  absl::StatusOr<Reply> Ask(const std::vector<std::string_view>& words) {
    pointers_.clear();
    sizes_.clear();
    for (const std::string_view word : words) {
      pointers_.push_back(word.data());
      sizes_.push_back(word.size());
    }
    Reply reply(static_cast<redisReply*>(redisCommandArgv(context_, static_cast<int>(words.size()),
                                                          pointers_.data(), sizes_.data())));
    if (reply == nullptr) return Unavailable("redis: {}", context_->errstr);
    if (reply->type == REDIS_REPLY_ERROR) {
      return Internal("redis: {}", std::string_view(reply->str, reply->len));
    }
    return reply;
  }

 private:
  redisContext* context_ = nullptr;
  std::vector<const char*> pointers_;
  std::vector<std::size_t> sizes_;
};

std::string TextOf(const redisReply& reply) { return {reply.str, reply.len}; }

class RedisStore final : public Store {
 public:
  explicit RedisStore(const StoreOptions& options) : slots_(*options.wave) {
    for (int number = 0; number < kConnections; ++number) {
      writers_.push_back(std::make_unique<Writer>(options));
    }
    parameters_.push_back(fmt::format("{}", slots_.groups()));
    for (std::uint32_t group = 0; group < slots_.groups(); ++group) {
      parameters_.push_back(fmt::format("{}", slots_.ScoreOf(static_cast<std::int32_t>(group))));
    }
  }

  absl::Status Open(const std::string& socket) {
    for (auto& writer : writers_) PP_RETURN_IF_ERROR(writer->connection.Open(socket));
    PP_RETURN_IF_ERROR(first().Ask({"FLUSHALL", "SYNC"}).status());
    PP_ASSIGN_OR_RETURN(const Reply loaded, first().Ask({"SCRIPT", "LOAD", kScript}));
    script_ = TextOf(*loaded);
    PP_ASSIGN_OR_RETURN(const Reply info, first().Ask({"INFO", "server"}));
    const std::string text = TextOf(*info);
    version_ = FieldOf(text, "redis_version:");
    process_ = std::stoi(FieldOf(text, "process_id:"));
    return absl::OkStatus();
  }

  std::string Description() override {
    return fmt::format("Redis {}, hiredis {}.{}.{}, {} connections", version_, HIREDIS_MAJOR,
                       HIREDIS_MINOR, HIREDIS_PATCH, kConnections);
  }

  absl::StatusOr<std::string> Durability() override {
    std::string settings;
    for (const auto& [name, wanted] : {std::pair<std::string, std::string>("appendonly", "yes"),
                                       {"appendfsync", "always"},
                                       {"no-appendfsync-on-rewrite", "no"}}) {
      PP_ASSIGN_OR_RETURN(const Reply reply, first().Ask({"CONFIG", "GET", name}));
      const std::string value = reply->elements == 2 ? TextOf(*reply->element[1]) : "";
      if (value != wanted) {
        return FailedPrecondition("redis: {} is {}; wanted {}", name, value, wanted);
      }
      settings += fmt::format("{}{} {}", settings.empty() ? "" : ", ", name, value);
    }
    return settings;
  }

  int connections() const override { return kConnections; }

  absl::Status Apply(int number, Batches batches) override {
    Writer& writer = *writers_[static_cast<std::size_t>(number)];
    writer.command = {"EVALSHA", script_, "0"};
    writer.command.insert(writer.command.end(), parameters_.begin(), parameters_.end());
    for (const Word& word : writer.reader.Read(batches)) {
      writer.command.push_back(word.key_view());
      writer.command.push_back(word.value);
    }
    return writer.connection.Ask(writer.command).status();
  }

  absl::StatusOr<Totals> ReadBack() override {
    Totals totals{.group_count = std::vector<std::uint64_t>(slots_.groups())};
    PP_ASSIGN_OR_RETURN(const Reply keys, first().Ask({"DBSIZE"}));
    PP_ASSIGN_OR_RETURN(const Reply sums, first().Ask({"EXISTS", "count", "score"}));
    totals.words = static_cast<std::uint64_t>(keys->integer - sums->integer);
    PP_ASSIGN_OR_RETURN(const Reply counts, first().Ask({"HGETALL", "count"}));
    for (std::size_t place = 0; place + 1 < counts->elements; place += 2) {
      const std::uint64_t count = std::stoull(TextOf(*counts->element[place + 1]));
      totals.respondents += count;
      totals.group_count[slots_.GroupOf(std::stoi(TextOf(*counts->element[place])))] += count;
    }
    PP_ASSIGN_OR_RETURN(const Reply scores, first().Ask({"HVALS", "score"}));
    for (std::size_t place = 0; place < scores->elements; ++place) {
      totals.score_sum += std::stod(TextOf(*scores->element[place]));
    }
    PP_RETURN_IF_ERROR(ReadWords(&totals));
    return totals;
  }

  std::vector<pid_t> Processes() override { return {process_}; }

 private:
  struct Writer {
    explicit Writer(const StoreOptions& options) : reader(*options.wave, options.receipt_time) {}
    Connection connection;
    WordReader reader;
    std::vector<std::string_view> command;
  };

  // Nothing is written meanwhile, so that SCAN gives each key once or more; once is kept.
  absl::Status ReadWords(Totals* totals) {
    std::unordered_set<std::string> seen;
    std::string position = "0";
    do {
      PP_ASSIGN_OR_RETURN(const Reply page, first().Ask({"SCAN", position, "COUNT", "1000"}));
      position = TextOf(*page->element[0]);
      std::vector<std::string> keys;
      for (std::size_t place = 0; place < page->element[1]->elements; ++place) {
        std::string key = TextOf(*page->element[1]->element[place]);
        if (key.size() == kKeySize && seen.insert(key).second) keys.push_back(std::move(key));
      }
      if (keys.empty()) continue;
      std::vector<std::string_view> command = {"MGET"};
      command.insert(command.end(), keys.begin(), keys.end());
      PP_ASSIGN_OR_RETURN(const Reply values, first().Ask(command));
      for (std::size_t place = 0; place < keys.size(); ++place) {
        totals->content += WordPrint(keys[place], TextOf(*values->element[place]));
      }
    } while (position != "0");
    return absl::OkStatus();
  }

  Connection& first() { return writers_.front()->connection; }
  static std::string FieldOf(const std::string& info, const std::string& name) {
    const std::size_t begin = info.find(name);
    if (begin == std::string::npos) return "0";
    const std::size_t end = info.find('\r', begin);
    return info.substr(begin + name.size(), end - begin - name.size());
  }

  const Slots slots_;
  std::vector<std::unique_ptr<Writer>> writers_;
  std::vector<std::string> parameters_;
  std::string script_;
  std::string version_;
  pid_t process_ = 0;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> MakeRedisStore(const StoreOptions& options) {
  if (options.redis.empty()) return NotFound("no server was given");
  auto store = std::make_unique<RedisStore>(options);
  PP_RETURN_IF_ERROR(store->Open(options.redis));
  return store;
}

}  // namespace panelpuls::bench
