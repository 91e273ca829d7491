// SPDX-License-Identifier: MIT
#include "cli/spec.hpp"

#include <algorithm>
#include <array>

namespace llmfit::cli {
namespace {

constexpr std::size_t any_number = ~std::size_t{0};

constexpr auto command_table = std::to_array<CommandSpec>({
    {.id = Command::fit,
     .synopsis = "MODEL",
     .summary = "memory per quantization, which cards and machines hold it, at what cost",
     .details =
         "MODEL is a name of the catalog (case, spaces, '-', '_' and '/' do not matter) or a "
         "size such as 13b. Exit code 0: something fits; 1: nothing does.",
     .example = "llmfit llama2-13b --quant q4",
     .min_words = 0,
     .max_words = 1,
     .completion = Complete::models},
    {.id = Command::check,
     .name = "check",
     .synopsis = "MODEL --quant Q --gpu ID[xN]",
     .summary = "one verdict for CI: exit 0 it fits, 1 it does not",
     .details = "Judges one format on one set of hardware: ID is one card, IDxN exactly N. A limit "
                "such as --max-usd-hour is part of the verdict. --file judges every check of a "
                "file: exit 0 where all hold.",
     .example = "llmfit check llama3-70b --quant q4 --gpu rtx-3090x2",
     .min_words = 0,
     .max_words = 1,
     .completion = Complete::models},
    {.id = Command::rank,
     .name = "rank",
     .synopsis = "--gpu ID[xN]",
     .summary = "the reverse: which models a card holds, each in its best format",
     .details =
         "For one set of hardware every model of the catalog in the format with the most bits that "
         "holds the context, with the largest context that it reaches. ID is one card, IDxN "
         "exactly N; of a family the variant with the least memory decides. Order: what fits; "
         "formats of 4 and more bits; larger size classes (bounds at 1.5, 3, 6, 12, 24 ... billion "
         "parameters); in a class models with a published MMLU-Pro score, the higher first; more "
         "bits per weight; more parameters. Exit code 0: some model fits; 1: none does.",
     .example = "llmfit rank --gpu rtx-3090 --min-context 32k"},
    {.id = Command::verify,
     .name = "verify",
     .synopsis = "LOG [MODEL]",
     .summary = "a start-up log of llama.cpp or vLLM beside its prediction: exit 0 they agree",
     .details = "Reads what the engine printed while it loaded ('-': from standard input), takes "
                "model, format and settings from it, and prints predicted beside measured, term by "
                "term. MODEL and the options below take the place of what the log says. llama.cpp "
                "prints its buffers with -lv 4. Exit code 1: a figure lies outside its band.",
     .example = "llmfit verify start.log",
     .min_words = 1,
     .max_words = 2,
     .completion = Complete::files},
    {.id = Command::models,
     .name = "models",
     .synopsis = "[QUERY]",
     .summary = "the models of the catalog",
     .details = "Every word of QUERY must occur in an id, name, alias, family or repository. "
                "Exit code 1: nothing matches.",
     .example = "llmfit models llama 13b",
     .max_words = any_number,
     .completion = Complete::models},
    {.id = Command::gpus,
     .name = "gpus",
     .synopsis = "[QUERY]",
     .summary = "the cards and accelerators of the catalog",
     .details = "Every word of QUERY must occur in an id, name, alias, family, vendor or segment. "
                "Exit code 1: nothing matches.",
     .example = "llmfit gpus nvidia workstation",
     .max_words = any_number,
     .completion = Complete::gpus},
    {.id = Command::offers,
     .name = "offers",
     .synopsis = "[QUERY]",
     .summary = "the cloud machines of the catalog and their prices",
     .details = "Every word of QUERY must occur in a provider, instance, card, card family or "
                "region. Superseded prices are listed and marked. Exit code 1: nothing matches.",
     .example = "llmfit offers azure v100",
     .max_words = any_number,
     .completion = Complete::offers},
    {.id = Command::quants,
     .name = "quants",
     .synopsis = "[QUERY]",
     .summary = "the quantization formats: bits, size of a model, quality loss, what runs them",
     .details =
         "Every word of QUERY must occur in an id, name, family or engine. --model shows the "
         "bits and the size of one model. Exit code 1: nothing matches.",
     .example = "llmfit quants vllm --model llama3.1-8b",
     .max_words = any_number,
     .completion = Complete::quants},
    {.id = Command::doctor,
     .name = "doctor",
     .synopsis = "",
     .summary = "version, catalog and its age, hardware found and how, terminal decisions",
     .details = "What one pastes into a bug report. Every source that was asked about the hardware "
                "stands with what it said, or why it said nothing.",
     .example = "llmfit doctor"},
    {.id = Command::catalog,
     .name = "catalog",
     .synopsis = "validate FILE... | export",
     .summary = "check catalog files of one's own, or print the built-in one",
     .details = "'validate' lists every fault of every FILE; exit code 1: there are some. 'export' "
                "prints the catalog, overlays included, as one file that 'validate' accepts.",
     .example = "llmfit catalog validate my-cards.json",
     .min_words = 1,
     .max_words = any_number,
     .choices = "validate export",
     .completion = Complete::files},
    {.id = Command::schema,
     .name = "schema",
     .synopsis = "[NAME]",
     .summary = "the JSON Schema of what llmfit prints or reads",
     .details = "NAME is report (the same without a word), catalog, error, verify, rank, doctor, "
                "checks (the file that `llmfit check --file` reads) or checks-report.",
     .example = "llmfit schema report",
     .max_words = 1,
     .choices = "report catalog error verify rank checks checks-report doctor"},
    {.id = Command::completion,
     .name = "completion",
     .synopsis = "bash|zsh|fish",
     .summary = "a completion script for a shell",
     .details = "bash: source <(llmfit completion bash). zsh: save it as _llmfit in a folder of "
                "$fpath. fish: llmfit completion fish | source.",
     .example = "llmfit completion bash",
     .min_words = 1,
     .max_words = 1,
     .choices = "bash zsh fish"},
    {.id = Command::help,
     .name = "help",
     .synopsis = "[COMMAND|TOPIC]",
     .summary = "help; topics: exit-codes, units, formats, formulas",
     .details = "Without a word: the main help.",
     .example = "llmfit help units",
     .max_words = 1,
     .choices =
         "exit-codes units formats formulas man check rank verify models gpus offers quants doctor "
         "catalog schema completion help"},
    {.id = Command::complete,
     .name = "__complete",
     .synopsis = "KIND [PREFIX]",
     .summary = "names for the completion scripts, one a line",
     .details = "KIND is models, gpus, offers, quants or providers.",
     .example = "llmfit __complete gpus rtx-30",
     .min_words = 1,
     .max_words = 2,
     .choices = "models gpus offers quants providers",
     .hidden = true},
});

constexpr bool in_order() {
  for (std::size_t i = 0; i < command_table.size(); ++i) {
    if (command_table[i].id != static_cast<Command>(i)) return false;
  }
  return true;
}
static_assert(in_order(), "spec_of() indexes the table by the enum");

}  // namespace

std::span<const CommandSpec> commands() { return command_table; }

std::vector<std::string_view> command_names() {
  std::vector<std::string_view> names;
  for (const auto& command : command_table) {
    if (!command.hidden && !command.name.empty()) names.push_back(command.name);
  }
  return names;
}

const CommandSpec& spec_of(Command command) {
  return command_table[static_cast<std::size_t>(command)];
}

const CommandSpec* find_command(std::string_view name) {
  if (name.empty()) return nullptr;
  const auto* const found =
      std::find_if(command_table.begin(), command_table.end(),
                   [&](const CommandSpec& command) { return command.name == name; });
  return found == command_table.end() ? nullptr : found;
}

}  // namespace llmfit::cli
