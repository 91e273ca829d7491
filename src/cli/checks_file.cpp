// SPDX-License-Identifier: MIT
#include "cli/checks_file.hpp"

#include <algorithm>
#include <set>

#include "base/json_tree.hpp"
#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"

namespace llmfit::cli {
namespace {

using base::JsonValue;
using Kind = base::JsonScan::Kind;

constexpr std::string_view schema_name = "llmfit.checks/1";

/// What a check may say: not how it is shown, nor where other checks stand.
bool is_checkable(const OptionSpec& option) {
  return option.applies_to(Command::check) && option.group != "Output" && option.id != Option::file;
}

std::vector<std::string> keys_of_checks() {
  std::vector<std::string> keys{"name", "model"};
  for (const auto& option : options()) {
    if (is_checkable(option)) keys.push_back(key_of(option));
  }
  return keys;
}

/// By the key in a file, "kv_type" or "kv-type".
const OptionSpec* option_of(std::string_view key) {
  std::string name = "--" + std::string(key);
  std::replace(name.begin() + 2, name.end(), '_', '-');
  const auto* const option = find_option(name);
  return option != nullptr && is_checkable(*option) ? option : nullptr;
}

/// Text and numbers as a command line has them.
std::optional<std::string> word(const JsonValue& value) {
  if (const auto text = value.text()) return std::string(*text);
  if (const auto whole = value.whole()) return std::to_string(*whole);
  if (const auto number = value.number()) return base::shortest(*number);
  return std::nullopt;
}

std::optional<std::vector<std::string>> words(const JsonValue& value) {
  std::vector<std::string> result;
  for (const auto& item : value.items()) {
    auto one = word(item);
    if (!one) return std::nullopt;
    result.push_back(std::move(*one));
  }
  return result;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts) text.append(text.empty() ? "" : ",").append(part);
  return text;
}

/// A key as a part of a JSON pointer (RFC 6901).
std::string below(const std::string& pointer, std::string_view key) {
  std::string part;
  for (const char c : key) {
    if (c == '~') {
      part += "~0";
    } else if (c == '/') {
      part += "~1";
    } else {
      part += c;
    }
  }
  return pointer + "/" + part;
}

class Reader {
 public:
  explicit Reader(const std::string& path) : path_(path) {}

  Result<ChecksFile> read(std::string_view text) {
    const base::JsonTree tree(text);
    if (const auto& fault = tree.fault()) {
      return wrong("byte " + std::to_string(fault->offset), fault->message);
    }
    const auto root = tree.root();
    if (!root.is_object()) return wrong("", "it must be an object");
    auto head = read_head(root);
    if (!head) return pass(head);
    ChecksFile file;
    auto defaults = read_given(root["defaults"], "/defaults", nullptr);
    if (!defaults) return pass(defaults);
    file.defaults = std::move(*defaults);
    auto checks = read_list(root["checks"]);
    if (!checks) return pass(checks);
    file.checks = std::move(*checks);
    return file;
  }

 private:
  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& pointer, const std::string& what,
                                            std::string hint = {}) const {
    if (hint.empty()) hint = "`llmfit schema checks` tells how a file of checks looks";
    return fail(ErrorCode::invalid_file, "no valid file of checks: " + what, std::move(hint),
                place_in(path_, pointer));
  }

  [[nodiscard]] tl::unexpected<Error> unknown_key(const std::string& pointer, std::string_view key,
                                                  const std::vector<std::string>& known) const {
    const std::vector<std::string_view> names(known.begin(), known.end());
    return wrong(pointer, "unknown key '" + base::printable(key) + "'",
                 base::did_you_mean(base::nearest(key, names)));
  }

  [[nodiscard]] Result<void> read_head(const JsonValue& root) const {
    const std::vector<std::string> known{"$schema", "schema", "defaults", "checks"};
    for (const auto& member : root.items()) {
      if (std::find(known.begin(), known.end(), member.key()) != known.end()) continue;
      return unknown_key(below("", member.key()), member.key(), known);
    }
    if (root["schema"].text() == schema_name) return {};
    return wrong("/schema", "\"schema\" must be \"" + std::string(schema_name) + "\"");
  }

  [[nodiscard]] Result<std::vector<Check>> read_list(const JsonValue& list) const {
    if (!list.is_array()) return wrong("/checks", "\"checks\" must be a list");
    std::vector<Check> checks;
    std::set<std::string> names;
    for (const auto& item : list.items()) {
      Check check;
      check.pointer = "/checks/" + std::to_string(checks.size());
      if (!item.is_object()) return wrong(check.pointer, "a check must be an object");
      auto given = read_given(item, check.pointer, &check.name);
      if (!given) return pass(given);
      check.given = std::move(*given);
      if (!check.name.empty() && !names.insert(check.name).second) {
        return wrong(check.pointer + "/name",
                     "two checks are called '" + base::printable(check.name) + "'",
                     "give each a name of its own");
      }
      checks.push_back(std::move(check));
    }
    if (checks.empty()) return wrong("/checks", "it holds no check");
    return checks;
  }

  /// The options of an object; `name` is null where none may stand.
  [[nodiscard]] Result<Given> read_given(const JsonValue& object, const std::string& at,
                                         std::string* name) const {
    Given given;
    if (object.is_null()) return given;
    if (!object.is_object()) return wrong(at, "it must be an object of options");
    for (const auto& member : object.items()) {
      const auto key = member.key();
      const auto pointer = below(at, key);
      if (key == "model" || (key == "name" && name != nullptr)) {
        const auto text = member.text();
        if (!text || text->empty()) {
          return wrong(pointer, "\"" + std::string(key) + "\" must be a text");
        }
        (key == "model" ? given.model.emplace() : *name) = *text;
        continue;
      }
      const auto* const option = option_of(key);
      if (option == nullptr) return unknown_key(pointer, key, keys_of_checks());
      auto values = read_values(*option, member, pointer);
      if (!values) return pass(values);
      given.values[static_cast<std::size_t>(option->id)] = std::move(*values);
    }
    return given;
  }

  [[nodiscard]] Result<std::vector<std::string>> read_values(const OptionSpec& option,
                                                             const JsonValue& value,
                                                             const std::string& pointer) const {
    if (value.is_null()) return std::vector<std::string>{};
    if (option.is_flag()) {
      const auto flag = value.flag();
      if (!flag) return wrong(pointer, "\"" + key_of(option) + "\" is true or false");
      return *flag ? std::vector<std::string>{"true"} : std::vector<std::string>{};
    }
    if (option.id == Option::set) return read_settings(value, pointer);
    if (value.is_array()) {
      const auto list = words(value);
      if (!list || list->empty()) return wrong(pointer, "a list of texts or numbers is wanted");
      return option.repeatable ? *list : std::vector<std::string>{joined(*list)};
    }
    auto one = word(value);
    if (!one) return wrong(pointer, "a text or a number is wanted");
    return std::vector<std::string>{std::move(*one)};
  }

  /// {"ubatch-size": 256, "swa-full": true, "tensor-split": [3, 1]}
  [[nodiscard]] Result<std::vector<std::string>> read_settings(const JsonValue& value,
                                                               const std::string& pointer) const {
    if (!value.is_object()) {
      return wrong(pointer, "\"set\" is an object of the engine's flags",
                   "write {\"ubatch-size\": 256}");
    }
    std::vector<std::string> settings;
    for (const auto& member : value.items()) {
      const auto flag = member.flag();
      const auto list = member.is_array() ? words(member) : std::nullopt;
      const auto text = flag   ? std::optional<std::string>(*flag ? "true" : "false")
                        : list ? std::optional(joined(*list))
                               : word(member);
      const auto name = std::string(member.key());
      if (!text || name.empty() || name.find('=') != std::string::npos) {
        return wrong(below(pointer, name), "a flag has a text, a number, true or false");
      }
      settings.push_back(name + "=" + *text);
    }
    return settings;
  }

  const std::string& path_;
};

/// Of two settings of one flag the later counts.
std::vector<std::string> merged_settings(const std::vector<std::string>& lower,
                                         const std::vector<std::string>& upper) {
  const auto flag = [](const std::string& setting) { return setting.substr(0, setting.find('=')); };
  auto result = upper;
  for (const auto& setting : lower) {
    const bool replaced = std::any_of(upper.begin(), upper.end(), [&](const std::string& other) {
      return flag(other) == flag(setting);
    });
    if (!replaced) result.push_back(setting);
  }
  return result;
}

}  // namespace

std::string place_in(const std::string& path, std::string_view pointer) {
  const auto name = base::printable(path);
  return pointer.empty() ? name : name + ": " + base::printable(pointer);
}

std::string key_of(const OptionSpec& option) {
  std::string key(option.name.substr(2));
  std::replace(key.begin(), key.end(), '-', '_');
  return key;
}

Result<ChecksFile> read_checks(std::string_view text, const std::string& path) {
  return Reader(path).read(text);
}

Given given_by(const Arguments& arguments) {
  Given given;
  if (!arguments.words.empty()) given.model = arguments.words.front();
  for (const auto& option : options()) {
    if (!is_checkable(option) || !arguments.has(option.id)) continue;
    given.values[static_cast<std::size_t>(option.id)] = arguments.all(option.id);
  }
  return given;
}

Given laid_over(const Given& lower, const Given& upper) {
  Given result = lower;
  if (upper.model) result.model = upper.model;
  for (std::size_t i = 0; i < option_count; ++i) {
    const auto& above = upper.values[i];
    if (!above) continue;
    auto& value = result.values[i];
    const bool both = value && static_cast<Option>(i) == Option::set;
    value = both && !above->empty() ? merged_settings(*value, *above) : *above;
  }
  return result;
}

std::vector<std::string> command_line(const Given& given) {
  std::vector<std::string> result{"check"};
  for (const auto& option : options()) {
    const auto& values = given.of(option.id);
    if (!values) continue;
    for (const auto& value : *values) {
      const std::string name(option.name);
      result.push_back(option.is_flag() ? name : name + "=" + value);
    }
  }
  if (!given.model) return result;
  result.emplace_back("--");
  result.push_back(*given.model);
  return result;
}

}  // namespace llmfit::cli
