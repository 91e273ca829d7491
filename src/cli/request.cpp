// SPDX-License-Identifier: MIT
#include "cli/request.hpp"

#include <limits>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/hardware.hpp"
#include "cli/limits.hpp"
#include "cli/load.hpp"
#include "cli/query.hpp"
#include "cli/service.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

bool runs_ollama(const Arguments& arguments) { return arguments.value(Option::engine) == "ollama"; }

/// Ollama starts llama.cpp with num_batch 512 (ollama: api/types.go, DefaultOptions); its other
/// defaults are llmfit's: num_ctx is the context, one sequence, an f16 cache.
void add_ollama_defaults(WorkloadRequest& workload) {
  for (const auto& setting : workload.settings) {
    if (setting.flag == "batch-size") return;
  }
  workload.settings.push_back({"batch-size", "512"});
}

Result<Setting> read_setting(const std::string& typed) {
  const auto equals = typed.find('=');
  if (equals == std::string::npos || equals == 0) {
    return bad_value(Option::set, typed, "write FLAG=VALUE, such as ubatch-size=256");
  }
  return Setting{typed.substr(0, equals), typed.substr(equals + 1)};
}

/// The catalog's spelling of a provider.
Result<std::string> read_provider(const std::string& typed,
                                  const std::vector<std::string_view>& names) {
  const auto wanted = base::fold_name(typed);
  for (const auto name : names) {
    if (base::fold_name(name) == wanted) return std::string(name);
  }
  auto hint = base::did_you_mean(base::nearest(typed, names));
  if (hint.empty()) hint = "`llmfit offers` lists them";
  return fail(ErrorCode::unknown_provider, "unknown provider '" + typed + "'", std::move(hint),
              typed);
}

Result<std::optional<std::int32_t>> read_ranks(const Arguments& arguments, Option option) {
  constexpr std::int64_t most = 4096;
  const auto value = whole_number(arguments, option, 1, most);
  if (!value) return pass(value);
  if (!*value) return std::optional<std::int32_t>();
  return std::optional(static_cast<std::int32_t>(**value));
}

Result<SplitRequest> read_split(const Arguments& arguments) {
  SplitRequest split;
  const auto tensor = read_ranks(arguments, Option::tp);
  if (!tensor) return pass(tensor);
  const auto pipeline = read_ranks(arguments, Option::pp);
  if (!pipeline) return pass(pipeline);
  const auto data = read_ranks(arguments, Option::dp);
  if (!data) return pass(data);
  split.tensor = *tensor;
  split.pipeline = *pipeline;
  split.data = *data;
  split.experts = arguments.has(Option::ep);
  const auto mode = arguments.value(Option::split);
  if (mode == "layer") split.mode = SplitMode::layer;
  if (mode == "row") split.mode = SplitMode::row;
  if (mode == "none") split.mode = SplitMode::none;
  return split;
}

Result<OfferFilter> read_filter(const Arguments& arguments, const Catalog& catalog) {
  OfferFilter filter;
  filter.spot = arguments.has(Option::spot);
  const auto limit = dollars(arguments, Option::max_usd_hour);
  if (!limit) return pass(limit);
  filter.max_usd_hour = *limit;
  auto typed = list(arguments, Option::provider);
  if (!typed) return pass(typed);
  if (typed->empty()) return filter;
  const auto names = provider_names(catalog);
  for (const auto& word : *typed) {
    auto provider = read_provider(word, names);
    if (!provider) return pass(provider);
    filter.providers.push_back(std::move(*provider));
  }
  return filter;
}

Result<std::optional<Sparsity>> read_sparsity(const Arguments& arguments) {
  const auto typed = arguments.value(Option::sparsity);
  if (!arguments.has(Option::sparsity)) return std::optional<Sparsity>();
  if (typed == "2:4") return std::optional(Sparsity{true, 0.5});
  const auto fraction = base::parse_number(typed);
  if (fraction && *fraction >= 0 && *fraction < 1) return std::optional(Sparsity{false, *fraction});
  return bad_value(Option::sparsity, typed, "2:4, or a fraction of zeros such as 0.5");
}

/// Values that are no choice of the table were refused when the words were read.
Offload read_offload(std::string_view typed) {
  if (typed == "layers") return Offload::layers;
  if (typed == "experts") return Offload::experts;
  return typed == "auto" ? Offload::automatic : Offload::none;
}

Result<std::optional<double>> read_host_memory(const Arguments& arguments) {
  if (!arguments.has(Option::host_memory)) return std::optional<double>();
  const auto typed = arguments.value(Option::host_memory);
  const auto value = base::parse_number(typed);
  constexpr double most = 1 << 30;
  if (value && *value > 0 && *value <= most) return value;
  return bad_value(Option::host_memory, typed, "a number of GiB, such as 64");
}

Result<Sort> read_sort(std::string_view typed) {
  if (typed.empty() || typed == "cheapest") return Sort::cheapest;
  if (typed == "fewest") return Sort::fewest;
  if (typed == "fastest") return Sort::fastest;
  if (typed == "headroom") return Sort::headroom;
  return bad_value(Option::sort, typed, "cheapest, fewest, fastest or headroom; more in `rank`");
}

Result<std::vector<FormatChoice>> read_formats(const Arguments& arguments, const Catalog& catalog,
                                               const Model& model) {
  auto words = list(arguments, Option::quant);
  if (!words) return pass(words);
  auto choices = resolve_formats(catalog, model, *words, asked_engine(arguments));
  if (choices && arguments.has(Option::imatrix)) {
    for (auto& choice : *choices) {
      if (choice.format) choice.format->imatrix = choice.engine == Engine::llama_cpp;
    }
  }
  return choices;
}

/// `check` gives one verdict: one format, one set of hardware, shown whether it fits or not. A file
/// that is sized as it is needs no `--quant`.
Result<void> narrow_to_check(FitRequest& request, const Arguments& arguments, const Model& model) {
  const bool as_it_is = model.file && request.formats.size() == 1;
  const bool quant = arguments.has(Option::quant) || as_it_is;
  if (!quant || !arguments.has(Option::gpu)) {
    return fail(ErrorCode::usage, "`llmfit check` needs --quant Q and --gpu ID[xN]",
                "llmfit check llama3-70b --quant q4 --gpu rtx-3090x2", "check");
  }
  if (request.formats.size() != 1) {
    return fail(ErrorCode::usage, "`llmfit check` judges one format, not several",
                "leave one after --quant",
                "--quant " + std::string(arguments.value(Option::quant)));
  }
  if (request.hardware.alternatives.size() > 1) {
    return fail(ErrorCode::usage, "`llmfit check` judges one set of hardware, not alternatives",
                "leave one after --gpu, or repeat --gpu for one machine with both",
                "--gpu " + std::string(arguments.value(Option::gpu)));
  }
  for (auto& card : request.hardware.alternatives) {
    if (!card.variants.empty()) card.count = card.count.value_or(1);
  }
  if (request.hardware.local) request.hardware.local->best_only = true;
  request.all = true;
  request.limit = 0;
  return {};
}

Result<void> read_search(FitRequest& request, const Arguments& arguments) {
  const auto max_gpus = whole_number(arguments, Option::max_gpus, 1, 1024);
  if (!max_gpus) return pass(max_gpus);
  request.hardware.max_gpus = static_cast<std::int32_t>(max_gpus->value_or(8));
  const auto limit =
      whole_number(arguments, Option::limit, 0, std::numeric_limits<std::int64_t>::max());
  if (!limit) return pass(limit);
  request.limit = limit->value_or(20);
  const auto sort = read_sort(arguments.value(Option::sort));
  if (!sort) return pass(sort);
  request.sort = *sort;
  request.all = arguments.has(Option::all);
  return {};
}

}  // namespace

std::optional<Engine> asked_engine(const Arguments& arguments) {
  if (!arguments.has(Option::engine)) return std::nullopt;
  return runs_ollama(arguments) ? Engine::llama_cpp : engine_from(arguments.value(Option::engine));
}

Result<WorkloadRequest> read_workload(const Arguments& arguments) {
  WorkloadRequest workload;
  const auto context = tokens(arguments, Option::context);
  if (!context) return pass(context);
  workload.context = *context;
  const auto sequences =
      whole_number(arguments, Option::sequences, 1, std::numeric_limits<std::int64_t>::max());
  if (!sequences) return pass(sequences);
  workload.sequences = *sequences;
  workload.kv_type = arguments.value(Option::kv_type);
  auto split = read_split(arguments);
  if (!split) return pass(split);
  workload.split = *split;
  workload.offload = read_offload(arguments.value(Option::offload));
  for (const auto& typed : arguments.all(Option::set)) {
    auto setting = read_setting(typed);
    if (!setting) return pass(setting);
    workload.settings.push_back(std::move(*setting));
  }
  if (runs_ollama(arguments)) add_ollama_defaults(workload);
  return workload;
}

Result<FitRequest> make_request(const Arguments& arguments, const Catalog& catalog,
                                const Model& model, std::string today, const Probes* probes) {
  FitRequest request;
  request.today = std::move(today);
  auto workload = read_workload(arguments);
  if (!workload) return pass(workload);
  request.workload = std::move(*workload);
  auto hardware = read_hardware(arguments.all(Option::gpu), catalog, probes);
  if (!hardware) return pass(hardware);
  request.hardware = std::move(*hardware);
  const auto of_devices = read_device_limits(arguments);
  if (!of_devices) return pass(of_devices);
  request.hardware.limits = *of_devices;
  auto filter = read_filter(arguments, catalog);
  if (!filter) return pass(filter);
  request.offers = std::move(*filter);
  const auto limits = read_limits(request, arguments);
  if (!limits) return pass(limits);
  auto search = read_search(request, arguments);
  if (!search) return pass(search);
  const auto sparsity = read_sparsity(arguments);
  if (!sparsity) return pass(sparsity);
  request.sparsity = *sparsity;
  const auto host_memory = read_host_memory(arguments);
  if (!host_memory) return pass(host_memory);
  request.host_memory_gib = *host_memory;
  request.table = arguments.has(Option::table);
  request.ollama = runs_ollama(arguments);
  auto formats = read_formats(arguments, catalog, model);
  if (!formats) return pass(formats);
  request.formats = std::move(*formats);
  auto load = read_load(request, arguments, catalog, model);
  if (!load) return pass(load);
  const auto service = read_service(request, arguments, model);
  if (!service) return pass(service);
  if (arguments.command->id == Command::check) {
    auto narrowed = narrow_to_check(request, arguments, model);
    if (!narrowed) return pass(narrowed);
  }
  return request;
}

}  // namespace llmfit::cli
