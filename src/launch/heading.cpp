// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "launch/kinds.hpp"

namespace llmfit::launch {
namespace {

std::string cards(const Candidate& candidate) {
  if (candidate.gpus.empty()) return "host memory alone";
  std::string text;
  for (const auto& part : candidate.gpus) {
    text += text.empty() ? "" : " + ";
    text.append(base::shortest(part.count)).append(" x ").append(part.gpu->name);
  }
  const auto nodes = candidate.split.nodes;
  return nodes > 1 ? text + " in " + std::to_string(nodes) + " machines" : text;
}

std::string subject(const LaunchQuestion& question) {
  const auto& format = question.format;
  return question.model.name + ", " + std::string(format.choice.format->name) + ", " +
         std::string(to_string(format.choice.engine)) + " " + question.engine_version + ", on " +
         cards(question.candidate);
}

std::string load(const LaunchQuestion& question) {
  const auto& workload = *question.format.workload;
  auto text = "Sized by llmfit " + question.version + " for " + base::grouped(workload.sequences) +
              (workload.sequences == 1 ? " sequence of " : " sequences of ") +
              base::grouped(workload.context) + " tokens";
  if (!question.model.cache_unknown) text += ", KV cache " + kv_type_name(workload);
  const auto* device = tightest(question.candidate);
  if (device == nullptr) return text + ".";
  return text + ": " + base::gib_text(device->load.total(), base::Round::up) + " of " +
         base::gib_text(device->usable, base::Round::down) +
         (question.candidate.devices.size() > 1 ? " GiB on the fullest card." : " GiB.");
}

/// What was left to the host, and how much of its memory that takes.
std::string host(const Candidate& candidate) {
  if (!candidate.offload || candidate.offload->total() == Bytes{0}) return {};
  return base::gib_text(candidate.offload->total(), base::Round::up) +
         " GiB lie in the machine's own memory.";
}

std::string offer(const Cost& cost) {
  if (cost.offer == nullptr) return {};
  std::string text = "Offer: ";
  if (cost.machines > 1) text += std::to_string(cost.machines) + " x ";
  text.append(cost.offer->provider);
  for (const auto part : {cost.offer->instance, cost.offer->region}) {
    if (!part.empty()) text.append(text.back() == ',' ? " " : ", ").append(part);
  }
  if (cost.usd_per_hour) {
    text += ", " + base::usd_text(*cost.usd_per_hour) + " an hour" +
            (cost.term == RentalTerm::on_demand ? " on demand"
                                                : " (" + std::string(describe(cost.term)) + ")");
  }
  const auto day = price_date(cost);
  return day.empty() ? text + "." : text + ", price of " + std::string(day) + ".";
}

}  // namespace

bool needs_token(const LaunchQuestion& question, const Server& server) {
  return question.place.gated && server.downloads;
}

std::vector<std::string> heading(const LaunchQuestion& question, const Server& server) {
  std::vector<std::string> lines = {subject(question), load(question)};
  if (auto line = host(question.candidate); !line.empty()) lines.push_back(std::move(line));
  if (auto line = offer(question.candidate.cost); !line.empty()) lines.push_back(std::move(line));
  if (needs_token(question, server)) {
    lines.push_back(question.place.repository +
                    " asks you to accept its licence; HF_TOKEN is your token.");
  }
  lines.insert(lines.end(), server.remarks.begin(), server.remarks.end());
  for (auto& line : lines) line = base::printable(line);
  return lines;
}

std::string commented(const std::vector<std::string>& lines) {
  constexpr std::size_t columns = 98;
  std::string text;
  for (const auto& line : lines) {
    for (const auto& part : base::wrap(line, columns)) text.append("# ").append(part).append("\n");
  }
  return text;
}

}  // namespace llmfit::launch
