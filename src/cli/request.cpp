// SPDX-License-Identifier: MIT
#include "cli/request.hpp"

#include <limits>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/hardware.hpp"
#include "cli/query.hpp"
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
Sort read_sort(std::string_view typed) {
  if (typed == "fewest") return Sort::fewest;
  if (typed == "fastest") return Sort::fastest;
  if (typed == "headroom") return Sort::headroom;
  return Sort::cheapest;
}

Result<std::vector<FormatChoice>> read_formats(const Arguments& arguments, const Catalog& catalog,
                                               const Model& model) {
  auto words = list(arguments, Option::quant);
  if (!words) return pass(words);
  std::optional<Engine> engine;
  if (arguments.has(Option::engine)) {
    engine =
        runs_ollama(arguments) ? Engine::llama_cpp : engine_from(arguments.value(Option::engine));
  }
  auto choices = resolve_formats(catalog, model, *words, engine);
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
  request.sort = read_sort(arguments.value(Option::sort));
  request.all = arguments.has(Option::all);
  return {};
}

}  // namespace

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
  const auto limits = read_limits(arguments);
  if (!limits) return pass(limits);
  request.hardware.limits = *limits;
  auto filter = read_filter(arguments, catalog);
  if (!filter) return pass(filter);
  request.offers = std::move(*filter);
  auto search = read_search(request, arguments);
  if (!search) return pass(search);
  const auto sparsity = read_sparsity(arguments);
  if (!sparsity) return pass(sparsity);
  request.sparsity = *sparsity;
  request.table = arguments.has(Option::table);
  request.ollama = runs_ollama(arguments);
  auto formats = read_formats(arguments, catalog, model);
  if (!formats) return pass(formats);
  request.formats = std::move(*formats);
  if (arguments.command->id == Command::check) {
    auto narrowed = narrow_to_check(request, arguments, model);
    if (!narrowed) return pass(narrowed);
  }
  return request;
}

}  // namespace llmfit::cli
