// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "cli/date.hpp"
#include "cli/help.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/render.hpp"

namespace llmfit::cli {
namespace {

void add(render::Pairs& pairs, std::string label, const std::string& value) {
  pairs.rows.push_back({std::move(label), render::text_cell(base::printable(value))});
}

std::string counted(std::size_t count) { return base::grouped(static_cast<std::int64_t>(count)); }

/// "2026-08-22, 12 days old".
std::string age(std::string_view date, const std::string& now) {
  const auto days = days_between(date, now);
  if (!days || *days < 0) return std::string(date);
  return std::string(date) + ", " + std::to_string(*days) + (*days == 1 ? " day old" : " days old");
}

render::Pairs catalog_pairs(Session& session) {
  render::Pairs pairs;
  const auto own = session.catalog.get();
  const Catalog& catalog = own ? **own : Catalog::builtin();
  add(pairs, "version", std::string(catalog.version()));
  add(pairs, "prices", age(catalog.prices_as_of(), today(session.environment)));
  add(pairs, "models", counted(catalog.models().size()));
  add(pairs, "cards", counted(catalog.gpus().size()));
  add(pairs, "offers", counted(catalog.offers().size()));
  add(pairs, "formats", counted(catalog.formats().size()));
  for (const auto& overlay : session.catalog.overlays()) {
    add(pairs, "overlay", overlay.path + " (" + overlay.origin + ")");
  }
  if (session.catalog.overlays().empty()) add(pairs, "overlay", "none");
  if (!own) add(pairs, "error", own.error().message + " (" + own.error().where + ")");
  return pairs;
}

/// Bytes of a line such as "MemTotal:  65536 kB"; absent where there is none.
std::optional<Bytes> meminfo(const std::string& text, std::string_view name) {
  const auto start = text.find(name);
  if (start == std::string::npos) return std::nullopt;
  const auto digits = text.find_first_of("0123456789", start + name.size());
  const auto end = text.find_first_not_of("0123456789", digits);
  if (digits == std::string::npos || end == std::string::npos) return std::nullopt;
  const auto kib = base::parse_int(std::string_view(text).substr(digits, end - digits));
  return kib ? std::optional(Bytes{*kib} * 1024) : std::nullopt;
}

/// The memory limit of the control group, version 2 before version 1; absent: none, or "max".
std::optional<Bytes> group_limit(const Environment& environment) {
  for (const char* const path :
       {"/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"}) {
    const auto text = environment.read(path);
    if (!text) continue;
    const auto limit = base::parse_int(text->substr(0, text->find('\n')));
    // Version 1 writes "no limit" as the largest number of pages.
    if (limit && *limit < (std::int64_t{1} << 60)) return Bytes{*limit};
  }
  return std::nullopt;
}

std::string gib(std::optional<Bytes> bytes, std::string_view otherwise) {
  return bytes ? base::gib_text(*bytes, base::Round::down) + " GiB" : std::string(otherwise);
}

render::Pairs hardware_pairs(const Environment& environment) {
  render::Pairs pairs;
  const auto info = environment.read("/proc/meminfo").value_or("");
  add(pairs, "host memory", gib(meminfo(info, "MemTotal:"), "unknown") + " (/proc/meminfo)");
  add(pairs, "available", gib(meminfo(info, "MemAvailable:"), "unknown") + " (/proc/meminfo)");
  add(pairs, "control group", gib(group_limit(environment), "no limit"));
  add(pairs, "cards", "not detected in this version; name them with --gpu");
  return pairs;
}

render::Pairs terminal_pairs(const Session& session) {
  render::Pairs pairs;
  const auto& choice = session.terminal;
  const auto& width = choice.terminal.width;
  add(pairs, "colour",
      std::string(choice.terminal.colour ? "on" : "off") + ": " + choice.colour_reason);
  add(pairs, "width",
      (width ? std::to_string(*width) : std::string("unlimited")) + ": " + choice.width_reason);
  add(pairs, "characters",
      std::string(choice.terminal.unicode ? "UTF-8" : "ASCII") + ": " + choice.unicode_reason);
  return pairs;
}

render::Pairs environment_pairs(const Environment& environment) {
  render::Pairs pairs;
  for (const auto& variable : variables()) {
    const auto value = environment.variable(std::string(variable.name).c_str());
    add(pairs, std::string(variable.name), value.empty() ? "not set" : value);
  }
  return pairs;
}

}  // namespace

Result<Outcome> run_doctor(Session& session) {
  render::Report report;
  report.title = "llmfit " + std::string(version);
  report.sections.push_back({"Catalog", catalog_pairs(session)});
  report.sections.push_back({"Hardware", hardware_pairs(session.environment)});
  report.sections.push_back({"Terminal", terminal_pairs(session)});
  report.sections.push_back({"Environment", environment_pairs(session.environment)});
  return Outcome{render_table(report, session.terminal.terminal), 0};
}

}  // namespace llmfit::cli
