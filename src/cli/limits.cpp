// SPDX-License-Identifier: MIT
#include "cli/limits.hpp"

#include <cmath>
#include <limits>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/values.hpp"

namespace llmfit::cli {
namespace {

constexpr double gib = 1024.0 * 1024 * 1024;
/// No device has more; above it a number of bytes would not be whole.
constexpr double most_gib = 1e6;

/// Takes `ending` off the text, whatever its case.
bool take_ending(std::string& text, std::string_view ending) {
  if (!text.ends_with(ending)) return false;
  text.resize(text.size() - ending.size());
  while (text.ends_with(' ')) text.pop_back();
  return true;
}

/// "0.1" and "10%" are a share of each device's usable memory, "2" and "2GiB" are GiB.
bool read_headroom(Requirements& limits, std::string_view typed) {
  auto text = base::lower(typed);
  const bool percent = take_ending(text, "%");
  const bool sized = !percent && take_ending(text, "gib");
  const auto number = base::parse_number(text);
  if (!number || *number < 0 || *number > most_gib) return false;
  if (percent || (!sized && *number < 1)) {
    limits.headroom_fraction = percent ? *number / 100 : *number;
    return *limits.headroom_fraction < 1;
  }
  limits.headroom = Bytes{std::llround(*number * gib)};
  return true;
}

Result<std::optional<double>> uptime(const Arguments& arguments) {
  if (!arguments.has(Option::min_sla)) return std::nullopt;
  const auto typed = arguments.value(Option::min_sla);
  std::string text(typed);
  take_ending(text, "%");
  const auto number = base::parse_number(text);
  if (number && *number > 0 && *number <= 100) return number;
  return bad_value(Option::min_sla, typed, "a percentage of uptime above 0, such as 99.9");
}

}  // namespace

Result<void> read_limits(FitRequest& request, const Arguments& arguments) {
  auto& limits = request.limits;
  const auto month = dollars(arguments, Option::max_usd_month);
  if (!month) return pass(month);
  limits.usd_month = *month;
  const auto context = tokens(arguments, Option::min_context);
  if (!context) return pass(context);
  limits.context = *context;
  const auto sequences =
      whole_number(arguments, Option::min_sequences, 1, std::numeric_limits<std::int64_t>::max());
  if (!sequences) return pass(sequences);
  limits.sequences = *sequences;
  const auto free = arguments.value(Option::headroom);
  if (arguments.has(Option::headroom) && !read_headroom(limits, free)) {
    return bad_value(Option::headroom, free, "a share such as 0.1 or 10%, or GiB such as 2GiB");
  }
  const auto sla = uptime(arguments);
  if (!sla) return pass(sla);
  request.offers.min_sla = *sla;
  limits.commercial = request.offers.commercial = arguments.has(Option::commercial);
  return {};
}

}  // namespace llmfit::cli
