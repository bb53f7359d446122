#include "io/parse_record.h"

#include <simdjson.h>
#include <xxhash.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>
#include <vector>

#include "copydesk/text/utf8.h"
#include "io/json_bytes.h"
#include "io/json_scan.h"
#include "io/source.h"

namespace copydesk {
namespace {

namespace ondemand = simdjson::ondemand;

// Scratch memory that is kept from record to record; a longer record gives its own back. The parser
// takes about six times the length of a record.
constexpr std::size_t kKeptBytes = std::size_t{8} << 20;

// The key of what an earlier run wrote into the record.
constexpr std::string_view kAnnotationKey = "copydesk";

// The fields of FieldMap.
enum FieldIndex : std::size_t { kId, kOutlet, kUrl, kTitle, kDate, kText, kLanguage, kFields };

// What a record has at one of the paths of the field map.
struct Value {
  enum class Kind : std::uint8_t { kAbsent, kNull, kString, kNumber, kBoolean, kArray, kObject };

  Kind kind = Kind::kAbsent;
  std::string_view token;  // of a scalar: all of it; of the others: its first byte
};

std::string_view kind_name(Value::Kind kind) {
  switch (kind) {
    case Value::Kind::kString:
      return "a string";
    case Value::Kind::kNumber:
      return "a number";
    case Value::Kind::kBoolean:
      return "a boolean";
    case Value::Kind::kArray:
      return "a list";
    case Value::Kind::kObject:
      return "an object";
    default:
      return "null";
  }
}

bool is_json_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

// Where the last byte before `end` that is not white space ends.
std::size_t end_before(std::string_view json, std::size_t end) {
  while (end > 0 && is_json_space(json[end - 1])) --end;
  return end;
}

// The kind of a scalar; nothing if it is not JSON. simdjson vouches for the quotes of a string.
std::optional<Value::Kind> scalar_kind(std::string_view token) {
  switch (token.front()) {
    case '"':
      if (!has_valid_escapes(token.substr(1, token.size() - 2))) return std::nullopt;
      return Value::Kind::kString;
    case 't':
    case 'f':
      if (token != "true" && token != "false") return std::nullopt;
      return Value::Kind::kBoolean;
    case 'n':
      if (token != "null") return std::nullopt;
      return Value::Kind::kNull;
    default:
      if (!is_json_number(token)) return std::nullopt;
      return Value::Kind::kNumber;
  }
}

// The inside of the string whose opening quote stands before `begin`.
std::string_view string_inside(const char* begin) {
  const char* end = begin;
  while (*end != '"') end += *end == '\\' ? 2 : 1;
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string generated_id(std::string_view bytes) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  std::string id = "gen-0000000000000000";
  for (std::size_t i = id.size(); hash != 0; hash >>= 4) id[--i] = kHexDigits[hash & 15];
  return id;
}

std::string at_byte(std::size_t offset, std::string_view what) {
  return "byte " + std::to_string(offset) + ": " + std::string(what);
}

// Whether a line looks like the first of a file that is one list, or one record over many lines.
bool begins_many_lines(std::string_view line) {
  line = line.substr(0, end_before(line, line.size()));
  return line == "[" || line == "{" || line == "[{";
}

std::string joined(const std::vector<std::string>& paths) {
  std::string list;
  for (const std::string& path : paths) list += (list.empty() ? "" : ", ") + path;
  return list.empty() ? "no field" : list;
}

}  // namespace

class RecordParser::Impl {
 public:
  explicit Impl(const InputOptions& options) : map_(options.fields) {
    const std::array<const std::vector<std::string>*, kFields> fields = {
        &map_.id, &map_.outlet, &map_.url, &map_.title, &map_.date, &map_.text, &map_.language};
    for (std::size_t field = 0; field < kFields; ++field) {
      for (const std::string& path : *fields[field]) slots_[field].push_back(slot_of(path));
    }
    values_.resize(paths_.size());
  }

  Record parse(RawRecord raw, std::uint64_t doc) {
    Record record;
    record.raw = std::move(raw);
    DocumentFields fields;
    fields.doc = doc;
    if (record.raw.rejection) {
      record.rejection = record.raw.rejection;
    } else if (record.raw.bytes.size() > kMaxRecordBytes) {
      record.rejection = Rejection{RejectReason::kTooLarge, "longer than 4 GiB"};
    } else if (record.raw.is_text) {
      parse_text(record, fields);
    } else {
      parse_json(record, fields);
    }
    if (record.rejection) {
      fields = DocumentFields();
      fields.doc = doc;
      record.document = Document(std::move(fields), "");
    }
    return record;
  }

 private:
  // --- Plain text ---

  static void parse_text(Record& record, DocumentFields& fields) {
    const std::string& bytes = record.raw.bytes;
    if (const std::optional<std::size_t> at = text::find_invalid_utf8(bytes)) {
      record.rejection = Rejection{RejectReason::kInvalidUtf8, at_byte(*at, "invalid UTF-8")};
      return;
    }
    fields.id = record.raw.text_id;
    const bool id_generated = fields.id.empty();
    if (id_generated) fields.id = generated_id(bytes);
    record.document = Document(std::move(fields), bytes);
    if (id_generated) record.document.flag(Flag::kIdGenerated);
    if (has_control_bytes(bytes)) record.document.flag(Flag::kControlBytes);
  }

  // --- JSON ---

  void parse_json(Record& record, DocumentFields& fields) {
    const std::string& bytes = record.raw.bytes;
    load(bytes);
    std::fill(values_.begin(), values_.end(), Value());
    lone_surrogates_ = false;
    if (walk(record.layout)) {
      record.rejection = build(record, fields);
    } else {
      record.rejection = explain(bytes);
    }
    if (record.rejection) record.layout = RecordLayout();
    if (capacity_ > kKeptBytes) unload();
  }

  // Copies the record to where simdjson may read a little beyond its end.
  void load(std::string_view bytes) {
    if (buffer_ == nullptr || bytes.size() > capacity_) {
      const std::size_t capacity = std::max(bytes.size() + bytes.size() / 2, std::size_t{1} << 16);
      buffer_ = std::make_unique<char[]>(capacity + simdjson::SIMDJSON_PADDING);
      capacity_ = capacity;
    }
    std::memcpy(buffer_.get(), bytes.data(), bytes.size());
    // On Demand looks at the byte behind a list or an object that is not closed: a comma there, of
    // a record before, would lead it on.
    std::memset(buffer_.get() + bytes.size(), 0, simdjson::SIMDJSON_PADDING);
    json_ = {buffer_.get(), bytes.size()};
  }

  void unload() {
    buffer_.reset();
    capacity_ = 0;
    json_ = {};
    parser_ = ondemand::parser();
  }

  [[nodiscard]] std::uint32_t offset_of(const char* at) const {
    return static_cast<std::uint32_t>(at - json_.data());
  }

  // Walks the whole record: checks it, notes the values of the field map and the layout. False if
  // the record is not a JSON object.
  bool walk(RecordLayout& layout) {
    ondemand::document document;
    const simdjson::error_code error =
        parser_.iterate(json_.data(), json_.size(), json_.size() + simdjson::SIMDJSON_PADDING)
            .get(document);
    if (error == simdjson::MEMALLOC) throw std::bad_alloc();  // no fault of the record
    if (error != simdjson::SUCCESS) return false;
    ondemand::object object;
    if (document.get_object().get(object) != simdjson::SUCCESS) return false;
    path_.clear();
    members_.clear();
    if (!walk_object(object, 0, true)) return false;
    if (document.current_location().error() != simdjson::OUT_OF_BOUNDS)
      return false;  // not the end
    layout.closing_brace = static_cast<std::uint32_t>(end_before(json_, json_.size()) - 1);
    find_annotation(layout);
    return true;
  }

  // `tracked`: the members may stand in the field map, path_ leads to the object.
  bool walk_object(ondemand::object& object, int depth, bool tracked) {
    const std::size_t path_size = path_.size();
    for (auto result : object) {
      ondemand::field field;
      if (std::move(result).get(field) != simdjson::SUCCESS) return false;
      const std::string_view inside = string_inside(field.key().raw());
      if (!has_valid_escapes(inside)) return false;
      if (tracked) {
        if (depth > 0) path_ += '.';
        append_unescaped(path_, inside);
        if (depth == 0) members_.push_back({offset_of(inside.data()) - 1, path_ == kAnnotationKey});
      }
      if (!walk_value(field.value(), depth + 1, tracked)) return false;
      path_.resize(path_size);
    }
    return true;
  }

  bool walk_array(ondemand::array& array, int depth) {
    for (auto result : array) {
      ondemand::value value;
      if (result.get(value) != simdjson::SUCCESS) return false;
      if (!walk_value(value, depth + 1, false)) return false;
    }
    return true;
  }

  // Scalars are checked here, not by simdjson: it refuses lone surrogates and numbers that do not
  // fit a double.
  bool walk_value(ondemand::value value, int depth, bool tracked) {
    const std::string_view raw = value.raw_json_token();
    const std::string_view token = raw.substr(0, end_before(raw, raw.size()));
    const bool is_object = token.front() == '{';
    if (!is_object && token.front() != '[') {
      const std::optional<Value::Kind> kind = scalar_kind(token);
      if (!kind) return false;
      if (tracked) note({*kind, token});
      // Other scalars are stepped over by the iterator; at a string it would take `"a":` for a key.
      return *kind != Value::Kind::kString ||
             value.get_raw_json_string().error() == simdjson::SUCCESS;
    }
    if (depth == kMaxJsonDepth) return false;
    if (tracked) note({is_object ? Value::Kind::kObject : Value::Kind::kArray, token});
    if (is_object) {
      ondemand::object object;
      if (value.get_object().get(object) != simdjson::SUCCESS) return false;
      return walk_object(object, depth, tracked && leads_on());
    }
    ondemand::array array;
    if (value.get_array().get(array) != simdjson::SUCCESS) return false;
    return walk_array(array, depth);
  }

  // The last of several members of one name counts, as in most JSON libraries.
  void note(Value value) {
    const auto it = std::find(paths_.begin(), paths_.end(), path_);
    if (it != paths_.end()) values_[static_cast<std::size_t>(it - paths_.begin())] = value;
  }

  // Whether the field map has a path below path_.
  [[nodiscard]] bool leads_on() const {
    return std::any_of(paths_.begin(), paths_.end(), [this](const std::string& path) {
      return path.size() > path_.size() && path[path_.size()] == '.' && path.starts_with(path_);
    });
  }

  void find_annotation(RecordLayout& layout) const {
    layout.has_members = !members_.empty();
    for (std::size_t i = members_.size(); i-- > 0;) {
      if (!members_[i].is_annotation) continue;
      const std::uint32_t key = members_[i].key;
      const bool is_last = i + 1 == members_.size();
      // The comma before it goes; for the first member the one behind it.
      std::size_t begin = key;
      if (i > 0) begin = end_before(json_, key) - 1;
      std::size_t end = end_before(json_, is_last ? layout.closing_brace : members_[i + 1].key);
      if (!is_last && i > 0) end = end_before(json_, end - 1);
      layout.annotation = {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
      layout.has_members = members_.size() > 1;
      return;
    }
  }

  // Makes the document from the values that were noted.
  std::optional<Rejection> build(Record& record, DocumentFields& fields) {
    const Value* text = first(kText, [](Value::Kind) { return true; });
    const Value* title = first(kTitle, is_string);
    if (text == nullptr && title == nullptr) {
      if (const Value* other = first(kTitle, [](Value::Kind) { return true; })) {
        return Rejection{RejectReason::kNoTextOrTitle,
                         at_byte(offset_of(other->token.data()),
                                 "no text (" + joined(map_.text) + "), and the title is " +
                                     std::string(kind_name(other->kind)) + ", not a string")};
      }
      return Rejection{
          RejectReason::kNoTextOrTitle,
          "neither a text (" + joined(map_.text) + ") nor a title (" + joined(map_.title) + ")"};
    }
    if (text != nullptr && text->kind != Value::Kind::kString) {
      return Rejection{
          RejectReason::kTextNotString,
          at_byte(offset_of(text->token.data()),
                  "the text is " + std::string(kind_name(text->kind)) + ", not a string")};
    }
    fields.id = decode(first(kId, is_string_or_number));
    fields.outlet = decode(first(kOutlet, is_string));
    fields.url = decode(first(kUrl, is_string));
    fields.title = decode(title);
    fields.date = decode(first(kDate, is_string_or_number));
    fields.language = decode(first(kLanguage, is_string));
    fields.time = parse_date(fields.date);
    std::string body = decode(text);
    if (text != nullptr) {
      const std::uint32_t begin = offset_of(text->token.data());
      record.layout.text_value = {begin, begin + static_cast<std::uint32_t>(text->token.size())};
    }

    const bool id_generated = fields.id.empty();
    if (id_generated) fields.id = generated_id(record.raw.bytes);
    bool outlet_from_url = false;
    if (fields.outlet.empty() && !fields.url.empty()) {
      fields.outlet = registered_domain(fields.url);
      outlet_from_url = !fields.outlet.empty();
    }
    const bool control_bytes = has_control_bytes(body);
    record.document = Document(std::move(fields), std::move(body));
    if (id_generated) record.document.flag(Flag::kIdGenerated);
    if (outlet_from_url) record.document.flag(Flag::kOutletFromUrl);
    if (lone_surrogates_) record.document.flag(Flag::kLoneSurrogates);
    if (control_bytes) record.document.flag(Flag::kControlBytes);
    return std::nullopt;
  }

  static bool is_string(Value::Kind kind) { return kind == Value::Kind::kString; }
  static bool is_string_or_number(Value::Kind kind) {
    return kind == Value::Kind::kString || kind == Value::Kind::kNumber;
  }

  // The value at the first path of a field that is there, not null and of a kind the field takes;
  // null if there is none.
  template <class Accepts>
  [[nodiscard]] const Value* first(FieldIndex field, Accepts accepts) const {
    for (const std::size_t slot : slots_[field]) {
      const Value& value = values_[slot];
      if (value.kind == Value::Kind::kAbsent || value.kind == Value::Kind::kNull) continue;
      if (accepts(value.kind)) return &value;
    }
    return nullptr;
  }

  std::string decode(const Value* value) {
    if (value == nullptr) return {};
    if (value->kind != Value::Kind::kString) return std::string(value->token);
    const std::string_view inside = value->token.substr(1, value->token.size() - 2);
    std::string decoded;
    decoded.reserve(inside.size());
    if (append_unescaped(decoded, inside) > 0) lone_surrogates_ = true;
    return decoded;
  }

  // Says why a record was refused.
  static Rejection explain(std::string_view json) {
    if (const std::optional<std::size_t> at = text::find_invalid_utf8(json)) {
      return {RejectReason::kInvalidUtf8, at_byte(*at, "invalid UTF-8")};
    }
    if (const std::optional<JsonFault> fault = find_json_fault(json)) {
      const std::string hint =
          begins_many_lines(json) ? "; each record must stand on a line of its own" : "";
      return {RejectReason::kBrokenJson, at_byte(fault->offset, fault->message) + hint};
    }
    const std::size_t end = end_before(json, json.size());
    const std::size_t begin = json.find_first_not_of(" \t\r\n");
    assert(json[begin] != '{');  // walk() and find_json_fault() agree on what JSON is
    const std::string_view value = json.substr(begin, end - begin);
    const Value::Kind kind = value.front() == '[' ? Value::Kind::kArray
                                                  : scalar_kind(value).value_or(Value::Kind::kNull);
    return {RejectReason::kNotAnObject,
            at_byte(begin, "the record is " + std::string(kind_name(kind)) + ", not an object")};
  }

  std::size_t slot_of(const std::string& path) {
    const auto it = std::find(paths_.begin(), paths_.end(), path);
    if (it == paths_.end()) {
      paths_.push_back(path);
      return paths_.size() - 1;
    }
    return static_cast<std::size_t>(it - paths_.begin());
  }

  // A top-level member: the offset of its key's quote.
  struct Member {
    std::uint32_t key = 0;
    bool is_annotation = false;
  };

  const FieldMap map_;
  std::vector<std::string> paths_;                       // all paths of the map, each once
  std::array<std::vector<std::size_t>, kFields> slots_;  // of each field: indices into paths_

  ondemand::parser parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_ = 0;   // of buffer_, without the padding
  std::string_view json_;      // the record in buffer_
  std::string path_;           // dotted path to the value that is walked
  std::vector<Value> values_;  // at each of paths_, of this record
  std::vector<Member> members_;
  bool lone_surrogates_ = false;
};

RecordParser::RecordParser(const InputOptions& options) : impl_(std::make_unique<Impl>(options)) {}
RecordParser::~RecordParser() = default;

Record RecordParser::parse(RawRecord raw, std::uint64_t doc) {
  return impl_->parse(std::move(raw), doc);
}

}  // namespace copydesk
