// SPDX-License-Identifier: MIT
#include "cli/hardware.hpp"

#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/local.hpp"

namespace llmfit::cli {
namespace {

constexpr std::int64_t max_count = 4096;
constexpr std::string_view digits = "0123456789";

/// "t4x2" as "t4" and "2"; no count where the word does not end in `x` and digits.
struct Counted {
  std::string_view card;
  std::string_view count;
};

Counted split_count(std::string_view word) {
  const auto last = word.find_last_not_of(digits);
  const bool counted = last != std::string_view::npos && last > 0 && last + 1 < word.size() &&
                       (word[last] == 'x' || word[last] == 'X');
  return counted ? Counted{word.substr(0, last), word.substr(last + 1)} : Counted{word, {}};
}

tl::unexpected<Error> bad_gpu(const std::string& message, std::string hint,
                              const std::string& word) {
  return fail(ErrorCode::invalid_value, message, std::move(hint), "--gpu " + word);
}

/// "rtx309" is no card "rt" 309 times: the whole word is named where something is near to it.
Error unknown_card(const std::string& word, std::string_view card, const Catalog& catalog) {
  const bool only_card =
      catalog.near_gpu_names(word).empty() && !catalog.near_gpu_names(card).empty();
  return catalog.gpus(only_card ? card : word).error();
}

Result<CardChoice> counted_card(const std::string& word, const Catalog& catalog) {
  const auto [card, count] = split_count(word);
  if (card == "cpu" && !count.empty()) {
    return bad_gpu("host memory has no count: '" + word + "'", "write --gpu cpu", word);
  }
  auto variants = catalog.find_gpus(card);
  if (variants.empty()) return tl::unexpected<Error>(unknown_card(word, card, catalog));
  CardChoice choice{word, std::move(variants), std::nullopt};
  const auto number = base::parse_int(count);
  if (!number || *number < 1 || *number > max_count) {
    return bad_gpu("'" + word + "' asks for " + std::string(count) + " cards",
                   "a count from 1 to " + std::to_string(max_count), word);
  }
  choice.count = static_cast<std::int32_t>(*number);
  return choice;
}

/// The whole word may be a card's name even where it ends like a count, so that comes first.
Result<CardChoice> read_card(const std::string& word, const Catalog& catalog) {
  if (word.empty()) {
    return bad_gpu("a card is missing between the commas of --gpu",
                   "write --gpu A,B for alternatives", word);
  }
  if (word == "cpu") return CardChoice{word, {}, std::nullopt};
  if (split_count(word).card == "local" || word == "local") {
    return fail(ErrorCode::usage, "--gpu local stands for the whole machine, so it stands alone",
                "leave out the other cards, or name all of them", "--gpu " + word);
  }
  auto whole = catalog.find_gpus(word);
  if (!whole.empty()) return CardChoice{word, std::move(whole), std::nullopt};
  return counted_card(word, catalog);
}

Result<std::vector<CardChoice>> read_cards(const std::vector<std::string>& words,
                                           const Catalog& catalog) {
  std::vector<CardChoice> result;
  for (const auto& word : words) {
    auto card = read_card(word, catalog);
    if (!card) return pass(card);
    result.push_back(std::move(*card));
  }
  return result;
}

/// The same card named twice is one entry with the sum of the counts; no count is one card.
Result<std::vector<CardChoice>> together(std::vector<CardChoice> cards) {
  std::vector<CardChoice> result;
  for (auto& card : cards) {
    if (card.variants.empty()) {
      return fail(ErrorCode::usage, "--gpu cpu cannot be combined with cards",
                  "host memory is there anyway; to offload layers to it use --set n-gpu-layers=N",
                  "--gpu cpu");
    }
    card.count = card.count.value_or(1);
    if (cards.size() > 1 && shares_host_memory(*card.variants.front())) {
      return fail(ErrorCode::usage,
                  std::string(card.variants.front()->name) +
                      " is a machine of its own and takes no other cards",
                  "name it alone", "--gpu " + card.typed);
    }
    const auto same = std::find_if(result.begin(), result.end(), [&](const CardChoice& other) {
      return other.variants == card.variants;
    });
    if (same == result.end()) {
      result.push_back(std::move(card));
    } else {
      same->count = *same->count + *card.count;
    }
  }
  return result;
}

Result<HardwareRequest> one_machine(const std::vector<std::string>& typed, const Catalog& catalog) {
  for (const auto& word : typed) {
    if (word.find(',') == std::string::npos) continue;
    return fail(ErrorCode::usage, "--gpu with commas cannot be given more than once",
                "commas are alternatives, a repeated --gpu is one machine; ask one thing at a time",
                "--gpu " + word);
  }
  auto cards = read_cards(typed, catalog);
  if (!cards) return pass(cards);
  auto set = together(std::move(*cards));
  if (!set) return pass(set);
  HardwareRequest request;
  auto& where = set->size() == 1 ? request.alternatives : request.together;
  where = std::move(*set);
  return request;
}

/// "local" or "localx2".
bool is_local(const std::vector<std::string>& typed) {
  return typed.size() == 1 &&
         (typed.front() == "local" || split_count(typed.front()).card == "local");
}

Result<HardwareRequest> this_machine(const std::string& word, const Catalog& catalog,
                                     const Probes* probes) {
  if (probes == nullptr) {
    return fail(ErrorCode::unsupported, "--gpu local is of no use here",
                "name one card; `llmfit gpus` lists them", "--gpu local");
  }
  std::optional<std::int32_t> count;
  if (word != "local") {
    const auto number = base::parse_int(split_count(word).count);
    if (!number || *number < 1 || *number > max_count) {
      return bad_gpu("'" + word + "' is no number of cards",
                     "a count from 1 to " + std::to_string(max_count), word);
    }
    count = static_cast<std::int32_t>(*number);
  }
  auto local = local_machine(detect(*probes), catalog, count);
  if (!local) return pass(local);
  HardwareRequest request;
  request.local = std::move(*local);
  return request;
}

}  // namespace

Result<HardwareRequest> read_hardware(const std::vector<std::string>& typed, const Catalog& catalog,
                                      const Probes* probes) {
  HardwareRequest request;
  if (typed.empty()) return request;
  if (is_local(typed)) return this_machine(typed.front(), catalog, probes);
  if (typed.size() > 1) return one_machine(typed, catalog);
  auto cards = read_cards(base::split(typed.front(), ','), catalog);
  if (!cards) return pass(cards);
  request.alternatives = std::move(*cards);
  return request;
}

}  // namespace llmfit::cli
