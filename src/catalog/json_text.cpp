// SPDX-License-Identifier: MIT
#include "catalog/json_text.hpp"

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"

namespace llmfit::catalog {
namespace {

constexpr std::size_t depth_limit = 64;
/// The parsed form looks keys up one after the other, so that a huge object would take for ever.
constexpr std::size_t key_limit = 1024;

/// "[json.exception.parse_error.101] parse error at …: syntax error while parsing value - WHAT".
std::string reason(std::string_view what) {
  for (const std::string_view mark : {" - ", "] "}) {
    const auto at = what.find(mark);
    if (at != std::string_view::npos) return base::printable(what.substr(at + mark.size()));
  }
  return base::printable(what);
}

/// Walks the text without building anything and notes what the parser itself lets pass.
class Survey {
 public:
  explicit Survey(std::string_view text) : text_(text) {}

  bool null() { return value(); }
  bool boolean(bool) { return value(); }
  bool number_integer(Json::number_integer_t) { return value(); }
  bool number_unsigned(Json::number_unsigned_t) { return value(); }
  bool number_float(Json::number_float_t, const std::string&) { return value(); }
  bool string(const std::string&) { return value(); }
  bool binary(const Json::binary_t&) { return value(); }

  bool start_object(std::size_t) { return open(true); }
  bool start_array(std::size_t) { return open(false); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(const std::string& name) {
    auto& level = levels_.back();
    level.key = name;
    if (!level.keys.insert(name).second) {
      add(below(here(levels_.size() - 1), name), "key is given twice; keep one of the two");
    }
    if (level.keys.size() <= key_limit) return true;
    usable = false;
    return add(here(levels_.size() - 1), "object has more than 1,024 keys");
  }

  template <class Exception>
  bool parse_error(std::size_t read, const std::string&, const Exception& error) {
    usable = false;
    const auto offset = std::min(read == 0 ? 0 : read - 1, text_.size());
    const auto line =
        1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(offset), '\n');
    return add("", "not valid JSON at byte " + std::to_string(offset) + " (line " +
                       std::to_string(line) + "): " + reason(error.what()));
  }

  Faults faults;
  bool usable = true;

 private:
  struct Level {
    bool is_object = false;
    std::size_t index = 0;  ///< of the item that comes next
    std::string key;        ///< of the value that comes next
    std::unordered_set<std::string> keys;
  };

  bool add(std::string pointer, std::string message) {
    faults.push_back({std::move(pointer), std::move(message)});
    return false;
  }

  /// Pointer to the value that the outer `count` levels lead to.
  [[nodiscard]] std::string here(std::size_t count) const {
    std::string pointer;
    for (std::size_t i = 0; i < count; ++i) {
      const auto& level = levels_[i];
      pointer = level.is_object ? below(pointer, level.key) : below(pointer, level.index);
    }
    return pointer;
  }

  bool value() {
    if (!levels_.empty()) ++levels_.back().index;
    return true;
  }

  bool open(bool is_object) {
    if (levels_.size() == depth_limit) {
      usable = false;
      return add(here(levels_.size()), "nested deeper than 64 levels");
    }
    levels_.emplace_back();
    levels_.back().is_object = is_object;
    return true;
  }

  bool close() {
    levels_.pop_back();
    return value();
  }

  std::string_view text_;
  std::vector<Level> levels_;
};

}  // namespace

std::string below(std::string_view pointer, std::string_view key) {
  std::string result(pointer);
  result.push_back('/');
  for (const char c : key) {
    if (c == '~') {
      result += "~0";
    } else if (c == '/') {
      result += "~1";
    } else {
      result.push_back(c);
    }
  }
  return result;
}

std::string below(std::string_view pointer, std::size_t index) {
  return std::string(pointer).append("/").append(std::to_string(index));
}

JsonText read_json(std::string_view text) {
  Survey survey(text);
  Json::sax_parse(text, &survey);
  JsonText result{Json(), std::move(survey.faults)};
  if (survey.usable) result.value = Json::parse(text, nullptr, false);
  return result;
}

std::string one_line(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace llmfit::catalog
