// SPDX-License-Identifier: MIT
#include "catalog/api_names.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <optional>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::catalog {
namespace {

/// Words for a model that was tuned to answer, or for how a checkpoint is stored: the same tensors.
constexpr auto tuned_words = std::to_array<std::string_view>({"instruct", "chat", "it", "hf"});
constexpr auto endings =
    std::to_array<std::string_view>({"preview", "basic", "fp8", "fp16", "bf16", "nvfp4", "base"});
/// A provider's tiers of speed.
constexpr auto tiers =
    std::to_array<std::string_view>({"turbo", "lite", "instant", "versatile", "specdec"});
/// Of these and the endings, those that stand for fewer bits, or may: together's "Turbo" is FP8 and
/// its "Lite" INT4.
constexpr auto fewer_bits = std::to_array<std::string_view>({"turbo", "lite", "fp8", "nvfp4"});

template <std::size_t Count>
bool is_one_of(const std::array<std::string_view, Count>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool has_digit(std::string_view text) { return std::any_of(text.begin(), text.end(), is_digit); }

/// "8b", "0.5b", "8x7b".
bool is_size(std::string_view word) {
  return word.size() > 1 && word.back() == 'b' && is_digit(word.front());
}

bool is_number(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), is_digit);
}

/// "128k", or a context in full: "8192". Other long numbers are dates, and a date makes another
/// model: Qwen3 235B-A22B of July ("2507") has other weights than the one before.
bool is_context(std::string_view word) {
  if (word.ends_with('k')) return is_number(word.substr(0, word.size() - 1));
  const auto tokens = is_number(word) && word.size() >= 4 ? base::parse_int(word) : std::nullopt;
  return tokens && *tokens > 0 && std::has_single_bit(static_cast<std::uint64_t>(*tokens));
}

/// "16e": experts, which a provider may leave out of a name.
bool is_experts(std::string_view word) {
  return word.ends_with('e') && is_number(word.substr(0, word.size() - 1));
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text.append(text.empty() ? "" : "-").append(word);
  return text;
}

/// Lower case, "-" for spaces, and the digits of a version joined by points where a provider joins
/// them otherwise: "3_3", "v3p1", "v0:2". Amazon's own revision ("-v1:0") goes.
std::string plain(std::string_view name) {
  auto text = base::lower(name);
  for (const std::string_view revision : {"-v1:0", "-1:0", ":0"}) {
    if (!text.ends_with(revision)) continue;
    text.resize(text.size() - revision.size());
    break;
  }
  if (text.starts_with('~')) text.erase(0, 1);
  std::replace(text.begin(), text.end(), ' ', '-');
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool joint = text[i] == 'p' || text[i] == '_' || text[i] == ':';
    if (joint && is_digit(text[i - 1]) && is_digit(text[i + 1])) text[i] = '.';
  }
  return text;
}

/// What stands before a model's own name: "meta-llama/", "meta.", "global.anthropic.".
std::size_t owner_length(std::string_view text) {
  const auto slash = text.rfind('/');
  if (slash != std::string_view::npos) return slash + 1;
  std::size_t length = 0;
  for (auto point = text.find('.'); point != std::string_view::npos;
       point = text.find('.', length)) {
    if (has_digit(text.substr(length, point - length))) break;
    length = point + 1;
  }
  return length;
}

/// "llama3-1-8b" is "llama3.1-8b": a single digit after another one, which is no size.
std::string with_points(std::string text) {
  for (std::size_t i = 1; i + 1 < text.size(); ++i) {
    const bool ends = i + 2 == text.size() || text[i + 2] == '-';
    if (text[i] == '-' && is_digit(text[i - 1]) && is_digit(text[i + 1]) && ends) text[i] = '.';
  }
  return text;
}

/// "llama-v3.1-8b" is "llama-3.1-8b".
std::string without_v(std::string text) {
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    if (text[i] == '-' && text[i + 1] == 'v' && is_digit(text[i + 2])) text.erase(i + 1, 1);
  }
  return text;
}

/// A tier makes another model of a name without a size: "glm-5-turbo" is not GLM-5.
bool is_ending(const std::vector<std::string>& words) {
  const auto& last = words.back();
  if (is_one_of(tuned_words, last) || is_one_of(endings, last)) return true;
  if (is_context(last) || is_experts(last)) return true;
  return is_one_of(tiers, last) && std::any_of(words.begin(), words.end(), is_size);
}

void add_form(std::vector<std::string>& forms, std::string_view name) {
  auto folded = base::fold_name(name);
  if (std::find(forms.begin(), forms.end(), folded) == forms.end()) {
    forms.push_back(std::move(folded));
  }
}

/// The name, then without one ending, two … at least one word stays.
void add_shorter(std::vector<std::string>& forms, std::vector<std::string> words) {
  add_form(forms, joined(words));
  while (words.size() > 1 && is_ending(words)) {
    words.pop_back();
    add_form(forms, joined(words));
  }
}

void add_forms(std::vector<std::string>& forms, const std::string& name) {
  for (const auto& spelt : {name, with_points(name), without_v(name)}) {
    auto words = base::split(spelt, '-');
    add_shorter(forms, words);
    std::erase_if(words, [](const std::string& word) { return is_one_of(tuned_words, word); });
    if (!words.empty()) add_shorter(forms, std::move(words));
  }
}

std::string_view own_name(std::string_view text) { return text.substr(owner_length(text)); }

bool has_fewer_bits(std::string_view own) {
  const auto words = base::split(std::string(own), '-');
  return std::any_of(words.begin(), words.end(),
                     [](const std::string& word) { return is_one_of(fewer_bits, word); });
}

/// What a name says of its kind though the size alone tells it: "llama-3.2-90b-vision" is the only
/// one of its size.
std::string without_vision(const std::string& name) {
  auto words = base::split(name, '-');
  std::erase(words, "vision");
  return joined(words);
}

/// A provider may leave out the date of the only one that there is.
std::string without_date(const std::string& name) {
  auto words = base::split(name, '-');
  if (words.size() > 1 && words.back().size() >= 4 && is_number(words.back())) words.pop_back();
  return joined(words);
}

}  // namespace

std::vector<std::string> hosted_forms(std::string_view name) {
  const auto text = plain(name);
  const auto owner = owner_length(text);
  const auto own = text.substr(owner);
  std::vector<std::string> forms;
  add_forms(forms, own);
  for (const std::string_view maker : {"meta-", "nvidia-"}) {
    if (own.starts_with(maker)) add_forms(forms, own.substr(maker.size()));
  }
  if (owner > 0) add_forms(forms, text.substr(0, owner - 1) + "-" + own);
  return forms;
}

ModelNames::ModelNames(const Catalog& catalog, const Model& model)
    : catalog_(catalog), record_(catalog.find_model(model.id)) {
  add(model.id);
  add(model.name);
  if (record_ == nullptr) record_ = catalog.find_base_model(model.name);
  if (record_ != nullptr) {
    add(record_->id);
    add(record_->hf_repo);
    for (const auto alias : record_->aliases) {
      if (is_own(alias)) add(alias);
    }
  }
  std::sort(forms_.begin(), forms_.end());
}

/// An alias may also name a sibling that takes as much memory: "phi-4-reasoning-plus". Those have a
/// word that the model's own names lack.
bool ModelNames::is_own(std::string_view alias) const {
  std::string known;
  for (const auto name : {record_->id, record_->name, record_->hf_repo}) {
    known.append(base::fold_name(name)).append(" ");
  }
  const auto words = base::split(plain(own_name(plain(alias))), '-');
  return std::all_of(words.begin(), words.end(), [&](const std::string& word) {
    return is_one_of(tuned_words, word) || is_number(word) ||
           known.find(base::fold_name(word)) != std::string::npos;
  });
}

void ModelNames::add(std::string_view name) {
  if (name.empty()) return;
  for (auto& form : hosted_forms(name)) forms_.push_back(std::move(form));
  const auto text = plain(name);
  if (const auto shorter = without_vision(text); shorter != text) add(shorter);
  if (const auto shorter = without_date(text); shorter != text) add(shorter);
}

bool ModelNames::stand_for(std::string_view hosted) const {
  const auto forms = hosted_forms(hosted);
  const auto hit = std::find_if(forms.begin(), forms.end(), [this](const std::string& form) {
    return std::binary_search(forms_.begin(), forms_.end(), form);
  });
  if (hit == forms.end()) return false;
  for (auto form = forms.begin(); form <= hit; ++form) {
    if (const auto* found = catalog_.find_model(*form)) return found == record_;
  }
  return true;
}

HostedName ModelNames::kind_of(std::string_view hosted) const {
  const auto text = plain(hosted);
  const auto own = own_name(text);
  if (has_fewer_bits(own) &&
      !std::binary_search(forms_.begin(), forms_.end(), base::fold_name(own))) {
    return HostedName::variant;
  }
  const bool versions = record_ != nullptr && has_digit(record_->hf_repo);
  return versions && !has_digit(own) ? HostedName::moving : HostedName::exact;
}

}  // namespace llmfit::catalog
