// SPDX-License-Identifier: MIT
#include "cli/add_ons.hpp"

#include "base/numbers.hpp"
#include "cli/errors.hpp"
#include "cli/model.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

/// "16" or "16x4".
Result<std::optional<Lora>> read_lora(const Arguments& arguments) {
  if (!arguments.has(Option::lora)) return std::optional<Lora>();
  const auto typed = arguments.value(Option::lora);
  const auto cross = typed.find('x');
  const auto rank = base::parse_int(typed.substr(0, cross));
  const auto count = cross == std::string_view::npos ? std::optional<std::int64_t>(1)
                                                     : base::parse_int(typed.substr(cross + 1));
  constexpr std::int64_t most = 65'536;
  const bool known = rank && count && *rank >= 1 && *rank <= most && *count >= 1 && *count <= most;
  if (!known) return bad_value(Option::lora, typed, "a rank such as 16, or 16x4 for four adapters");
  return std::optional(Lora{static_cast<std::int32_t>(*rank), static_cast<std::int32_t>(*count)});
}

}  // namespace

Result<AddOns> read_add_ons(const Arguments& arguments, const Catalog& catalog,
                            const Environment& environment) {
  AddOns add_ons;
  const auto lora = read_lora(arguments);
  if (!lora) return pass(lora);
  add_ons.lora = *lora;
  if (arguments.has(Option::projector)) {
    add_ons.projector = tensor_type_from(arguments.value(Option::projector));
  }
  if (!arguments.has(Option::draft)) return add_ons;
  auto draft = named_model(std::string(arguments.value(Option::draft)), catalog, environment);
  if (!draft) return pass(draft);
  add_ons.draft = std::make_shared<const Model>(std::move(*draft));
  return add_ons;
}

}  // namespace llmfit::cli
