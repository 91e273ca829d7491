// SPDX-License-Identifier: MIT
#include "cli/model.hpp"

#include <algorithm>
#include <array>

#include "base/names.hpp"
#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/values.hpp"
#include "llmfit/build_model.hpp"
#include "llmfit/read_model.hpp"

namespace llmfit::cli {
namespace {

/// A bare number below this is a mistyped name rather than the size of a language model.
constexpr std::int64_t least_size = 1'000'000;

constexpr const char* file_hint =
    "a word that ends in .gguf, .safetensors or .json, or begins with ./, ../ or /, is taken as a "
    "file; `llmfit models` lists the names of the catalog";

std::optional<std::int64_t> bare_size(const std::string& word) {
  const auto size = base::parse_parameters(word);
  return size && *size >= least_size ? size : std::nullopt;
}

/// A single unknown word may be a mistyped command as well as a mistyped model.
Error with_commands(Error error, const std::string& word) {
  const auto names = command_names();
  const auto near = base::nearest(word, names, 1);
  if (near.empty()) return error;
  const std::string hint = "there is a command `llmfit " + std::string(near.front()) + "`";
  error.hint = error.hint.empty() ? hint : hint + "; " + error.hint;
  return error;
}

Result<Model> by_size(const std::string& name, const Arguments& arguments) {
  const auto typed = arguments.value(Option::params);
  const auto size = base::parse_parameters(typed);
  if (!size) return bad_value(Option::params, typed, "a number of parameters, such as 13e9 or 13b");
  return make_model(name.empty() ? std::string(typed) : name, Elements{*size});
}

Result<Model> by_path(const std::string& word, bool sized, const Environment& environment) {
  if (!sized) {
    auto model = read_model(environment.model_files(), word);
    const bool not_there = !model && model.error().code == ErrorCode::unreadable_file;
    if (!not_there || !model.error().hint.empty()) return model;
    model.error().hint = file_hint;
    return model;
  }
  return fail(ErrorCode::usage, "'" + word + "' is a file, so --params contradicts it",
              "leave out one of the two", word);
}

/// `or_command`: the word stands where a command may stand.
Result<Model> by_name(const std::string& word, bool or_command, const Catalog& catalog) {
  if (const auto size = bare_size(word)) return make_model(word, Elements{*size});
  if (const auto* const base = catalog.find_base_model(word)) {
    auto model = make_model(*base);
    if (model) model->asked_as = base::printable(word);
    return model;
  }
  auto error = catalog.model(word).error();
  if (or_command) error = with_commands(std::move(error), word);
  return tl::unexpected<Error>(std::move(error));
}

}  // namespace

bool looks_like_path(std::string_view word) {
  constexpr std::array<std::string_view, 3> endings = {".gguf", ".safetensors", ".json"};
  constexpr std::array<std::string_view, 3> beginnings = {"./", "../", "/"};
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return word.ends_with(ending); }) ||
         std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return word.starts_with(beginning); });
}

Result<Model> named_model(const std::string& word, const Catalog& catalog,
                          const Environment& environment) {
  if (looks_like_path(word)) return by_path(word, false, environment);
  if (const auto* const record = catalog.find_model(word)) return make_model(*record);
  if (!word.empty() && environment.exists(word)) return by_path(word, false, environment);
  return by_name(word, false, catalog);
}

Result<Model> choose_model(const Arguments& arguments, const Catalog& catalog,
                           const Environment& environment) {
  const bool sized = arguments.has(Option::params);
  const std::string word = arguments.words.empty() ? std::string() : arguments.words.front();
  if (word.empty() && !sized) {
    return fail(ErrorCode::usage, "which model? MODEL is missing",
                "`llmfit models` lists the catalog; a size such as 13b will do too");
  }
  if (looks_like_path(word)) return by_path(word, sized, environment);
  const auto* const record = word.empty() ? nullptr : catalog.find_model(word);
  if (record == nullptr) {
    if (!word.empty() && environment.exists(word)) return by_path(word, sized, environment);
    return sized ? by_size(word, arguments)
                 : by_name(word, arguments.command->id == Command::fit, catalog);
  }
  if (!sized) return make_model(*record);
  return fail(ErrorCode::usage, "the catalog knows '" + word + "', so --params contradicts it",
              "leave out one of the two", word);
}

}  // namespace llmfit::cli
