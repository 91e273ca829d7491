// SPDX-License-Identifier: MIT
#include "cli/spec.hpp"

#include <algorithm>
#include <array>

namespace llmfit::cli {
namespace {

constexpr CommandSet judging = Command::fit | Command::check;
/// Commands that size a model.
constexpr CommandSet sizing = judging | Command::verify;
/// Commands that look for what fits.
constexpr CommandSet searching = judging | Command::rank;
constexpr CommandSet listing = Command::models | Command::gpus | Command::offers | Command::quants;
constexpr CommandSet with_catalog =
    sizing | listing | Command::rank | Command::doctor | Command::catalog | Command::complete;
constexpr CommandSet everywhere = ~CommandSet{0};

constexpr std::string_view model_group = "Model and workload";
constexpr std::string_view hardware_group = "Hardware";
constexpr std::string_view offer_group = "Offers";
constexpr std::string_view limit_group = "Limits and filters";
constexpr std::string_view output_group = "Output";

constexpr auto option_table = std::to_array<OptionSpec>({
    {.id = Option::quant,
     .name = "--quant",
     .value = "Q[,Q...]",
     .group = model_group,
     .help = "quantization formats: an engine's own ids (q4_k_m, awq), families (q4, fp16; see "
             "`llmfit help formats`) or all",
     .choices = "all",
     .open = true,
     .completion = Complete::quants,
     .commands = sizing | Command::rank},
    {.id = Option::engine,
     .name = "--engine",
     .value = "E",
     .group = model_group,
     .help =
         "the serving engine; ollama is llama.cpp under Ollama's defaults, params the plain rule "
         "parameters x bytes",
     .fallback = "llama.cpp where it runs the model and has the format, else vllm; params for a "
                 "model known by size only",
     .choices = "llama.cpp ollama vllm transformers mlx exllama params",
     .commands = searching},
    {.id = Option::context,
     .name = "--context",
     .value = "N",
     .group = model_group,
     .help = "tokens of one sequence, prompt and answer together; 8k is 8192",
     .fallback = "4096, or the model's limit where that is smaller",
     .commands = sizing | Command::rank},
    {.id = Option::sequences,
     .name = "--sequences",
     .value = "N",
     .group = model_group,
     .help = "sequences held at once",
     .fallback = "1",
     .commands = sizing | Command::rank},
    {.id = Option::set,
     .name = "--set",
     .value = "FLAG=VALUE",
     .group = model_group,
     .help = "a setting of the engine under its own flag name, such as ubatch-size=256",
     .fallback = "the engine's defaults",
     .repeatable = true,
     .commands = sizing | Command::rank},
    {.id = Option::kv_type,
     .name = "--kv-type",
     .value = "T",
     .group = model_group,
     .help = "type of the KV cache",
     .fallback = "the engine's default",
     .choices = "f16 bf16 q8_0 q4_0 fp8",
     .open = true,
     .commands = sizing | Command::rank},
    {.id = Option::params,
     .name = "--params",
     .value = "N",
     .group = model_group,
     .help =
         "size a model that no catalog knows by its parameters: 13e9 or 13b; in rank only models "
         "of so many, such as 7b..14b, ..14b or 7b..",
     .commands = sizing | Command::rank},
    {.id = Option::imatrix,
     .name = "--imatrix",
     .group = model_group,
     .help = "GGUF types as an importance matrix changes them",
     .commands = sizing | Command::rank},
    {.id = Option::sparsity,
     .name = "--sparsity",
     .value = "2:4|F",
     .group = model_group,
     .help =
         "the weights are pruned: in the pattern 2:4, or the fraction F of them anywhere; a note "
         "says what that saves",
     .choices = "2:4",
     .open = true,
     .commands = judging},
    {.id = Option::lora,
     .name = "--lora",
     .value = "RANK[xN]",
     .group = model_group,
     .help = "N LoRA adapters of this rank are loaded beside the model, on all linear layers",
     .commands = judging},
    {.id = Option::draft,
     .name = "--draft",
     .value = "MODEL",
     .group = model_group,
     .help = "a smaller model that proposes tokens runs on the same devices",
     .completion = Complete::models,
     .commands = judging},
    {.id = Option::projector,
     .name = "--projector",
     .value = "T",
     .group = model_group,
     .help = "under llama.cpp the vision or audio tower (mmproj) is loaded too, in this type",
     .choices = "f16 bf16 f32 q8_0",
     .commands = judging},
    {.id = Option::model,
     .name = "--model",
     .value = "MODEL",
     .group = model_group,
     .help = "bits per weight and size of this model in each format",
     .completion = Complete::models,
     .commands = only(Command::quants)},
    {.id = Option::gpu,
     .name = "--gpu",
     .value = "ID[xN]",
     .group = hardware_group,
     .help =
         "this card, or exactly N of it; commas separate alternatives, several --gpu are one "
         "machine with all of them; a family (v100) is every variant; cpu is host memory alone, "
         "local this machine with what is free on it now",
     .fallback = "every card of the catalog",
     .choices = "cpu local",
     .open = true,
     .completion = Complete::gpus,
     .repeatable = true,
     .commands = sizing | Command::rank},
    {.id = Option::max_gpus,
     .name = "--max-gpus",
     .value = "N",
     .group = hardware_group,
     .help = "the largest set to try, 1 to 1024; above 8 several machines",
     .fallback = "8",
     .commands = only(Command::fit)},
    {.id = Option::tp,
     .name = "--tp",
     .value = "N",
     .group = hardware_group,
     .help = "tensor parallel: N cards share each layer (vllm, transformers, exllama)",
     .fallback = "the best split is searched",
     .commands = judging},
    {.id = Option::pp,
     .name = "--pp",
     .value = "N",
     .group = hardware_group,
     .help = "pipeline parallel: N stages of whole layers, one after the other",
     .fallback = "the best split is searched",
     .commands = judging},
    {.id = Option::ep,
     .name = "--ep",
     .group = hardware_group,
     .help = "expert parallel: experts are dealt to the cards whole instead of cut (vllm)",
     .commands = judging},
    {.id = Option::dp,
     .name = "--dp",
     .value = "N",
     .group = hardware_group,
     .help = "data parallel: N copies of all but the experts share the sequences out (vllm)",
     .fallback = "1, or more where only that fits",
     .commands = judging},
    {.id = Option::split,
     .name = "--split",
     .value = "MODE",
     .group = hardware_group,
     .help = "llama.cpp's split over several cards: whole layers, rows of each matrix, or one card",
     .fallback = "layer",
     .choices = "layer row none",
     .commands = judging},
    {.id = Option::offload,
     .name = "--offload",
     .value = "WHAT",
     .group = hardware_group,
     .help = "what may go to the host's memory where the cards do not hold the model, as little as "
             "suffices (llama.cpp): whole layers, experts, or auto: experts first",
     .fallback = "none",
     .choices = "none layers experts auto",
     .commands = judging},
    {.id = Option::host_memory,
     .name = "--host-memory",
     .value = "GIB",
     .group = hardware_group,
     .help = "memory of the machine that the cards are in, for what is left to the host",
     .fallback = "what the offer says, else unknown",
     .commands = judging},
    {.id = Option::usable,
     .name = "--usable",
     .value = "SHARE|GiB",
     .group = hardware_group,
     .help = "what may be used of each device: a share of its memory such as 0.9, or GiB such as "
             "20GiB; where CPU and GPU share memory, also more than the default",
     .fallback = "what the driver lets a program have",
     .commands = judging},
    {.id = Option::reserve,
     .name = "--reserve",
     .value = "GiB",
     .group = hardware_group,
     .help = "keep this much of each device free for others: a desktop, another process",
     .fallback = "0",
     .commands = judging},
    {.id = Option::provider,
     .name = "--provider",
     .value = "P[,P...]",
     .group = offer_group,
     .help = "count only these providers' offers",
     .fallback = "all",
     .completion = Complete::providers,
     .commands = judging},
    {.id = Option::spot,
     .name = "--spot",
     .group = offer_group,
     .help = "count spot prices instead of on-demand ones",
     .commands = judging},
    {.id = Option::max_usd_hour,
     .name = "--max-usd-hour",
     .value = "X",
     .group = offer_group,
     .help = "US dollars an hour that a configuration may cost",
     .fallback = "no limit",
     .commands = judging},
    {.id = Option::max_usd_month,
     .name = "--max-usd-month",
     .value = "X",
     .group = offer_group,
     .help = "US dollars a month (730 hours) that a configuration may cost",
     .fallback = "no limit",
     .commands = judging},
    {.id = Option::min_sla,
     .name = "--min-sla",
     .value = "PERCENT",
     .group = offer_group,
     .help = "count only offers that promise at least this uptime; a note tells where the promise "
             "is for several zones",
     .fallback = "no limit",
     .commands = judging},
    {.id = Option::commercial,
     .name = "--commercial",
     .group = limit_group,
     .help = "the model's licence must allow commercial use; offers of cards whose driver licence "
             "bars renting them do not count",
     .commands = judging | Command::rank},
    {.id = Option::min_context,
     .name = "--min-context",
     .value = "N",
     .group = limit_group,
     .help = "tokens that the largest context of a configuration must reach",
     .fallback = "no limit",
     .commands = judging | Command::rank},
    {.id = Option::min_sequences,
     .name = "--min-sequences",
     .value = "N",
     .group = limit_group,
     .help = "sequences of the context that a configuration must be able to hold",
     .fallback = "no limit",
     .commands = judging},
    {.id = Option::headroom,
     .name = "--headroom",
     .value = "X",
     .group = limit_group,
     .help = "memory that must stay free on every device: a share of its usable memory (0.1, 10%) "
             "or GiB (2GiB)",
     .fallback = "none",
     .commands = judging},
    {.id = Option::license,
     .name = "--license",
     .value = "ID[,ID...]",
     .group = limit_group,
     .help = "only models under these licences, by the catalog's ids, such as apache-2.0",
     .fallback = "all",
     .commands = only(Command::rank)},
    {.id = Option::family,
     .name = "--family",
     .value = "F[,F...]",
     .group = limit_group,
     .help = "only models of these families, such as qwen3",
     .fallback = "all",
     .commands = only(Command::rank)},
    {.id = Option::file,
     .name = "--file",
     .value = "FILE",
     .group = limit_group,
     .help =
         "a file of checks (see `llmfit schema checks`; '-': standard input); the other options "
         "are defaults for all of them",
     .completion = Complete::files,
     .commands = only(Command::check)},
    {.id = Option::sort,
     .name = "--sort",
     .value = "KEY",
     .group = output_group,
     .help = "which configuration comes first; in rank which model: quality, params, context or "
             "headroom",
     .fallback = "cheapest; in rank quality",
     .choices = "cheapest fewest fastest headroom quality params context",
     .commands = Command::fit | Command::rank},
    {.id = Option::limit,
     .name = "--limit",
     .value = "N",
     .group = output_group,
     .help = "configurations per quantization, models of a rank, or rows of a listing; 0: no limit",
     .fallback = "20; in listings no limit",
     .commands = listing | Command::fit | Command::rank},
    {.id = Option::all,
     .name = "--all",
     .group = output_group,
     .help = "also larger sets than the smallest that fits, and what does not fit, with the reason",
     .commands = Command::fit | Command::rank},
    {.id = Option::table,
     .name = "--table",
     .group = output_group,
     .help = "users x context: what the first configuration takes for each",
     .commands = judging},
    {.id = Option::format,
     .name = "--format",
     .value = "F",
     .group = output_group,
     .help = "how it is printed; github (workflow commands) and junit (XML) are for check",
     .fallback = "table",
     .choices = "table json csv markdown html github junit",
     .commands = sizing | listing | Command::rank},
    {.id = Option::json,
     .name = "--json",
     .group = output_group,
     .help = "the same as --format json; errors are JSON too",
     .commands = sizing | listing | Command::rank | Command::doctor},
    {.id = Option::output,
     .name = "--output",
     .value = "FILE",
     .group = output_group,
     .help = "where it is written, whole or not at all",
     .fallback = "standard output",
     .completion = Complete::files,
     .commands = everywhere},
    {.id = Option::launch,
     .name = "--launch",
     .value = "KIND",
     .group = output_group,
     .help = "instead of the report the command or manifest that starts the first configuration "
             "that fits, with the settings it was sized for; auto: what suits engine and machines",
     .choices = "auto llama-server ollama vllm mlx tabbyapi kubernetes skypilot ray lws",
     .commands = judging},
    {.id = Option::catalog,
     .name = "--catalog",
     .value = "FILE",
     .group = output_group,
     .help = "catalog entries of one's own over the built-in ones; also LLMFIT_CATALOG and "
             "catalog.json in the configuration folder",
     .completion = Complete::files,
     .repeatable = true,
     .commands = with_catalog},
    {.id = Option::explain,
     .name = "--explain",
     .group = output_group,
     .help = "every figure with its formula, its inputs and where they come from",
     .commands = judging},
    {.id = Option::color,
     .name = "--color",
     .value = "WHEN",
     .group = output_group,
     .help = "colours; NO_COLOR and a pipe switch them off",
     .fallback = "auto",
     .choices = "auto always never",
     .commands = sizing | listing | Command::rank | Command::doctor},
    {.id = Option::help,
     .name = "--help",
     .group = output_group,
     .help = "this help (-h)",
     .commands = everywhere},
    {.id = Option::version,
     .name = "--version",
     .group = output_group,
     .help = "the version",
     .commands = everywhere},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < option_table.size(); ++i) {
    if (option_table[i].id != static_cast<Option>(i)) return false;
  }
  return option_table.size() == option_count;
}
static_assert(in_order(), "spec_of() indexes the table by the enum");

}  // namespace

std::string_view to_string(Complete kind) {
  switch (kind) {
    case Complete::models:
      return "models";
    case Complete::gpus:
      return "gpus";
    case Complete::offers:
      return "offers";
    case Complete::quants:
      return "quants";
    case Complete::providers:
      return "providers";
    case Complete::files:
      return "files";
    case Complete::nothing:
      break;
  }
  return {};
}

std::span<const OptionSpec> options() { return option_table; }

const OptionSpec& spec_of(Option option) { return option_table[static_cast<std::size_t>(option)]; }

const OptionSpec* find_option(std::string_view name) {
  if (name == "-h") name = "--help";
  const auto* const found =
      std::find_if(option_table.begin(), option_table.end(),
                   [&](const OptionSpec& option) { return option.name == name; });
  return found == option_table.end() ? nullptr : found;
}

bool is_choice(std::string_view choices, std::string_view word) {
  while (!choices.empty()) {
    const auto end = std::min(choices.find(' '), choices.size());
    if (choices.substr(0, end) == word) return true;
    choices.remove_prefix(std::min(end + 1, choices.size()));
  }
  return false;
}

}  // namespace llmfit::cli
