// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "llmfit/model.hpp"

namespace llmfit::model {

/// One pattern over names of modules: words in which "." may be any character, ".*" and "\d+" any
/// run of them, and "(a|b)" one of several words. Of regular expressions no more is in use.
class NamePattern {
 public:
  /// `whole`: "*" stands for any run, "." for itself, and the whole name has to match; else the
  /// pattern is a regular expression over the beginning of a name.
  NamePattern(std::string_view text, bool whole);

  [[nodiscard]] bool understood() const { return understood_; }
  [[nodiscard]] bool matches(std::string_view name) const;

 private:
  struct Piece {
    enum class Kind { words, any, run, digits };
    Kind kind = Kind::words;
    std::vector<std::string> words;
  };

  void read(std::string_view text);
  void add_text(char letter);
  bool add_words(std::string_view inside);

  std::vector<Piece> pieces_;
  bool whole_ = false;
  bool to_the_end_ = false;
  bool understood_ = true;
};

/// The modules that a quantization leaves in 16 bits, as configurations list them: names or parts
/// of names ("lm_head", "self_attn"), "re:" and a regular expression, or a name with stars.
class KeptModules {
 public:
  explicit KeptModules(const std::vector<std::string>& listed);

  /// The first entry that llmfit cannot read; empty where there is none.
  [[nodiscard]] const std::string& unread() const { return unread_; }
  [[nodiscard]] bool empty() const { return names_.empty() && patterns_.empty(); }
  [[nodiscard]] bool keeps(const Tensor& tensor) const;

 private:
  [[nodiscard]] bool keeps(std::string_view name) const;

  std::unordered_set<std::string> names_;
  std::vector<NamePattern> patterns_;
  std::string unread_;
};

}  // namespace llmfit::model
