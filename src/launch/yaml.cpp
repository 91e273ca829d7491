// SPDX-License-Identifier: MIT
#include "launch/yaml.hpp"

namespace llmfit::launch {
namespace {

/// A literal "$(" would name a variable of the container.
std::string kept_from_kubernetes(std::string_view value) {
  std::string result;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value.substr(i, 2) == "$(") result += '$';
    result += value[i];
  }
  return result;
}

}  // namespace

/// The escapes are JSON's, which YAML 1.2 reads (yaml.org, section 5.7).
std::string yaml_quoted(std::string_view value) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string result = "\"";
  for (const char c : value) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result.append(1, '\\').append(1, c);
    } else if (code < 0x20 || code == 0x7f) {
      result.append("\\u00").append(1, digits[code >> 4]).append(1, digits[code & 15]);
    } else {
      result += c;
    }
  }
  return result + "\"";
}

void Yaml::comment(std::string_view line) { out_.append("# ").append(line).append("\n"); }

void Yaml::document() { out_ += "---\n"; }

void Yaml::line(std::string_view content) {
  const std::size_t columns = 2 * depth_;
  out_.append(first_of_item_ ? columns - 2 : columns, ' ');
  if (first_of_item_) out_ += "- ";
  first_of_item_ = false;
  out_.append(content).append("\n");
}

void Yaml::open(std::string_view key) {
  line(std::string(key) + ":");
  levels_.push_back(depth_++);
}

void Yaml::open_item() {
  levels_.push_back(depth_++);
  first_of_item_ = true;
}

void Yaml::close() {
  depth_ = levels_.back();
  levels_.pop_back();
}

void Yaml::text(std::string_view key, std::string_view value) { word(key, yaml_quoted(value)); }

void Yaml::word(std::string_view key, std::string_view value) {
  line(std::string(key).append(": ").append(value));
}

void Yaml::block(std::string_view key, std::string_view lines) {
  line(std::string(key) + ": |");
  out_.append(indented(lines, std::string(2 * (depth_ + 1), ' ')));
  if (!out_.ends_with('\n')) out_ += '\n';
}

void Yaml::item(std::string_view value) { line("- " + yaml_quoted(value)); }

/// The closing bracket stands behind the last entry: on a line of its own it would have to be
/// indented further than the key (YAML 1.2, section 7.4), and not every reader forgives that.
void Yaml::arguments(std::string_view key, const Command& command) {
  std::vector<std::string> entries;
  for (const auto& word : command.words) {
    entries.push_back(yaml_quoted(kept_from_kubernetes(word)));
  }
  for (const auto& argument : command.arguments) {
    auto entry = yaml_quoted(argument.flag);
    if (argument.value) {
      const auto value = argument.raw ? *argument.value : kept_from_kubernetes(*argument.value);
      entry += ", " + yaml_quoted(value);
    }
    entries.push_back(std::move(entry));
  }
  std::string list = std::string(key) + ": [";
  for (const auto& entry : entries) {
    list += (list.ends_with('[') ? "\n" : ",\n") + std::string(2 * (depth_ + 1), ' ') + entry;
  }
  line(list + "]");
}

}  // namespace llmfit::launch
