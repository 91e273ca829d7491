// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "cli/errors.hpp"
#include "cli/session.hpp"

namespace llmfit::cli {
namespace {

std::string counted(std::size_t faults) {
  return std::to_string(faults) + (faults == 1 ? " fault" : " faults");
}

/// "FILE: ok", or the faults of the file, one a line, each with its place.
std::string verdict(const std::string& path, const std::vector<CatalogFault>& faults) {
  const auto name = base::printable(path);
  if (faults.empty()) return name + ": ok\n";
  std::string text = name + ": " + counted(faults.size()) + "\n";
  for (const auto& fault : faults) {
    text += "  ";
    if (!fault.pointer.empty()) text += base::printable(fault.pointer) + ": ";
    text += base::printable(fault.message) + "\n";
  }
  return text;
}

Result<Outcome> validate(Session& session, const Catalog& catalog) {
  const auto& words = session.arguments.words;
  if (words.size() < 2) {
    return fail(ErrorCode::usage, "`llmfit catalog validate` needs at least one FILE",
                "llmfit catalog validate my-cards.json", "validate");
  }
  Outcome outcome;
  for (std::size_t i = 1; i < words.size(); ++i) {
    auto text = session.environment.read(words[i]);
    if (!text) return pass(text);
    const auto faults = validate_catalog(catalog, *text);
    outcome.text += verdict(words[i], faults);
    if (!faults.empty()) outcome.code = 1;
  }
  return outcome;
}

}  // namespace

Result<Outcome> run_catalog(Session& session) {
  auto catalog = session.catalog.get();
  if (!catalog) return pass(catalog);
  const auto& words = session.arguments.words;
  if (words.front() == "validate") return validate(session, **catalog);
  if (words.size() > 1) {
    return fail(ErrorCode::usage, "`llmfit catalog export` takes no other word",
                "--output FILE writes it to a file", words[1]);
  }
  return Outcome{export_catalog(**catalog), 0};
}

}  // namespace llmfit::cli
