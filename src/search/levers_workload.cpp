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

/// What may lie in the host's memory, that first which slows least.
struct OffloadWay {
  Engine engine;
  Offload offload;
  std::string_view flag;  ///< of the engine, where that says it
  std::string_view value;
  std::string_view what;
  std::string_view words;
};

constexpr std::array<OffloadWay, 4> offload_ways = {{
    {Engine::llama_cpp, Offload::experts, "", "", "experts", "--offload experts"},
    {Engine::llama_cpp, Offload::layers, "", "", "layers", "--offload layers"},
    {Engine::llama_cpp, Offload::none, "kv-offload", "off", "cache", "--set kv-offload=off"},
    {Engine::vllm, Offload::automatic, "", "", "weights", "--offload auto"},
}};

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

/// The bits of a weight that the asked-for sets have room for: what each device has beside its
/// other parts, against what its weights take now. Absent where nothing was placed.
std::optional<double> affordable_bits(ChangeSearch& search) {
  const auto& weights = search.closest().weights;
  const bool every = search.question().request.every_variant;
  std::optional<double> bits;
  for (const auto& candidate : search.solved()) {
    double share = 1e9;
    for (const auto& device : candidate.devices) {
      const auto held = static_cast<double>(device.load.weights.count());
      const auto room = held + static_cast<double>(device.headroom.count());
      if (held > 0) share = std::min(share, std::max(room / held, 0.0));
    }
    if (!weights || candidate.devices.empty()) continue;
    const auto here = share * weights->bits_per_weight;
    if (!bits || (every ? here < *bits : here > *bits)) bits = here;
  }
  return bits;
}

/// What a format may take: fewer bytes than the one that was asked for, or about as many where that
/// one does not run, and no more than its bits stand for.
Bytes most_bytes(const FormatResult& closest, double most, bool about) {
  constexpr double about_as_many = 1.05;
  if (!closest.weights) return Bytes::max();
  const auto now = static_cast<double>(closest.weights->tensor_bytes.count());
  const auto asked = about ? now * about_as_many : now - 1;
  const auto room = now * most / closest.weights->bits_per_weight;
  return Bytes{static_cast<std::int64_t>(std::min(asked, room))};
}

/// The engine's formats of that many bits by name. Where the engine has levels of its own, `usual`
/// keeps to them: group sizes belong to a checkpoint.
std::vector<Sized> formats_within(const ChangeSearch& search, double least, double upper,
                                  double most, bool usual) {
  const auto& closest = search.closest();
  const auto limit = most_bytes(closest, most, search.does_not_run());
  std::vector<Sized> found;
  for (const auto& format : search.question().catalog.formats()) {
    const auto bits = nominal_bits(format);
    if (format.engine != closest.choice.engine || bits > upper || bits <= least) continue;
    if (usual && format.engine != Engine::llama_cpp && format.family.empty()) continue;
    if (closest.choice.format && format.id == closest.choice.format->id) continue;
    if (!may_run(search, format)) continue;
    const auto weights = search.question().weigher.weigh(format);
    if (!weights) continue;
    if (weights->tensor_bytes <= limit) found.push_back({weights->tensor_bytes, &format});
  }
  std::stable_sort(found.begin(), found.end(),
                   [](const Sized& a, const Sized& b) { return a.bytes > b.bytes; });
  return found;
}

/// The first of the formats, largest first, that is a yes.
bool add_largest(ChangeSearch& search, const std::vector<Sized>& formats) {
  for (const auto& one : formats) {
    auto found = search.yes(search.request(), choice_of(search, *one.format));
    if (!found) continue;
    search.add(Lever::format, search.format_words(*one.format), std::string(one.format->id),
               std::move(*found));
    return true;
  }
  return false;
}

/// Mixtures hold more bits than their name says, by up to a third: formats are weighed from what is
/// affordable down, a part at a time.
bool add_format(ChangeSearch& search, double most, bool usual) {
  constexpr double part = 0.6;
  constexpr double fewest_bits = 1;
  for (double upper = most; upper > fewest_bits; upper *= part) {
    const auto formats = formats_within(search, upper * part, upper, most, usual);
    if (add_largest(search, formats)) return true;
  }
  return false;
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
    const bool level = engine == Engine::llama_cpp || !format.family.empty();
    if (format.engine == engine && level && may_run(search, format)) formats.push_back(&format);
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

/// llama.cpp's ways to divide a model, under the words of --split.
void pull_split_mode(ChangeSearch& search) {
  constexpr std::array<std::pair<SplitMode, std::string_view>, 3> modes = {
      {{SplitMode::layer, "layer"}, {SplitMode::row, "row"}, {SplitMode::none, "none"}}};
  for (const auto& [mode, name] : modes) {
    auto request = search.request();
    request.workload.split.mode = mode;
    auto found = search.yes(request, search.closest().choice);
    if (!found) continue;
    const std::string word(name);
    return search.add(Lever::split, "--split " + word, word, std::move(*found));
  }
}

struct Ranks {
  std::int32_t tensor;
  std::int32_t pipeline;
};

/// Every way to deal out that many cards.
std::vector<Ranks> ways(std::int32_t cards) {
  std::vector<Ranks> result;
  for (std::int32_t tensor = cards; tensor >= 1; --tensor) {
    if (cards % tensor == 0) result.push_back({tensor, cards / tensor});
  }
  return result;
}

}  // namespace

void pull_format(ChangeSearch& search) {
  // Compute buffers shrink a little with the format too.
  constexpr double slack = 1.02;
  const double asked = search.asked_bits() * (search.does_not_run() ? 1.05 : 1);
  const double most = std::min(affordable_bits(search).value_or(asked) * slack, asked);
  const bool levels = search.closest().choice.engine != Engine::llama_cpp;
  if (!add_format(search, most, true) && levels) add_format(search, most, false);
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
  const auto& load = search.question().request.load;
  // A request has to find room in its context.
  const bool asked = load.names_lengths() || load.serves();
  const auto one = load.input_tokens.value_or(usual_input_tokens) +
                   load.output_tokens.value_or(usual_output_tokens);
  const auto least = asked ? std::max(least_context, one) : least_context;
  if (longest < least || longest >= closest.workload->context) return;
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
  const auto& choice = search.closest().choice;
  if (asked == nullptr || !choice.format || card_count(*asked) < 2) return;
  if (choice.engine == Engine::llama_cpp) return pull_split_mode(search);
  for (const auto way : ways(static_cast<std::int32_t>(card_count(*asked)))) {
    auto request = search.request();
    request.workload.split.tensor = way.tensor;
    request.workload.split.pipeline = way.pipeline;
    auto found = search.yes(request, choice);
    if (!found) continue;
    const auto tensor = std::to_string(way.tensor);
    const auto pipeline = std::to_string(way.pipeline);
    std::string option = "--tp ";
    option.append(tensor).append(" --pp ").append(pipeline);
    std::string value = tensor;
    value.append(" x ").append(pipeline);
    return search.add(Lever::split, std::move(option), std::move(value), std::move(*found));
  }
}

void pull_offload(ChangeSearch& search) {
  const auto& choice = search.closest().choice;
  if (!choice.format) return;
  for (const auto& way : offload_ways) {
    const bool lacking = way.offload == Offload::experts && !search.question().model.arch.experts;
    if (way.engine != choice.engine || lacking) continue;
    auto request = search.request();
    request.workload.offload = way.offload;
    if (!way.flag.empty()) {
      request.workload.settings.push_back({std::string(way.flag), std::string(way.value)});
    }
    auto found = search.yes(request, choice);
    if (!found) continue;
    return search.add(Lever::offload, std::string(way.words), std::string(way.what),
                      std::move(*found));
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
