// SPDX-License-Identifier: MIT
#include "render/speed_columns.hpp"

namespace llmfit::render {

std::vector<Column> speed_columns(bool generates) {
  const std::string name = generates ? "decode_tokens_per_second" : "prefill_tokens_per_second";
  return {{name, generates ? "tok/s" : "tok/s encoded", Align::right, 1, {}, true},
          {name + "_low", "likely", Align::right, 3, {}, true},
          {name + "_high", "", Align::left, 3, "-", true}};
}

std::vector<Cell> speed_cells(const std::optional<Rates>& rates, bool generates) {
  if (!rates || rates->generates != generates) return {Unknown{}, Unknown{}, Unknown{}};
  const auto& rate = generates ? rates->decode : rates->prefill;
  return {rate_cell(rate.value), rate_cell(rate.low), rate_cell(rate.high)};
}

}  // namespace llmfit::render
