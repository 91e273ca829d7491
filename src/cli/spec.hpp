// SPDX-License-Identifier: MIT
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace llmfit::cli {

enum class Command {
  fit,
  check,
  rank,
  verify,
  models,
  gpus,
  offers,
  quants,
  doctor,
  catalog,
  schema,
  completion,
  help,
  complete,
};

/// Commands as a set of bits.
using CommandSet = std::uint32_t;
constexpr CommandSet only(Command command) {
  return CommandSet{1} << static_cast<unsigned>(command);
}
constexpr CommandSet operator|(Command a, Command b) { return only(a) | only(b); }
constexpr CommandSet operator|(CommandSet set, Command b) { return set | only(b); }

/// What a shell offers for a word or a value.
enum class Complete { nothing, models, gpus, offers, quants, providers, files };
std::string_view to_string(Complete kind);  ///< the KIND of `__complete`

struct CommandSpec {
  Command id = Command::fit;
  std::string_view name = {};      ///< as typed; empty for the main job
  std::string_view synopsis = {};  ///< what follows the name, options left out
  std::string_view summary = {};   ///< one line
  std::string_view details = {};   ///< a paragraph for its own help
  std::string_view example = {};   ///< one command line
  std::size_t min_words = 0;
  std::size_t max_words = 0;
  std::string_view choices = {};  ///< of the first word, separated by spaces; empty: anything
  Complete completion = Complete::nothing;  ///< of the words
  bool hidden = false;
};

enum class Option {
  quant,
  engine,
  context,
  sequences,
  set,
  kv_type,
  params,
  imatrix,
  sparsity,
  lora,
  draft,
  projector,
  model,
  gpu,
  max_gpus,
  tp,
  pp,
  ep,
  dp,
  split,
  offload,
  host_memory,
  usable,
  reserve,
  input_tokens,
  output_tokens,
  users,
  requests_per_second,
  ttft,
  tpot,
  stack,
  batch_job,
  lengths,
  slot,
  within,
  utilisation,
  reserved,
  costs,
  api,
  purchase_usd,
  depreciation_years,
  hosting_usd_month,
  kwh_price,
  watts,
  pue,
  wue,
  grid,
  provider,
  spot,
  max_usd_hour,
  max_usd_month,
  min_sla,
  commercial,
  min_context,
  min_sequences,
  headroom,
  license,
  family,
  file,
  sort,
  limit,
  all,
  table,
  frontier,
  format,
  json,
  output,
  launch,
  catalog,
  explain,
  color,
  help,
  version,
};
inline constexpr std::size_t option_count = static_cast<std::size_t>(Option::version) + 1;

struct OptionSpec {
  Option id = Option::help;
  std::string_view name = {};   ///< with its dashes
  std::string_view value = {};  ///< placeholder; empty for a flag
  std::string_view group = {};  ///< heading in the help
  std::string_view help = {};
  std::string_view fallback =
      {};  ///< what holds without it; empty: nothing worth saying, or computed
  std::string_view choices = {};  ///< separated by spaces
  bool open = false;              ///< other values than the choices are taken too
  Complete completion = Complete::nothing;
  bool repeatable = false;
  CommandSet commands = 0;

  [[nodiscard]] constexpr bool is_flag() const { return value.empty(); }
  [[nodiscard]] constexpr bool applies_to(Command command) const {
    return (commands & only(command)) != 0;
  }
};

std::span<const CommandSpec> commands();
std::span<const OptionSpec> options();

/// The names of the commands that are shown; the main job has none.
std::vector<std::string_view> command_names();

const CommandSpec& spec_of(Command command);
const OptionSpec& spec_of(Option option);

/// By the word as typed; null when there is none. The main job has no name and is never found.
const CommandSpec* find_command(std::string_view name);
/// By the name with its dashes ("--gpu", "-h"); null when there is none.
const OptionSpec* find_option(std::string_view name);

/// Whether `word` is one of `choices` (separated by spaces).
bool is_choice(std::string_view choices, std::string_view word);

}  // namespace llmfit::cli
