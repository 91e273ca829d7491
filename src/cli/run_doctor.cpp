// SPDX-License-Identifier: MIT
#include <algorithm>

#include "cli/date.hpp"
#include "cli/help.hpp"
#include "cli/local.hpp"
#include "cli/session.hpp"
#include "cli/version.hpp"
#include "render/doctor.hpp"
#include "render/render.hpp"

namespace llmfit::cli {
namespace {

/// "2026-08-22, 12 days old".
std::string age(std::string_view date, const std::string& now) {
  const auto days = days_between(date, now);
  if (!days || *days < 0) return std::string(date);
  return std::string(date) + ", " + std::to_string(*days) + (*days == 1 ? " day old" : " days old");
}

/// Every card in the order in which it was found, also those of unknown memory.
std::vector<render::DoctorCard> doctor_cards(const Machine& machine, const KnownCards& known) {
  std::vector<render::DoctorCard> cards;
  for (const auto& found : machine.cards) {
    const auto card = std::find_if(known.cards.begin(), known.cards.end(),
                                   [&](const KnownCard& it) { return it.found == &found; });
    if (card == known.cards.end()) {
      cards.push_back({&found, nullptr, false, {}});
    } else {
      cards.push_back({&found, card->gpu, card->in_catalog, local_device(*card)});
    }
  }
  return cards;
}

std::vector<render::DoctorChoice> terminal_choices(const TerminalChoice& choice) {
  const auto& width = choice.terminal.width;
  return {{"colour", choice.terminal.colour ? "on" : "off", choice.colour_reason},
          {"width", width ? std::to_string(*width) : std::string("unlimited"), choice.width_reason},
          {"characters", choice.terminal.unicode ? "UTF-8" : "ASCII", choice.unicode_reason}};
}

}  // namespace

Result<Outcome> run_doctor(Session& session) {
  const auto own = session.catalog.get();
  const Catalog& catalog = own ? **own : Catalog::builtin();
  const auto machine = detect(session.environment.probes());
  const auto known = recognise(machine, catalog);
  render::DoctorView view{version, catalog, age(catalog.prices_as_of(), today(session.environment)),
                          {},      {},      machine,
                          {},      {},      {}};
  for (const auto& overlay : session.catalog.overlays()) {
    view.overlays.push_back(overlay.path + " (" + overlay.origin + ")");
  }
  if (!own) view.catalog_error = own.error().message + " (" + own.error().where + ")";
  view.cards = doctor_cards(machine, known);
  view.terminal = terminal_choices(session.terminal);
  for (const auto& variable : variables()) {
    const std::string name(variable.name);
    view.environment.emplace_back(name, session.environment.variable(name.c_str()));
  }
  if (session.arguments.has(Option::json)) return Outcome{render::doctor_json(view), 0};
  return Outcome{render_table(render::doctor_report(view), session.terminal.terminal), 0};
}

}  // namespace llmfit::cli
