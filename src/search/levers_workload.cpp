// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <cmath>

#include "search/changes.hpp"
#include "search/format_search.hpp"
#include "search/support.hpp"

namespace llmfit::search {
namespace {

/// llama.cpp's caches grow by this many tokens; less is no use to anybody.
constexpr std::int64_t least_context = 256;
/// Formats of another engine that are tried, the nearest in bits first.
constexpr std::size_t nearest_formats = 4;
/// Other engines that are named for what does not run.
constexpr std::size_t named_engines = 2;

struct Sized {
  Bytes bytes;
  const Format* format = nullptr;
};

FormatChoice choice_of(const ChangeSearch& search, const Format& format) {
  const auto& closest = search.closest().choice;
  FormatChoice choice{format, format.engine, std::string(format.id), closest.engine_is_default};
  choice.format->imatrix = closest.format && closest.format->imatrix;
  return choice;
}

/// Some card that was asked for runs it; true where every card was.
bool may_run(const ChangeSearch& search, const Format& format) {
  const auto support = support_of(format);
  const auto& hardware = search.question().request.hardware;
  const auto runs = [&](const CardChoice& card) {
    return card.variants.empty() ||
           std::any_of(card.variants.begin(), card.variants.end(), [&](const GpuRecord* gpu) {
             return obstacle(support, *gpu) == Obstacle::none;
           });
  };
  const auto& all = hardware.together;
  if (!all.empty()) return std::all_of(all.begin(), all.end(), runs);
  const auto& any = hardware.alternatives;
  return any.empty() || std::any_of(any.begin(), any.end(), runs);
}

/// The engine's formats that take no more than was asked for, largest first. Where the engine has
/// levels of its own, `usual` keeps to them: group sizes belong to a checkpoint.
std::vector<Sized> smaller_formats(const ChangeSearch& search, bool usual) {
  const auto& closest = search.closest();
  const bool same_size = search.does_not_run();
  std::vector<Sized> smaller;
  for (const auto& format : search.question().catalog.formats()) {
    if (format.engine != closest.choice.engine || !may_run(search, format)) continue;
    if (usual && format.engine != Engine::llama_cpp && format.family.empty()) continue;
    if (closest.choice.format && format.id == closest.choice.format->id) continue;
    const auto weights = weigh(search.question().model, format);
    if (!weights) continue;
    const bool less = !closest.weights || weights->tensor_bytes < closest.weights->tensor_bytes ||
                      (same_size && weights->tensor_bytes == closest.weights->tensor_bytes);
    const bool nearer = closest.weights || weights->bits_per_weight <= search.asked_bits() + 1;
    if (less && nearer) smaller.push_back({weights->tensor_bytes, &format});
  }
  std::stable_sort(smaller.begin(), smaller.end(),
                   [](const Sized& a, const Sized& b) { return a.bytes > b.bytes; });
  return smaller;
}

/// The first of the formats that is a yes, by halving: where one fits, smaller ones do.
bool add_largest(ChangeSearch& search, const std::vector<Sized>& smaller) {
  std::size_t low = 0;
  std::size_t high = smaller.size();
  std::optional<Candidate> found;
  while (low < high) {
    const auto middle = low + (high - low) / 2;
    auto candidate = search.yes(search.request(), choice_of(search, *smaller[middle].format));
    if (candidate) {
      found = std::move(candidate);
      high = middle;
    } else {
      low = middle + 1;
    }
  }
  if (!found) return false;
  const auto& format = *smaller[high].format;
  search.add(Lever::format, search.format_words(format), std::string(format.id), std::move(*found));
  return true;
}

std::vector<std::string> cache_types(const ChangeSearch& search) {
  switch (search.closest().choice.engine) {
    case Engine::llama_cpp:
      return {"q8_0", "q4_0"};
    case Engine::vllm:
      return search.does_not_run() ? std::vector<std::string>{"f16"}
                                   : std::vector<std::string>{"fp8"};
    case Engine::transformers:
    case Engine::mlx:
    case Engine::exllama:
    case Engine::params:
      break;
  }
  return {};
}

/// The most of a solved quantity that some configuration holds; with every variant wanted, the
/// least of those that do not fit.
std::int64_t solved_most(ChangeSearch& search, std::optional<std::int64_t> Candidate::*quantity) {
  std::optional<std::int64_t> most;
  const bool every = search.question().request.every_variant;
  for (const auto& candidate : search.solved()) {
    if (candidate.fits) continue;
    const auto value = (candidate.*quantity).value_or(0);
    if (!most || (every ? value < *most : value > *most)) most = value;
  }
  return most.value_or(0);
}

std::vector<const Format*> nearest_of(const ChangeSearch& search, Engine engine) {
  std::vector<const Format*> formats;
  for (const auto& format : search.question().catalog.formats()) {
    if (format.engine == engine && may_run(search, format)) formats.push_back(&format);
  }
  const auto bits = search.asked_bits();
  std::stable_sort(formats.begin(), formats.end(), [&](const Format* a, const Format* b) {
    return std::abs(nominal_bits(*a) - bits) < std::abs(nominal_bits(*b) - bits);
  });
  if (formats.size() > nearest_formats) formats.resize(nearest_formats);
  return formats;
}

bool add_engine(ChangeSearch& search, Engine engine) {
  for (const auto* format : nearest_of(search, engine)) {
    auto choice = choice_of(search, *format);
    choice.format->imatrix = false;
    auto found = search.yes(search.request(), choice);
    if (!found) continue;
    const std::string name(to_string(engine));
    search.add(Lever::engine, "--engine " + name + " --quant " + std::string(format->id), name,
               std::move(*found));
    return true;
  }
  return false;
}

struct Split2 {
  std::int32_t tensor;
  std::int32_t pipeline;
};

/// Every way to deal out that many cards.
std::vector<Split2> ways(std::int32_t cards) {
  std::vector<Split2> result;
  for (std::int32_t tensor = cards; tensor >= 1; --tensor) {
    if (cards % tensor == 0) result.push_back({tensor, cards / tensor});
  }
  return result;
}

}  // namespace

void pull_format(ChangeSearch& search) {
  if (!add_largest(search, smaller_formats(search, true)) &&
      search.closest().choice.engine != Engine::llama_cpp) {
    add_largest(search, smaller_formats(search, false));
  }
}

void pull_kv_type(ChangeSearch& search) {
  if (!search.closest().choice.format) return;
  for (const auto& type : cache_types(search)) {
    auto request = search.request();
    request.workload.kv_type = type;
    auto found = search.yes(request, search.closest().choice);
    if (!found) continue;
    return search.add(Lever::kv_type, "--kv-type " + type, type, std::move(*found));
  }
}

void pull_context(ChangeSearch& search) {
  const auto& closest = search.closest();
  if (!closest.workload) return;
  const auto longest = solved_most(search, &Candidate::max_context);
  if (longest < least_context || longest >= closest.workload->context) return;
  auto request = search.request();
  request.workload.context = longest;
  auto found = search.yes(request, closest.choice);
  if (!found) return;
  const auto tokens = std::to_string(longest);
  search.add(Lever::context, "--context " + tokens, tokens, std::move(*found));
}

void pull_sequences(ChangeSearch& search) {
  const auto& closest = search.closest();
  if (!closest.workload || closest.workload->sequences < 2) return;
  const auto most = solved_most(search, &Candidate::max_sequences);
  if (most < 1 || most >= closest.workload->sequences) return;
  auto request = search.request();
  request.workload.sequences = most;
  auto found = search.yes(request, closest.choice);
  if (!found) return;
  const auto count = std::to_string(most);
  search.add(Lever::sequences, "--sequences " + count, count, std::move(*found));
}

void pull_split(ChangeSearch& search) {
  const auto* asked = search.asked();
  if (asked == nullptr || !search.closest().choice.format || card_count(*asked) < 2) return;
  const bool vllm = search.closest().choice.engine == Engine::vllm;
  if (!vllm) return;
  for (const auto way : ways(static_cast<std::int32_t>(card_count(*asked)))) {
    auto request = search.request();
    request.workload.split.tensor = way.tensor;
    request.workload.split.pipeline = way.pipeline;
    auto found = search.yes(request, search.closest().choice);
    if (!found) continue;
    const auto tensor = std::to_string(way.tensor);
    const auto pipeline = std::to_string(way.pipeline);
    return search.add(Lever::split, "--tp " + tensor + " --pp " + pipeline,
                      tensor + " x " + pipeline, std::move(*found));
  }
}

void pull_offload(ChangeSearch& search) {
  struct Way {
    Offload offload;
    std::string_view word;
  };
  constexpr std::array<Way, 2> llama_cpp = {
      {{Offload::experts, "experts"}, {Offload::layers, "layers"}}};
  const auto engine = search.closest().choice.engine;
  if (!search.closest().choice.format || engine != Engine::llama_cpp) return;
  for (const auto& way : llama_cpp) {
    auto request = search.request();
    request.workload.offload = way.offload;
    auto found = search.yes(request, search.closest().choice);
    if (!found) continue;
    const std::string word(way.word);
    return search.add(Lever::offload, "--offload " + word, word, std::move(*found));
  }
}

void pull_engine(ChangeSearch& search) {
  if (!search.does_not_run()) return;
  std::size_t named = 0;
  for (const auto engine : all_engines) {
    const bool other = engine != search.closest().choice.engine && engine != Engine::params;
    if (!other || named == named_engines) continue;
    if (add_engine(search, engine)) ++named;
  }
}

}  // namespace llmfit::search
