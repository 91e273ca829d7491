// SPDX-License-Identifier: MIT
#include "model/hf_kept.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "model/hf_names.hpp"

namespace llmfit::model {
namespace {

constexpr std::size_t most_patterns = 64;
constexpr std::size_t longest_pattern = 400;

bool is_digit(char letter) { return letter >= '0' && letter <= '9'; }

/// Letters that mean something in a regular expression and are not read here.
bool is_unread(char letter) {
  return std::string_view("[]{}?+*()|\\").find(letter) != std::string_view::npos;
}

using Reached = std::vector<bool>;  // by position in the name: a match may go on from here

/// Where a match goes on after any number of letters, `least` or more.
Reached after_run(const Reached& from, std::string_view name, bool digits) {
  Reached to(from.size());
  for (std::size_t at = 0; at < name.size(); ++at) {
    const bool goes_on = (from[at] || to[at]) && (!digits || is_digit(name[at]));
    if (goes_on) to[at + 1] = true;
  }
  if (digits) return to;
  for (std::size_t at = 0; at < from.size(); ++at) to[at] = to[at] || from[at];
  return to;
}

Reached after_any(const Reached& from) {
  Reached to(from.size());
  for (std::size_t at = 0; at + 1 < from.size(); ++at) to[at + 1] = from[at];
  return to;
}

Reached after_words(const Reached& from, std::string_view name,
                    const std::vector<std::string>& words) {
  Reached to(from.size());
  for (std::size_t at = 0; at < from.size(); ++at) {
    if (!from[at]) continue;
    for (const auto& word : words) {
      if (name.substr(at, word.size()) == word) to[at + word.size()] = true;
    }
  }
  return to;
}

/// "self_attn.q_proj" and all else that starts and ends at a point.
template <typename Visit>
bool any_part(std::string_view name, const Visit& visit) {
  for (std::size_t begin = 0; begin < name.size();) {
    for (std::size_t end = begin; end != std::string_view::npos && end < name.size();) {
      end = name.find('.', end + 1);
      const auto length = end == std::string_view::npos ? end : end - begin;
      if (visit(name.substr(begin, length))) return true;
    }
    const auto point = name.find('.', begin);
    if (point == std::string_view::npos) return false;
    begin = point + 1;
  }
  return false;
}

bool is_routed(std::string_view module) {
  return module.find("experts.") != std::string_view::npos &&
         module.find("shared_experts") == std::string_view::npos;
}

/// Names that a module may go by in checkpoints. One expert stands for all of them.
std::string full_name(const Tensor& tensor, std::string_view module) {
  const std::string prefix = module == "lm_head" ? std::string{} : "model.";
  if (tensor.layer < 0) return prefix + std::string(module);
  std::string inner(module);
  if (is_routed(module)) inner.insert(inner.find("experts.") + 8, "0.");
  return prefix + "layers." + std::to_string(tensor.layer) + "." + inner;
}

}  // namespace

NamePattern::NamePattern(std::string_view text, bool whole) : whole_(whole) {
  if (text.size() > longest_pattern) {
    understood_ = false;
    return;
  }
  if (!text.empty() && text.front() == '^') text.remove_prefix(1);
  if (!text.empty() && text.back() == '$') {
    text.remove_suffix(1);
    to_the_end_ = true;
  }
  if (whole_) to_the_end_ = true;
  read(text);
}

void NamePattern::add_text(char letter) {
  if (pieces_.empty() || pieces_.back().kind != Piece::Kind::words ||
      pieces_.back().words.size() != 1) {
    pieces_.push_back({Piece::Kind::words, {std::string{}}});
  }
  pieces_.back().words.front().push_back(letter);
}

bool NamePattern::add_words(std::string_view inside) {
  if (inside.substr(0, 2) == "?:") inside.remove_prefix(2);
  Piece piece{Piece::Kind::words, {}};
  for (const auto& word : base::split(inside, '|')) {
    if (std::any_of(word.begin(), word.end(), is_unread)) return false;
    piece.words.emplace_back(word);
  }
  pieces_.push_back(std::move(piece));
  pieces_.push_back({Piece::Kind::words, {std::string{}}});  // text that follows is its own piece
  return true;
}

void NamePattern::read(std::string_view text) {
  const auto follows = [&](std::size_t at, std::string_view wanted) {
    return text.substr(at, wanted.size()) == wanted;
  };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (whole_) {
      if (text[at] == '*') {
        pieces_.push_back({Piece::Kind::run, {}});
      } else {
        add_text(text[at]);
      }
    } else if (follows(at, ".*")) {
      pieces_.push_back({Piece::Kind::run, {}});
      ++at;
    } else if (follows(at, "\\d+")) {
      pieces_.push_back({Piece::Kind::digits, {}});
      at += 2;
    } else if (follows(at, "\\.")) {
      add_text(text[++at]);
    } else if (text[at] == '.') {
      pieces_.push_back({Piece::Kind::any, {}});
    } else if (text[at] == '(') {
      const auto end = text.find(')', at);
      understood_ = end != std::string_view::npos && add_words(text.substr(at + 1, end - at - 1));
      if (!understood_) return;
      at = end;
    } else if (is_unread(text[at])) {
      understood_ = false;
      return;
    } else {
      add_text(text[at]);
    }
  }
}

bool NamePattern::matches(std::string_view name) const {
  Reached reached(name.size() + 1);
  reached[0] = true;
  for (const auto& piece : pieces_) {
    switch (piece.kind) {
      case Piece::Kind::words:
        reached = after_words(reached, name, piece.words);
        break;
      case Piece::Kind::any:
        reached = after_any(reached);
        break;
      case Piece::Kind::run:
      case Piece::Kind::digits:
        reached = after_run(reached, name, piece.kind == Piece::Kind::digits);
        break;
    }
  }
  if (to_the_end_) return reached.back();
  return std::find(reached.begin(), reached.end(), true) != reached.end();
}

KeptModules::KeptModules(const std::vector<std::string>& listed) {
  for (const auto& entry : listed) {
    const bool expression = entry.rfind("re:", 0) == 0;
    if (!expression && entry.find('*') == std::string::npos) {
      names_.insert(entry);
      continue;
    }
    NamePattern pattern(std::string_view(entry).substr(expression ? 3 : 0), !expression);
    if (pattern.understood() && patterns_.size() < most_patterns) {
      patterns_.push_back(std::move(pattern));
    } else if (unread_.empty()) {
      unread_ = entry;
    }
  }
}

bool KeptModules::keeps(std::string_view name) const {
  const auto listed = [&](std::string_view part) { return names_.contains(std::string(part)); };
  if (!names_.empty() && any_part(name, listed)) return true;
  return std::any_of(patterns_.begin(), patterns_.end(),
                     [&](const NamePattern& pattern) { return pattern.matches(name); });
}

bool KeptModules::keeps(const Tensor& tensor) const {
  if (tensor.suffix != Suffix::weight) return false;
  // llama.cpp splits the one matrix of latent attention in two.
  const bool split = tensor.role == Role::mla_k_b || tensor.role == Role::mla_v_b;
  const auto stem = split ? std::string_view("attn_kv_b") : tensor.stem;
  const auto modules = tensor.layer < 0 ? hf_model_modules(stem) : hf_layer_modules(stem);
  return std::any_of(modules.begin(), modules.end(),
                     [&](std::string_view module) { return keeps(full_name(tensor, module)); });
}

}  // namespace llmfit::model
