// SPDX-License-Identifier: MIT
// The lines of llama.cpp that tell how large its buffers are: src/llama-model.cpp,
// src/llama-kv-cache.cpp, src/llama-memory-recurrent.cpp, src/llama-context.cpp.
#include <array>

#include "logs/draft.hpp"

namespace llmfit::logs {
namespace {

/// Old builds write MB and mean 2^20 bytes too.
constexpr double mebibyte = 1048576.0;

struct Kind {
  std::string_view word;
  Measure measure;
};
constexpr auto kinds = std::to_array<Kind>({{" model", Measure::weights},
                                            {" KV", Measure::kv_cache},
                                            {" RS", Measure::state},
                                            {" compute", Measure::compute},
                                            {" output", Measure::output}});

/// The figure behind "… = ", which is in MiB; absent where it is another sentence.
std::optional<Printed> mebibytes(std::string_view rest) {
  rest = trimmed(rest);
  if (rest.empty() || (rest.front() != '=' && rest.front() != ':')) return std::nullopt;
  rest.remove_prefix(1);
  const auto unit = rest.find("MiB");
  if (unit == std::string_view::npos && rest.find(" MB") == std::string_view::npos) {
    return std::nullopt;
  }
  return printed(rest);
}

/// A buffer of nothing was planned and not allocated: another line tells its size.
void add(Draft& draft, Measure measure, std::string_view device, Printed amount) {
  if (amount.value == 0) return;
  if (measure == Measure::kv_cache && draft.windowed) measure = Measure::window_cache;
  draft.facts.engine = Engine::llama_cpp;
  add_reading(draft, measure, device, amount, mebibyte);
}

/// "llama_kv_cache:      CUDA0 KV buffer size =  4352.00 MiB"
void take_buffer(Draft& draft, std::string_view head, std::string_view rest) {
  const auto amount = mebibytes(rest);
  if (!amount) return;
  const bool loads = head.find("load_tensors:") != std::string_view::npos;
  auto measure = loads ? std::optional(Measure::weights) : std::nullopt;
  head = trimmed(head);
  for (const auto& kind : kinds) {
    if (!head.ends_with(kind.word)) continue;
    measure = kind.measure;
    head.remove_suffix(kind.word.size());
  }
  const auto device = last_word(head);
  if (measure && !device.empty() && device.back() != ':') {
    add(draft, *measure, device, *amount);
  }
}

/// "K (q8_0): …, V (q8_0): …"
void take_types(Draft& draft, std::string_view rest) {
  if (const auto k = after(rest, "K (")) set_flag(draft, "cache-type-k", kept(until(*k, ")")));
  if (const auto v = after(rest, "V (")) set_flag(draft, "cache-type-v", kept(until(*v, ")")));
}

/// "KV self size  = 1024.00 MiB, K (f16):  512.00 MiB, V (f16):  512.00 MiB"
void take_self_size(Draft& draft, std::string_view rest) {
  const auto amount = mebibytes(rest);
  if (!amount) return;
  add(draft, Measure::kv_cache, {}, *amount);
  take_types(draft, rest);
}

/// "size = 1280.00 MiB (  4096 cells,  80 layers,  1/1 seqs), K (f16):  640.00 MiB, V (f16): …"
void take_cache(Draft& draft, std::string_view rest) {
  const auto amount = mebibytes(rest);
  if (!amount || !after(rest, " cells")) return;
  const bool recurrent = after(rest, ", R (").has_value();
  add(draft, recurrent ? Measure::state : Measure::kv_cache, {}, *amount);
  if (!recurrent) take_types(draft, rest);
}

/// Builds of 2023: everything on one card or in host memory, under words of their own.
struct OldLine {
  std::string_view key;
  Measure measure;
  std::string_view device;
};
constexpr auto old_lines =
    std::to_array<OldLine>({{"load_tensors: VRAM used", Measure::weights, "GPU"},
                            {"load_tensors: mem required ", Measure::weights, "CPU"},
                            {"compute buffer total size", Measure::compute, "CPU"},
                            {"VRAM scratch buffer", Measure::compute, "GPU"}});

void take_old(Draft& draft, std::string_view line) {
  for (const auto& old : old_lines) {
    const auto rest = after(line, old.key);
    const auto amount = rest ? mebibytes(*rest) : std::nullopt;
    if (amount) add(draft, old.measure, old.device, *amount);
  }
}

/// Buffers of a vision or audio tower's own graph.
bool is_of_tower(std::string_view line) {
  return after(line, "alloc_compute_meta").has_value() || after(line, "clip").has_value();
}

}  // namespace

void take_llama_cpp_buffer(Draft& draft, std::string_view line) {
  if (is_of_tower(line)) return;
  const auto at = line.find("buffer size");
  if (at != std::string_view::npos) {
    take_buffer(draft, line.substr(0, at),
                line.substr(at + std::string_view("buffer size").size()));
  }
  if (const auto rest = after(line, "KV self size")) take_self_size(draft, *rest);
  if (const auto rest = after(line, "kv self size")) take_self_size(draft, *rest);
  if (const auto rest = after(line, ": size")) take_cache(draft, *rest);
  take_old(draft, line);
}

}  // namespace llmfit::logs
