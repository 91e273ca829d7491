// SPDX-License-Identifier: MIT
#include <array>
#include <string>
#include <vector>

#include "base/numbers.hpp"
#include "render/batch_report.hpp"
#include "render/figure.hpp"
#include "render/fit_tables.hpp"
#include "render/json_rates.hpp"
#include "render/service_columns.hpp"
#include "render/split_text.hpp"

namespace llmfit::render {
namespace {

/// The row that a CSV column is taken from.
struct Row {
  const FitView& view;
  const FormatResult& format;
  const Candidate& candidate;
  const DevicePlacement* device;
};

struct FlatColumn {
  std::string_view name;
  Cell (*cell)(const Row&);
};

Cell load_cell(const Row& row, std::optional<Bytes> DeviceLoad::*part) {
  return row.device == nullptr ? Cell{Unknown{}} : needed_cell(row.device->load.*part);
}

Cell device_cell(const Row& row, Bytes DevicePlacement::*part) {
  return row.device == nullptr ? Cell{Unknown{}} : available_cell(row.device->*part);
}

Cell workload_cell(const Row& row, std::int64_t Workload::*part) {
  return row.format.workload ? Cell{Count{*row.format.workload.*part}} : Unknown{};
}

Cell offer_cell(const Row& row, std::string_view OfferRecord::*part) {
  const auto* offer = row.candidate.cost.offer;
  return offer == nullptr ? Cell{Unknown{}} : text_cell(offer->*part);
}

Cell percent_cell(const Row& row, std::optional<double> OfferRecord::*part) {
  const auto* offer = row.candidate.cost.offer;
  if (offer == nullptr || !(offer->*part)) return Unknown{};
  return Number{*(offer->*part), 2};
}

Cell yes_cell(bool yes) { return Verdict{yes, yes ? "yes" : "no"}; }

/// "rtx-3090", "rtx-3090+rtx-3060" for a mixed set, nothing for host memory.
Cell gpu_cell(const Row& row) {
  std::string ids;
  for (const auto& part : row.candidate.gpus) {
    ids.append(ids.empty() ? "" : "+").append(part.gpu->id);
  }
  return text_cell(ids);
}

Cell basis_cell(const Row& row) { return text_cell(purchase_basis(row.candidate.cost)); }

/// A number beyond the life of the hardware would read as if buying paid.
Cell month_cell(const Row& row) {
  const auto& owning = row.candidate.owning;
  if (!owning || owning->break_even != BreakEven::month) return Unknown{};
  return count_cell(owning->break_even_months);
}

using ShownRate = std::optional<Rate> ShownRates::*;

Cell part_cell(const Row& row, ShownRate rate, double Rate::*part) {
  const auto shown = shown_rates(row.candidate.rates);
  return shown.*rate ? Cell{Number{*(shown.*rate).*part, 2}} : Unknown{};
}
Cell value_cell(const Row& row, ShownRate rate) { return part_cell(row, rate, &Rate::value); }
Cell low_cell(const Row& row, ShownRate rate) { return part_cell(row, rate, &Rate::low); }
Cell high_cell(const Row& row, ShownRate rate) { return part_cell(row, rate, &Rate::high); }
/// Small figures keep their digits.
Cell energy_cell(const Row& row, std::optional<Rate> Energy::*part) {
  const auto& energy = row.candidate.energy;
  if (!energy || !((*energy).*part)) return Unknown{};
  return Text{base::shortest(significant(((*energy).*part)->value))};
}

// The memory columns are those of the fullest device of the set.
const auto flat_columns = std::to_array<FlatColumn>({
    {"model", [](const Row& r) { return text_cell(r.view.model.id); }},
    {"quantization", [](const Row& r) { return text_cell(format_id(r.format)); }},
    {"engine", [](const Row& r) { return text_cell(to_string(r.format.choice.engine)); }},
    {"bits_per_weight",
     [](const Row& r) {
       return r.format.weights ? Cell{Number{r.format.weights->bits_per_weight, 2}} : Unknown{};
     }},
    {"kv_type",
     [](const Row& r) {
       return r.format.workload ? text_cell(kv_type_name(*r.format.workload)) : Unknown{};
     }},
    {"context", [](const Row& r) { return workload_cell(r, &Workload::context); }},
    {"sequences", [](const Row& r) { return workload_cell(r, &Workload::sequences); }},
    {"gpu", gpu_cell},
    {"gpu_count",
     [](const Row& r) -> Cell {
       return Number{card_count(r.candidate), 0};
     }},
    {"nodes", [](const Row& r) -> Cell { return Count{r.candidate.split.nodes}; }},
    {"tensor_parallel", [](const Row& r) -> Cell { return Count{r.candidate.split.tensor}; }},
    {"pipeline_parallel", [](const Row& r) -> Cell { return Count{r.candidate.split.pipeline}; }},
    {"data_parallel", [](const Row& r) -> Cell { return Count{r.candidate.split.data}; }},
    {"expert_parallel", [](const Row& r) -> Cell { return Count{expert_parallel(r.candidate)}; }},
    {"idle_gpus", [](const Row& r) -> Cell { return Count{idle_cards(r.candidate)}; }},
    {"fits", [](const Row& r) { return yes_cell(r.candidate.fits); }},
    {"reason",
     [](const Row& r) {
       return r.candidate.reason ? text_cell(to_string(*r.candidate.reason)) : Unknown{};
     }},
    {"max_context", [](const Row& r) { return count_cell(r.candidate.max_context); }},
    {"max_sequences", [](const Row& r) { return count_cell(r.candidate.max_sequences); }},
    {"weights_bytes",
     [](const Row& r) {
       return r.device == nullptr ? Cell{Unknown{}} : needed_cell(r.device->load.weights);
     }},
    {"kv_cache_bytes", [](const Row& r) { return load_cell(r, &DeviceLoad::kv_cache); }},
    {"state_bytes", [](const Row& r) { return load_cell(r, &DeviceLoad::state); }},
    {"compute_bytes", [](const Row& r) { return load_cell(r, &DeviceLoad::compute); }},
    {"runtime_bytes", [](const Row& r) { return load_cell(r, &DeviceLoad::runtime); }},
    {"total_bytes",
     [](const Row& r) {
       return r.device == nullptr ? Cell{Unknown{}} : needed_cell(r.device->load.total());
     }},
    {"usable_bytes", [](const Row& r) { return device_cell(r, &DevicePlacement::usable); }},
    {"headroom_bytes", [](const Row& r) { return device_cell(r, &DevicePlacement::headroom); }},
    {"usable_basis", [](const Row& r) { return text_cell(usable_basis(r.candidate)); }},
    {"usd_per_hour", [](const Row& r) { return usd_cell(r.candidate.cost.usd_per_hour); }},
    {"usd_per_month", [](const Row& r) { return usd_cell(r.candidate.cost.usd_per_month); }},
    {"purchase_usd", [](const Row& r) { return usd_cell(r.candidate.cost.purchase_usd); }},
    {"purchase_basis", basis_cell},
    {"provider", [](const Row& r) { return offer_cell(r, &OfferRecord::provider); }},
    {"instance", [](const Row& r) { return offer_cell(r, &OfferRecord::instance); }},
    {"machines",
     [](const Row& r) -> Cell {
       if (r.candidate.cost.offer == nullptr) return Unknown{};
       return Count{r.candidate.cost.machines};
     }},
    {"spot",
     [](const Row& r) {
       const auto& cost = r.candidate.cost;
       return cost.offer == nullptr ? Cell{Unknown{}} : yes_cell(cost.term == RentalTerm::spot);
     }},
    {"region", [](const Row& r) { return offer_cell(r, &OfferRecord::region); }},
    {"as_of", [](const Row& r) { return date_cell(price_date(r.candidate.cost)); }},
    {"n_gpu_layers",
     [](const Row& r) -> Cell {
       if (!r.candidate.offload || !r.candidate.offload->gpu_layers) return Unknown{};
       return Count{*r.candidate.offload->gpu_layers};
     }},
    {"n_cpu_moe",
     [](const Row& r) -> Cell {
       return r.candidate.offload ? Cell{Count{r.candidate.offload->cpu_moe}} : Unknown{};
     }},
    {"offload_bytes",
     [](const Row& r) {
       return r.candidate.offload ? needed_cell(r.candidate.offload->total()) : Unknown{};
     }},
    {"decode_tokens_per_second", [](const Row& r) { return value_cell(r, &ShownRates::decode); }},
    {"decode_tokens_per_second_low", [](const Row& r) { return low_cell(r, &ShownRates::decode); }},
    {"decode_tokens_per_second_high",
     [](const Row& r) { return high_cell(r, &ShownRates::decode); }},
    {"prefill_tokens_per_second", [](const Row& r) { return value_cell(r, &ShownRates::prefill); }},
    {"prefill_tokens_per_second_low",
     [](const Row& r) { return low_cell(r, &ShownRates::prefill); }},
    {"prefill_tokens_per_second_high",
     [](const Row& r) { return high_cell(r, &ShownRates::prefill); }},
    {"limit", [](const Row& r) { return text_cell(shown_rates(r.candidate.rates).decode_limit); }},
    {"first_token_seconds", [](const Row& r) { return value_cell(r, &ShownRates::first_token); }},
    {"throughput_tokens_per_second",
     [](const Row& r) { return value_cell(r, &ShownRates::throughput); }},
    {"output_token_seconds", [](const Row& r) { return value_cell(r, &ShownRates::output_token); }},
    {"speed_basis", [](const Row& r) { return text_cell(speed_basis(r.candidate.rates)); }},
    {"usd_per_million_tokens",
     [](const Row& r) { return usd_cell(r.candidate.cost.usd_per_million_tokens); }},
    {"sla_percent", [](const Row& r) { return percent_cell(r, &OfferRecord::sla_percent); }},
    {"sla_instance_percent",
     [](const Row& r) { return percent_cell(r, &OfferRecord::sla_instance_percent); }},
    {"owned_usd_per_hour",
     [](const Row& r) {
       return r.candidate.owning ? usd_cell(r.candidate.owning->usd_per_hour) : Unknown{};
     }},
    {"break_even_months", month_cell},
    {"wh_per_1k_tokens", [](const Row& r) { return energy_cell(r, &Energy::wh); }},
    {"litres_per_1k_tokens", [](const Row& r) { return energy_cell(r, &Energy::litres); }},
    {"grams_co2_per_1k_tokens", [](const Row& r) { return energy_cell(r, &Energy::grams_co2); }},
    {"term",
     [](const Row& r) {
       const auto& cost = r.candidate.cost;
       return cost.offer == nullptr ? Cell{Unknown{}} : text_cell(to_string(cost.term));
     }},
    {"includes", [](const Row& r) { return offer_cell(r, &OfferRecord::includes); }},
    {"billing", [](const Row& r) { return offer_cell(r, &OfferRecord::billing); }},
    {"usd_per_million_input_tokens",
     [](const Row& r) { return usd_cell(r.candidate.cost.usd_per_million_input_tokens); }},
    {"usd_per_request", [](const Row& r) { return usd_cell(r.candidate.cost.usd_per_request); }},
    {"service_purchase_usd",
     [](const Row& r) {
       const bool known = r.candidate.service && r.candidate.service->copies;
       return known ? usd_cell(whole_purchase_usd(r.candidate)) : Unknown{};
     }},
});

}  // namespace

Table flat(const FitView& view) {
  Table table;
  for (const auto& column : flat_columns) {
    table.columns.push_back(
        {std::string(column.name), std::string(column.name), Align::left, 0, {}, false});
  }
  for (const auto& column : flat_service_columns()) {
    table.columns.push_back(
        {std::string(column.name), std::string(column.name), Align::left, 0, {}, false});
  }
  const bool job = view.request.load.batch.has_value();
  for (auto& column : job ? batch_columns() : std::vector<Column>{}) {
    table.columns.push_back(std::move(column));
  }
  for (const auto& format : view.result.formats) {
    for (const auto& candidate : format.candidates) {
      const Row row{view, format, candidate, tightest(candidate)};
      auto& cells = table.rows.emplace_back();
      for (const auto& column : flat_columns) cells.push_back(column.cell(row));
      for (const auto& column : flat_service_columns()) {
        cells.push_back(candidate.service ? column.cell(*candidate.service) : Cell{Unknown{}});
      }
      for (auto& cell : job ? batch_cells(candidate) : std::vector<Cell>{}) {
        cells.push_back(std::move(cell));
      }
    }
  }
  return table;
}

}  // namespace llmfit::render
