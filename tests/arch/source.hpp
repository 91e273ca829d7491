// SPDX-License-Identifier: MIT
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

/// Reads of the source tree for the tests of the house rules.
namespace arch {

namespace fs = std::filesystem;

inline const fs::path root = LLMFIT_SOURCE_DIR;

/// The .cpp and .hpp files below a folder, sorted.
inline std::vector<fs::path> sources(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    const auto extension = entry.path().extension();
    if (extension == ".cpp" || extension == ".hpp") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

inline std::string read(const fs::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline std::vector<std::string> lines_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> result;
  for (std::string line; std::getline(in, line);) result.push_back(line);
  return result;
}

inline std::vector<std::string> lines(const fs::path& file) { return lines_of(read(file)); }

struct Include {
  std::string file;    ///< relative to the folder that was read
  std::string folder;  ///< its first part: the room, in src
  std::string header;
};

/// Every #include of the sources below a folder.
inline std::vector<Include> includes(const fs::path& folder) {
  static const std::regex pattern("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]");
  std::vector<Include> found;
  for (const auto& file : sources(folder)) {
    const auto relative = fs::relative(file, folder);
    for (const auto& line : lines(file)) {
      std::smatch match;
      if (std::regex_search(line, match, pattern)) {
        found.push_back({relative.string(), relative.begin()->string(), match[1]});
      }
    }
  }
  return found;
}

/// What is blanked out of a source, line breaks kept.
enum class Blank {
  raw_texts,     ///< R"(…)" only
  all_but_code,  ///< comments, texts and preprocessor lines
};

class Blanked {
 public:
  Blanked(std::string_view source, Blank what) : source_(source), what_(what) {
    while (at_ < source_.size()) step();
  }
  [[nodiscard]] const std::string& text() const { return out_; }

 private:
  void step() {
    const auto rest = source_.substr(at_);
    if (rest.starts_with("//")) return blank_other(rest.find('\n'));
    if (rest.starts_with("/*")) return blank_other(rest.find("*/", 2), 2);
    if (rest.starts_with("R\"")) {
      const auto open = rest.find('(');
      const auto close = ")" + std::string(rest.substr(2, open - 2)) + "\"";
      return blank(rest.find(close, open), close.size());
    }
    if (rest.front() == '"') return blank_other(end_of(rest, '"'));
    if (rest.front() == '\'' && !after_digit()) return blank_other(end_of(rest, '\''));
    if (rest.front() == '#' && out_.find_last_not_of(" \t") == out_.rfind('\n')) {
      return blank_other(rest.find('\n'));
    }
    out_.push_back(rest.front());
    ++at_;
  }

  /// 1'000 is a number.
  [[nodiscard]] bool after_digit() const {
    return !out_.empty() && std::isxdigit(static_cast<unsigned char>(out_.back())) != 0;
  }

  static std::size_t end_of(std::string_view rest, char quote) {
    std::size_t i = 1;
    while (i < rest.size() && rest[i] != quote) i += rest[i] == '\\' ? 2 : 1;
    return i + 1;
  }

  void blank(std::size_t length, std::size_t more = 0) {
    const auto end = end_after(length, more);
    for (; at_ < end; ++at_) out_.push_back(source_[at_] == '\n' ? '\n' : ' ');
  }

  /// Comments and plain texts: passed over even where they stay.
  void blank_other(std::size_t length, std::size_t more = 0) {
    if (what_ == Blank::all_but_code) return blank(length, more);
    const auto end = end_after(length, more);
    out_.append(source_.substr(at_, end - at_));
    at_ = end;
  }

  [[nodiscard]] std::size_t end_after(std::size_t length, std::size_t more) const {
    if (length == std::string_view::npos) return source_.size();
    return std::min(source_.size(), at_ + length + more);
  }

  std::string_view source_;
  Blank what_;
  std::size_t at_ = 0;
  std::string out_;
};

struct Body {
  std::size_t first_line = 0;  ///< where its brace opens, from 1
  std::size_t length = 0;      ///< lines between the braces
};

/// Whether a brace after this text opens the body of a function.
inline bool heads_function(std::string_view head) {
  static const std::regex scope("\\b(namespace|class|struct|enum|union|return|concept)\\b");
  const auto parenthesis = head.find('(');
  if (parenthesis == std::string_view::npos) return false;
  const std::string before(head.substr(0, parenthesis));
  return before.find('=') == std::string::npos && !std::regex_search(before, scope);
}

/// Function bodies by their braces; loops and conditions count as such too, and are shorter.
inline std::vector<Body> function_bodies(std::string_view source) {
  const auto text = Blanked(source, Blank::all_but_code).text();
  struct Open {
    std::size_t line;
    bool function;
  };
  std::vector<Open> open;
  std::vector<Body> bodies;
  std::size_t line = 1;
  std::size_t head = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') ++line;
    if (c == '{')
      open.push_back({line, heads_function(std::string_view(text).substr(head, i - head))});
    if (c == '}' && !open.empty()) {
      const auto last = open.back();
      open.pop_back();
      if (last.function)
        bodies.push_back({last.line, std::max(line - last.line, std::size_t{1}) - 1});
    }
    if (c == '{' || c == '}' || c == ';') head = i + 1;
  }
  return bodies;
}

}  // namespace arch
