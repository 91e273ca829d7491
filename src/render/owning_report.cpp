// SPDX-License-Identifier: MIT
#include "render/owning_report.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "base/numbers.hpp"
#include "render/factor_rows.hpp"
#include "render/figure.hpp"

namespace llmfit::render {
namespace {

constexpr std::string_view not_known = "not known";

/// The first that fits, else the first that holds the model: what a limit forbids has costs too.
const Candidate* first_that_fits(const FormatResult& format) {
  const auto first = [&](auto is_one) {
    const auto found = std::find_if(format.candidates.begin(), format.candidates.end(), is_one);
    return found == format.candidates.end() || !found->owning ? nullptr : &*found;
  };
  const auto* found = first([](const Candidate& candidate) { return candidate.fits; });
  if (found != nullptr) return found;
  return first([](const Candidate& candidate) { return candidate.holds; });
}

/// "11 copies of L4".
std::string hardware_name(const Candidate& candidate) {
  const auto name = set_name(candidate);
  const auto copies = candidate.owning->copies;
  return copies > 1 ? base::grouped(copies) + " copies of " + name : name;
}

/// What is counted where money and power are told: what only reads has no output.
std::string_view tokens_of(const Candidate& candidate) {
  const bool reads = candidate.rates && !candidate.rates->generates;
  return reads ? "input tokens" : "output tokens";
}

std::string years_text(double years) {
  return base::shortest(years) + (years == 1 ? " year" : " years");
}

std::string purchase_text(const Owning& owning) {
  if (!owning.purchase_usd) return "not known; --purchase-usd gives it";
  auto text = base::usd_text(*owning.purchase_usd);
  if (owning.basis == PriceBasis::given) return text + ", as given";
  if (owning.basis == PriceBasis::launch) return text + ", launch price, the cards alone";
  text += ", street price";
  if (!owning.purchase_date.empty()) text.append(" of ").append(owning.purchase_date);
  return text + ", the cards alone";
}

std::string depreciation_text(const Owning& owning) {
  if (!owning.depreciation_usd_per_hour) return std::string(not_known);
  return dollars(*owning.depreciation_usd_per_hour) + " an hour: to nothing over " +
         years_text(owning.depreciation_years) + ", in equal parts";
}

std::string watts_text(const std::optional<double>& watts, bool given) {
  if (!watts) return "not known; --watts gives it";
  return figure(*watts) +
         (given ? " W, as given" : " W, rated power of the cards alone; --watts gives that of all");
}

std::string power_text(const Owning& owning) {
  if (!owning.power_usd_per_hour) return watts_text(owning.watts, owning.watts_given);
  return dollars(*owning.power_usd_per_hour) + " an hour: " + figure(*owning.watts) +
         (owning.watts_given ? " W" : " W rated") + " × PUE " +
         base::shortest(owning.factors->pue->value) + " × $" +
         base::shortest(owning.factors->electricity_price->value) + " a kWh, all hours at work";
}

std::string money_text(const std::optional<double>& hour, const std::optional<double>& month,
                       const std::optional<double>& million, std::string_view tokens) {
  if (!hour || !month) return std::string(not_known);
  auto text = dollars(*hour) + " an hour, " + base::usd_text(*month) + " a month";
  if (!million) return text;
  return text.append(", ").append(dollars(*million)).append(" a million ").append(tokens);
}

/// The machine that is rented may have more cards than the configuration uses.
std::string rent_text(const Candidate& candidate) {
  const auto& cost = candidate.cost;
  if (cost.offer == nullptr || !cost.usd_per_hour) return "no price is known";
  const auto copies = candidate.owning->copies;
  const auto all = [&](const std::optional<double>& each) {
    return each ? std::optional(*each * static_cast<double>(copies)) : std::nullopt;
  };
  auto text = money_text(all(cost.usd_per_hour), all(cost.usd_per_month),
                         cost.usd_per_million_tokens, tokens_of(candidate)) +
              ": ";
  if (copies > 1) text += base::grouped(copies) + " times ";
  text += offer_name(cost);
  const double cards = cost.offer->gpu_count * cost.machines;
  if (cards > card_count(candidate) && cards >= 1) text += ", with " + figure(cards) + " cards";
  return text;
}

std::string break_even_text(const Owning& owning) {
  if (owning.break_even == BreakEven::unknown) return std::string(not_known);
  const auto running = base::usd_text(*owning.running_usd_per_month);
  const auto rent = base::usd_text(*owning.rent_usd_per_month);
  if (owning.break_even == BreakEven::never) {
    const bool hosted = owning.hosting_usd_per_hour > 0;
    return (hosted ? "never: power and hosting take " : "never: power takes ") + running +
           " a month, renting " + rent;
  }
  const auto month = base::grouped(*owning.break_even_months);
  if (owning.break_even == BreakEven::not_within_life) {
    return "not within its life: only in month " + month + ", and it is written off in " +
           years_text(owning.depreciation_years);
  }
  auto text = "in month " + month + ": " + base::usd_text(*owning.purchase_usd) + " + " + month +
              " × " + running + " is at most " + month + " × " + rent;
  // A rented machine has processors, memory and a case; cards of some kinds need a server.
  if (owning.basis != PriceBasis::given) {
    text +=
        "; for the cards alone: the machine around them costs more and puts it off, "
        "--purchase-usd takes the price of all";
  }
  return text;
}

Section buying_section(const Candidate& candidate, std::string heading) {
  const auto& owning = *candidate.owning;
  Pairs pairs;
  pairs.rows.push_back({"purchase", Text{purchase_text(owning)}});
  pairs.rows.push_back({"written off", Text{depreciation_text(owning)}});
  pairs.rows.push_back({"power", Text{power_text(owning)}});
  if (owning.hosting_usd_per_hour > 0) {
    pairs.rows.push_back({"hosting", Text{dollars(owning.hosting_usd_per_hour) + " an hour"}});
  }
  pairs.rows.push_back(
      {"owned", Text{money_text(owning.usd_per_hour, owning.usd_per_month,
                                owning.usd_per_million_tokens, tokens_of(candidate))}});
  pairs.rows.push_back({"rented", Text{rent_text(candidate)}});
  pairs.rows.push_back({"breaks even", Text{break_even_text(owning)}});
  return {std::move(heading), std::move(pairs)};
}

std::string band_text(const Rate& rate, std::string_view unit) {
  auto text = figure(rate.value);
  return text.append(unit)
      .append(" (")
      .append(figure(rate.low))
      .append(" to ")
      .append(figure(rate.high) + ")");
}

std::string energy_text(const Energy& energy) {
  if (!energy.server_wh) return std::string(not_known);
  if (!energy.wh) return band_text(*energy.server_wh, " Wh") + " at the hardware";
  return band_text(*energy.wh, " Wh") + ", of which " + figure(energy.server_wh->value) +
         " at the hardware";
}

/// Whose factors count.
std::string where_text(const Candidate& candidate) {
  const auto* offer = candidate.cost.offer;
  if (offer == nullptr) return "on hardware of one's own";
  std::string text = "at " + std::string(offer->provider);
  return offer->region.empty() ? text : text.append(", ").append(offer->region);
}

/// "; grid: France", and how that is known where it is not told.
std::string grid_text(const Energy& energy) {
  if (!energy.factors || !energy.factors->grid_carbon) return {};
  const auto& grid = *energy.factors->grid_carbon;
  if (grid.given) return "; CO2 of the grid as given";
  auto text = "; grid: " + grid.place;
  switch (energy.factors->grid_basis) {
    case GridBasis::known:
      return text;
    case GridBasis::one_of_several:
      return text + ", one of several places";
    case GridBasis::assumed:
      return text + ", assumed";
    case GridBasis::given:
      return text + ", as given";
  }
  return text;
}

Section energy_section(const Candidate& candidate, std::string heading) {
  const auto& energy = *candidate.energy;
  const auto text = [](const std::optional<Rate>& rate, std::string_view unit) {
    return rate ? band_text(*rate, unit) : std::string(not_known);
  };
  Pairs pairs;
  pairs.rows.push_back({"where", Text{where_text(candidate) + grid_text(energy)}});
  pairs.rows.push_back({"power", Text{watts_text(energy.watts, energy.watts_given)}});
  pairs.rows.push_back({"energy", Text{energy_text(energy)}});
  if (energy.wh_all_hours) {
    pairs.rows.push_back(
        {"idle hours", Text{"not in these figures; with full power in them too " +
                            figure(*energy.wh_all_hours) + " Wh; buying counts them so"}});
  }
  pairs.rows.push_back({"water", Text{text(energy.litres, " L")}});
  pairs.rows.push_back({"CO2", Text{text(energy.grams_co2, " g")}});
  return {std::move(heading), std::move(pairs)};
}

/// A configuration that is shown, and the format that it runs.
struct Shown {
  const FormatResult& format;
  const Candidate& candidate;
};

std::vector<Shown> shown_of(const FitView& view) {
  std::vector<Shown> shown;
  for (const auto& format : view.result.formats) {
    if (const auto* candidate = first_that_fits(format)) shown.push_back({format, *candidate});
  }
  return shown;
}

Cell figure_cell(const std::optional<Rate>& rate) {
  if (!rate) return Unknown{};
  return Text{figure(rate->value)};
}

Cell dollars_cell(const std::optional<double>& usd) {
  if (!usd) return Unknown{};
  return Text{dollars(*usd).substr(1)};
}

Cell basis_cell(const Owning& owning) {
  if (!owning.purchase_usd) return Unknown{};
  return text_cell(to_string(owning.basis));
}

Cell month_cell(const Owning& owning) {
  if (owning.break_even == BreakEven::never) return Text{"never"};
  if (owning.break_even == BreakEven::not_within_life) return Text{"not in its life"};
  return count_cell(owning.break_even_months);
}

Column column(std::string name, std::string header, Align align = Align::right,
              int importance = 0) {
  return {std::move(name), std::move(header), align, importance, {}, false};
}

Section buying_table(const std::vector<Shown>& all) {
  Table table;
  table.columns = {column("quantization", "format", Align::left),
                   column("gpu", "hardware", Align::left),
                   column("purchase_usd", "$ to buy"),
                   {"purchase_basis", "", Align::left, 0, " ", true},
                   column("owned_usd_per_hour", "$/hour owned"),
                   column("usd_per_hour", "$/hour rented"),
                   column("owned_usd_per_million_tokens", "$/M tokens owned", Align::right, 2),
                   column("usd_per_million_tokens", "$/M tokens rented", Align::right, 3),
                   column("break_even_months", "breaks even in month")};
  for (const auto& [format, candidate] : all) {
    const auto& owning = *candidate.owning;
    auto rent = candidate.cost.usd_per_hour;
    if (rent) *rent *= static_cast<double>(owning.copies);
    table.rows.push_back({Id{std::string(format_id(format))}, Text{hardware_name(candidate)},
                          usd_cell(owning.purchase_usd, 0), basis_cell(owning),
                          dollars_cell(owning.usd_per_hour), dollars_cell(rent),
                          dollars_cell(owning.usd_per_million_tokens),
                          dollars_cell(candidate.cost.usd_per_million_tokens), month_cell(owning)});
  }
  return {"buying", std::move(table)};
}

Section energy_table(const std::vector<Shown>& all) {
  Table table;
  table.columns = {column("quantization", "format", Align::left),
                   column("gpu", "hardware", Align::left),
                   column("watts", "W"),
                   column("wh_per_1k_tokens", "Wh"),
                   column("litres_per_1k_tokens", "L"),
                   column("grams_co2_per_1k_tokens", "g CO2")};
  for (const auto& [format, candidate] : all) {
    const auto& energy = *candidate.energy;
    Cell watts = Unknown{};
    if (energy.watts) watts = Text{figure(*energy.watts)};
    table.rows.push_back({Id{std::string(format_id(format))}, Text{hardware_name(candidate)},
                          std::move(watts), figure_cell(energy.wh), figure_cell(energy.litres),
                          figure_cell(energy.grams_co2)});
  }
  return {"energy and water of 1,000 " + std::string(tokens_of(all.front().candidate)),
          std::move(table)};
}

/// What the tables count, in a sentence.
Section terms_of(const OwningRequest& asked) {
  std::string text = asked.purchase_usd ? "Bought for the price given"
                                        : "The cards alone: a machine around them costs more";
  text += ", written off to nothing over " + years_text(asked.depreciation_years);
  text += asked.watts ? "; the watts given" : "; rated power of the cards";
  return {{}, Paragraph{Voice::plain, text + " at all hours."}};
}

}  // namespace

std::vector<Section> owning_sections(const FitView& view) {
  std::vector<Section> sections;
  if (!view.request.owning) return sections;
  const auto shown = shown_of(view);
  if (shown.empty()) return sections;
  if (shown.size() == 1) {
    const auto& candidate = shown.front().candidate;
    const auto hardware = hardware_name(candidate);
    std::string format;
    if (view.result.formats.size() > 1) format.append(format_id(shown.front().format)).append(": ");
    sections.push_back(buying_section(candidate, format + "buying " + hardware));
    sections.push_back(energy_section(candidate, format + "energy and water of 1,000 " +
                                                     std::string(tokens_of(candidate)) + " on " +
                                                     hardware));
  } else {
    sections.push_back(buying_table(shown));
    sections.push_back(energy_table(shown));
    sections.push_back(terms_of(*view.request.owning));
  }
  std::vector<Factor> factors;
  for (const auto& [format, candidate] : shown) {
    const bool rests = candidate.owning->power_usd_per_hour || candidate.energy->wh;
    if (rests) add_factors(factors, candidate);
  }
  if (!factors.empty()) sections.push_back(factor_section(factors));
  if (view.explain) sections.push_back(formula_section());
  return sections;
}

}  // namespace llmfit::render
