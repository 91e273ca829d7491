// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/text.hpp"
#include "render/checks_report.hpp"

namespace llmfit::render {
namespace {

/// Control characters and bytes that are no UTF-8 come as \xNN; the two noncharacters that XML 1.0
/// refuses beside them are dropped.
std::string legal_line(std::string_view line) {
  auto text = base::printable(line);
  for (const std::string_view refused : {"\xEF\xBF\xBE", "\xEF\xBF\xBF"}) {
    for (auto at = text.find(refused); at != std::string::npos; at = text.find(refused)) {
      text.erase(at, refused.size());
    }
  }
  return text;
}

std::string escaped(std::string_view line) {
  std::string out;
  for (const char c : legal_line(line)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string attribute(std::string_view name, std::string_view value) {
  return std::string(" ").append(name).append("=\"").append(escaped(value)).append("\"");
}

std::string counts(std::size_t tests, std::size_t failures) {
  return attribute("tests", std::to_string(tests)) +
         attribute("failures", std::to_string(failures)) + attribute("errors", "0") +
         attribute("skipped", "0");
}

void add_failure(std::string& out, const CheckSummary& check) {
  const auto sentences = why_not(check);
  out.append("      <failure").append(attribute("message", sentences.front()));
  out.append(attribute("type", check.reason ? to_string(*check.reason) : "commercial")).append(">");
  for (std::size_t i = 0; i < sentences.size(); ++i) {
    out.append(i == 0 ? "" : "\n").append(escaped(sentences[i]));
  }
  out.append("</failure>\n");
}

void add_case(std::string& out, const CheckSummary& check) {
  out.append("    <testcase").append(attribute("name", check.name));
  out.append(attribute("classname", "llmfit.check")).append(">\n");
  if (!check.fits) add_failure(out, check);
  const auto measure = measure_text(check);
  if (!measure.empty()) out.append("      <system-out>" + escaped(measure) + "</system-out>\n");
  out.append("    </testcase>\n");
}

}  // namespace

std::string checks_junit(const ChecksView& view) {
  const auto failures = static_cast<std::size_t>(
      std::count_if(view.checks.begin(), view.checks.end(),
                    [](const CheckSummary& check) { return !check.fits; }));
  const auto numbers = counts(view.checks.size(), failures);
  std::string out = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
  out.append("<testsuites" + attribute("name", "llmfit") + numbers + ">\n");
  const auto suite = view.file.empty() ? std::string_view("llmfit check") : view.file;
  out.append("  <testsuite" + attribute("name", suite) + numbers + ">\n");
  for (const auto& check : view.checks) add_case(out, check);
  return out + "  </testsuite>\n</testsuites>\n";
}

}  // namespace llmfit::render
