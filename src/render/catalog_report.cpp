// SPDX-License-Identifier: MIT
#include "render/catalog_report.hpp"

#include <cmath>
#include <string>
#include <string_view>

#include "base/numbers.hpp"
#include "llmfit/placement.hpp"
#include "render/fit_rules.hpp"

namespace llmfit::render {
namespace {

std::string counted(std::size_t count, std::string_view one, std::string_view many) {
  return base::grouped(static_cast<std::int64_t>(count))
      .append(" ")
      .append(count == 1 ? one : many);
}

Report listing(std::string title, Table table) {
  Report report;
  report.title = std::move(title);
  report.sections.push_back({{}, std::move(table)});
  return report;
}

std::string_view kind_word(const ModelRecord& model) {
  if (model.architecture == nullptr) return "size only";
  switch (model.architecture->dims.kind) {
    case ModelKind::decoder:
      return model.architecture->dims.experts ? "experts" : "decoder";
    case ModelKind::encoder:
      return "encoder";
    case ModelKind::encoder_decoder:
      return "encoder-decoder";
  }
  return {};
}

Cell parameters_cell(std::optional<std::int64_t> count) {
  if (!count) return Unknown{};
  return Parameters{*count};
}

/// Active parameters are news only where they are not all of them.
Cell active_cell(const ModelRecord& model) {
  return model.active_parameters == model.parameters ? Cell{Text{""}}
                                                     : parameters_cell(model.active_parameters);
}

std::string model_flags(const ModelRecord& model) {
  std::string flags = model.parameters_unverified ? "size unverified" : "";
  if (model.from_overlay) flags.append(flags.empty() ? "" : ", ").append("overlay");
  return flags;
}

/// GiB of one device; whole where it is whole.
Cell memory_cell(double memory_gib) {
  return Number{memory_gib, memory_gib == std::floor(memory_gib) ? 0 : 1};
}

Cell usable_cell(const GpuRecord& gpu) { return available_cell(usable_bytes(gpu).usable, 2); }

std::string_view usable_basis(const GpuRecord& gpu) {
  return usable_bytes(gpu).basis == Basis::exact ? "measured" : "estimate";
}

Cell capability_cell(std::optional<std::int32_t> capability) {
  if (!capability) return Unknown{};
  return Text{base::capability_text(*capability)};
}

/// A launch price needs no day.
std::vector<Cell> purchase_cells(const GpuRecord& gpu) {
  const auto price = purchase_price(gpu);
  if (!price.usd) return {Unknown{}, Unknown{}, Text{""}};
  return {Usd{*price.usd, 0}, Text{price.street ? "street" : "launch"},
          price.street ? date_cell(price.date) : Text{""}};
}

Cell cards_cell(const OfferRecord& offer) {
  const bool whole = offer.gpu_count == std::floor(offer.gpu_count);
  return Number{offer.gpu_count, whole ? 0 : 3};
}

std::string_view status_word(OfferStatus status) {
  switch (status) {
    case OfferStatus::listed:
      return "";
    case OfferStatus::retired:
      return "retired";
    case OfferStatus::superseded:
      return "superseded";
  }
  return {};
}

}  // namespace

Report models_report(std::span<const ModelRecord* const> models) {
  Table table;
  table.columns = {{"id", "id", Align::left, 0, {}, false},
                   {"parameters", "parameters", Align::right, 0, {}, false},
                   {"active_parameters", "active", Align::right, 4, {}, true},
                   {"context_length", "context", Align::right, 2, {}, false},
                   {"kind", "kind", Align::left, 6, {}, false},
                   {"license", "licence", Align::left, 5, {}, false},
                   {"commercial_use", "commercial use", Align::left, 7, {}, false},
                   {"name", "name", Align::left, 3, {}, false},
                   {"flags", "remarks", Align::left, 1, {}, true}};
  for (const auto* model : models) {
    table.rows.push_back({Id{std::string(model->id)}, parameters_cell(model->parameters),
                          active_cell(*model), count_cell(model->context_length),
                          Text{std::string(kind_word(*model))}, text_cell(model->license_id),
                          text_cell(model->license_commercial_use), Text{std::string(model->name)},
                          Text{model_flags(*model)}});
  }
  return listing(counted(models.size(), "model", "models"), std::move(table));
}

Report gpus_report(std::span<const GpuRecord* const> gpus) {
  Table table;
  table.columns = {{"id", "id", Align::left, 0, {}, false},
                   {"memory_gib", "GiB", Align::right, 0, {}, false},
                   {"usable_bytes", "usable GiB", Align::right, 0, {}, false},
                   {"usable_basis", "", Align::left, 3, " ", false},
                   {"compute_capability", "compute capability", Align::right, 6, {}, true},
                   {"max_per_machine", "per machine", Align::right, 7, {}, false},
                   {"purchase_usd", "$ to buy", Align::right, 1, {}, false},
                   {"purchase_basis", "", Align::left, 1, " ", false},
                   {"purchase_as_of", "price of", Align::left, 5, {}, true},
                   {"segment", "segment", Align::left, 8, {}, false},
                   {"name", "name", Align::left, 2, {}, false}};
  for (const auto* gpu : gpus) {
    const auto purchase = purchase_cells(*gpu);
    table.rows.push_back({Id{std::string(gpu->id)}, memory_cell(gpu->memory_gib), usable_cell(*gpu),
                          Text{std::string(usable_basis(*gpu))},
                          capability_cell(gpu->compute_capability), Count{gpu->max_per_machine},
                          purchase[0], purchase[1], purchase[2], text_cell(gpu->segment),
                          Text{std::string(gpu->name)}});
  }
  return listing(counted(gpus.size(), "card", "cards"), std::move(table));
}

Report offers_report(std::span<const OfferRecord* const> offers) {
  Table table;
  table.columns = {{"provider", "provider", Align::left, 0, {}, false},
                   {"instance", "instance", Align::left, 0, {}, false},
                   {"gpu", "card", Align::left, 0, {}, false},
                   {"gpu_count", "cards", Align::right, 0, {}, false},
                   {"usd_per_hour", "$/hour", Align::right, 0, {}, false},
                   {"usd_per_hour_spot", "spot $/hour", Align::right, 3, {}, true},
                   {"usd_per_hour_reserved_1y", "1 year $/hour", Align::right, 8, {}, true},
                   {"usd_per_hour_reserved_3y", "3 years $/hour", Align::right, 9, {}, true},
                   {"region", "region", Align::left, 5, {}, false},
                   {"as_of", "price of", Align::left, 2, {}, false},
                   {"kind", "kind", Align::left, 6, {}, false},
                   {"status", "remarks", Align::left, 1, {}, true},
                   {"uptime_percent", "uptime %", Align::left, 7, {}, true}};
  for (const auto* offer : offers) {
    const auto card = offer->gpu.empty() ? std::string_view("none") : offer->gpu;
    table.rows.push_back(
        {Id{std::string(offer->provider)}, text_cell(offer->instance), Id{std::string(card)},
         cards_cell(*offer), usd_cell(offer->usd_per_hour), usd_cell(offer->usd_per_hour_spot),
         usd_cell(offer->usd_per_hour_reserved_1y), usd_cell(offer->usd_per_hour_reserved_3y),
         text_cell(offer->region), date_cell(offer->as_of), text_cell(offer->kind),
         Text{std::string(status_word(offer->status))}, uptime_cell(offer)});
  }
  return listing(counted(offers.size(), "offer", "offers"), std::move(table));
}

}  // namespace llmfit::render
