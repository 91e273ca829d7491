// SPDX-License-Identifier: MIT
#include "base/text.hpp"
#include "render/checks_report.hpp"

namespace llmfit::render {
namespace {

/// GitHub's runner undoes these in the text of a command, and the last two in its properties only
/// (actions/toolkit: packages/core/src/command.ts).
std::string escaped(std::string_view text, bool property) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      case ':':
        out += property ? "%3A" : ":";
        break;
      case ',':
        out += property ? "%2C" : ",";
        break;
      default:
        out += c;
    }
  }
  return out;
}

void add_command(std::string& out, std::string_view command, const ChecksView& view,
                 const CheckSummary& check, const std::string& message) {
  out.append("::").append(command).append(" ");
  if (!view.file.empty()) {
    out.append("file=").append(escaped(base::printable(view.file), true)).append(",");
  }
  const auto title = base::printable(check.name) + " " + std::string(verdict_text(check));
  out.append("title=").append(escaped(title, true)).append("::");
  out.append(escaped(message, false)).append("\n");
}

std::string no_message(const CheckSummary& check) {
  std::string text;
  for (const auto& sentence : why_not(check)) {
    text.append(text.empty() ? "" : "\n").append(sentence);
  }
  return text;
}

void add_check(std::string& out, const ChecksView& view, const CheckSummary& check) {
  if (!check.fits) return add_command(out, "error", view, check, no_message(check));
  add_command(out, "notice", view, check, measure_text(check));
  for (const auto& note : check.notes) {
    if (severity(note.code) == Severity::warning) {
      add_command(out, "warning", view, check, text(note));
    }
  }
}

}  // namespace

std::string checks_github(const ChecksView& view) {
  std::string out;
  for (const auto& check : view.checks) add_check(out, view, check);
  return out;
}

}  // namespace llmfit::render
