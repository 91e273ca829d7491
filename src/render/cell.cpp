// SPDX-License-Identifier: MIT
#include "render/cell.hpp"

#include <array>
#include <cmath>

namespace llmfit::render {
namespace {

struct Scale {
  double unit;
  std::string_view suffix;
};

constexpr std::array<Scale, 4> parameter_scales{
    {{1e12, " T"}, {1e9, " B"}, {1e6, " M"}, {1e3, " k"}}};

/// Three significant digits, as people name model sizes.
std::string parameters_text(std::int64_t value) {
  for (const auto& scale : parameter_scales) {
    const double scaled = static_cast<double>(value) / scale.unit;
    if (scaled < 0.9995) continue;
    const int digits = scaled < 9.995 ? 2 : scaled < 99.95 ? 1 : 0;
    return base::fixed(scaled, digits).append(scale.suffix);
  }
  return std::to_string(value);
}

/// As in a sentence; the dollar sign is in the heading.
std::string money_text(const Usd& usd) {
  const double size = std::abs(usd.value);
  if (size >= 1000 || (size > 0 && size < 0.1)) return base::usd_text(usd.value).substr(1);
  return base::fixed(usd.value, usd.digits);
}

struct Human {
  std::string operator()(const Unknown&) const { return "-"; }
  std::string operator()(const Text& cell) const { return cell.value; }
  std::string operator()(const Id& cell) const { return cell.value; }
  std::string operator()(const Count& cell) const { return base::grouped(cell.value); }
  std::string operator()(const Parameters& cell) const { return parameters_text(cell.value); }
  std::string operator()(const Size& cell) const {
    return base::gib_text(cell.bytes, cell.round, cell.digits);
  }
  std::string operator()(const Usd& cell) const { return money_text(cell); }
  std::string operator()(const Number& cell) const {
    const bool large = cell.digits == 0 && std::abs(cell.value) >= 1000;
    return large ? base::grouped_whole(cell.value) : base::fixed(cell.value, cell.digits);
  }
  std::string operator()(const Date& cell) const { return cell.value; }
  std::string operator()(const Verdict& cell) const { return cell.word; }
};

struct Raw {
  std::string operator()(const Unknown&) const { return {}; }
  std::string operator()(const Text& cell) const { return cell.value; }
  std::string operator()(const Id& cell) const { return cell.value; }
  std::string operator()(const Count& cell) const { return std::to_string(cell.value); }
  std::string operator()(const Parameters& cell) const { return std::to_string(cell.value); }
  std::string operator()(const Size& cell) const { return std::to_string(cell.bytes.count()); }
  std::string operator()(const Usd& cell) const {
    return base::shortest(base::without_noise(cell.value));
  }
  std::string operator()(const Number& cell) const {
    return base::shortest(base::without_noise(cell.value));
  }
  std::string operator()(const Date& cell) const { return cell.value; }
  std::string operator()(const Verdict& cell) const { return cell.yes ? "true" : "false"; }
};

Cell size_cell(std::optional<Bytes> value, base::Round round, int digits) {
  if (!value) return Unknown{};
  return Size{*value, round, digits};
}

}  // namespace

std::string human(const Cell& cell) { return std::visit(Human{}, cell); }

std::string raw(const Cell& cell) { return std::visit(Raw{}, cell); }

bool is_unknown(const Cell& cell) { return std::holds_alternative<Unknown>(cell); }

Cell text_cell(std::string_view value) {
  if (value.empty()) return Unknown{};
  return Text{std::string(value)};
}

Cell date_cell(std::string_view value) {
  if (value.empty()) return Unknown{};
  return Date{std::string(value)};
}

Cell count_cell(std::optional<std::int64_t> value) {
  if (!value) return Unknown{};
  return Count{*value};
}

Cell usd_cell(std::optional<double> value, int digits) {
  if (!value) return Unknown{};
  return Usd{*value, digits};
}

Cell needed_cell(std::optional<Bytes> value, int digits) {
  return size_cell(value, base::Round::up, digits);
}

Cell available_cell(std::optional<Bytes> value, int digits) {
  return size_cell(value, base::Round::down, digits);
}

}  // namespace llmfit::render
