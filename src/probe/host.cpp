// SPDX-License-Identifier: MIT
#include <algorithm>

#include "base/text.hpp"
#include "probe/lines.hpp"
#include "probe/sources.hpp"

namespace llmfit::probe {
namespace {

std::optional<Bytes> from_kib(std::optional<Bytes> kib) {
  return kib ? std::optional(*kib * 1024) : std::nullopt;
}

void read_memory(const Probes& probes, Machine& machine) {
  const std::string path = "/proc/meminfo";
  const auto text = probes.read(path);
  if (!text) return add_finding(machine, path, ProbeState::absent, text.error().message);
  const Lines lines(*text, ':');
  machine.memory = from_kib(lines.bytes("MemTotal"));
  machine.available = from_kib(lines.bytes("MemAvailable"));
  if (!machine.memory || !is_plausible(*machine.memory)) {
    machine.memory.reset();
    machine.available.reset();
    return add_finding(machine, path, ProbeState::failed, "no MemTotal that makes sense");
  }
  if (machine.available && *machine.available > *machine.memory) machine.available.reset();
  add_finding(machine, path, ProbeState::found,
              gib_text(machine.memory) + ", " + gib_text(machine.available) + " available");
}

/// One hierarchy of control groups: where it is, and its files.
struct Hierarchy {
  std::string_view root;
  std::string_view limit;
  std::string_view usage;
  std::string_view inactive;  ///< line of memory.stat: file cache that goes when memory is short
};
constexpr Hierarchy version_2{"/sys/fs/cgroup", "/memory.max", "/memory.current", "inactive_file"};
constexpr Hierarchy version_1{"/sys/fs/cgroup/memory", "/memory.limit_in_bytes",
                              "/memory.usage_in_bytes", "total_inactive_file"};

/// Version 1 writes "no limit" as the largest number of whole pages.
constexpr std::int64_t no_limit = std::int64_t{1} << 60;

std::optional<Bytes> used_in(const Probes& probes, const Hierarchy& kind, const std::string& path) {
  const auto usage = probes.read(path + std::string(kind.usage));
  auto used = usage ? bytes_in(*usage) : std::nullopt;
  if (!used) return std::nullopt;
  const auto stat = probes.read(path + "/memory.stat");
  if (!stat) return used;
  const auto cached = Lines(*stat, ' ').bytes(kind.inactive).value_or(Bytes{0});
  return std::max(Bytes{0}, *used - cached);
}

void keep_limit(const Probes& probes, Machine& machine, const Hierarchy& kind,
                const std::string& path) {
  const auto text = probes.read(path + std::string(kind.limit));
  const auto limit = text ? bytes_in(*text) : std::nullopt;
  if (!limit || limit->count() >= no_limit) return;
  if (machine.group_limit && *machine.group_limit <= *limit) return;
  machine.group_limit = limit;
  machine.group_used = used_in(probes, kind, path);
}

/// Each group up to the root has a limit of its own, and the least counts. In a container the path
/// may be the host's, of which only the root is there.
void walk_up(const Probes& probes, Machine& machine, const Hierarchy& kind, std::string group) {
  constexpr int most_levels = 64;
  for (int level = 0; level < most_levels; ++level) {
    while (!group.empty() && group.back() == '/') group.pop_back();
    keep_limit(probes, machine, kind, std::string(kind.root) + group);
    if (group.empty()) return;
    group.erase(std::min(group.rfind('/'), group.size()));
  }
}

/// The path of llmfit's own group: "0::/path" of version 2, "N:…memory…:/path" of version 1.
std::string own_group(std::string_view text, bool second) {
  for (const auto& line : base::split(text, '\n')) {
    const auto first = line.find(':');
    const auto last = line.find(':', first + 1);
    if (first == std::string::npos || last == std::string::npos) continue;
    const auto controllers = "," + line.substr(first + 1, last - first - 1) + ",";
    const bool wanted =
        second ? controllers == ",," : controllers.find(",memory,") != controllers.npos;
    if (wanted) return line.substr(last + 1);
  }
  return {};
}

void read_groups(const Probes& probes, Machine& machine) {
  const std::string path = "/proc/self/cgroup";
  const auto text = probes.read(path);
  const auto groups = text.value_or("");
  walk_up(probes, machine, version_2, own_group(groups, true));
  walk_up(probes, machine, version_1, own_group(groups, false));
  if (machine.group_limit) {
    return add_finding(
        machine, "control group", ProbeState::found,
        "limit " + gib_text(machine.group_limit) + ", " + gib_text(machine.group_used) + " in use");
  }
  add_finding(machine, "control group", ProbeState::absent,
              text ? "no limit" : text.error().message);
}

void read_processor(const Probes& probes, Machine& machine) {
  const std::string path = "/proc/cpuinfo";
  const auto text = probes.read(path);
  if (!text) return add_finding(machine, path, ProbeState::absent, text.error().message);
  const Lines lines(*text, ':');
  for (const auto* name : {"model name", "Model", "Hardware", "cpu model"}) {
    if (const auto value = lines.text(name); value && !value->empty()) {
      machine.processor = first_line(*value);
      return add_finding(machine, path, ProbeState::found, machine.processor);
    }
  }
  add_finding(machine, path, ProbeState::absent, "no name of a model");
}

/// Systems on which a card is found in another way, or is not seen at all.
void read_system(const Probes& probes, Machine& machine) {
  const auto board = probes.read("/proc/device-tree/model");
  if (board) {
    machine.system = first_line(board->substr(0, board->find('\0')));
    return add_finding(machine, "/proc/device-tree/model", ProbeState::found, machine.system);
  }
  const auto kernel = probes.read("/proc/sys/kernel/osrelease");
  if (!kernel || base::lower(*kernel).find("microsoft") == std::string::npos) return;
  machine.system = "WSL";
  add_finding(machine, "/proc/sys/kernel/osrelease", ProbeState::found,
              first_line(*kernel) + ": WSL, whose memory is a part of the computer's");
}

}  // namespace

void probe_host(const Probes& probes, Machine& machine) {
  read_processor(probes, machine);
  read_memory(probes, machine);
  read_groups(probes, machine);
  read_system(probes, machine);
}

}  // namespace llmfit::probe
