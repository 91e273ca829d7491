// SPDX-License-Identifier: MIT
#include "sizing/workload_offload.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <string>

#include "base/numbers.hpp"
#include "base/text.hpp"
#include "sizing/engine_values.hpp"

namespace llmfit::sizing {
namespace {

constexpr std::int32_t every_block = std::numeric_limits<std::int32_t>::max();

/// Blocks as llama.cpp counts them: those that only draft are among them.
std::int64_t counted_blocks(const Model& model) {
  return static_cast<std::int64_t>(model.layers.size()) + model.arch.mtp_layers;
}

std::optional<std::int32_t> block_count(std::string_view typed) {
  const auto value = base::parse_int(typed);
  if (!value || *value < 0 || *value > every_block) return std::nullopt;
  return static_cast<std::int32_t>(*value);
}

Result<void> refuse_unknown_blocks(const Draft& draft, const Setting& setting) {
  if (draft.model.arch.kind == ModelKind::encoder_decoder) {
    return not_computed(setting, "leave it out: how an encoder beside a decoder is divided is not");
  }
  if (!draft.model.layers.empty()) return {};
  return not_computed(setting, "leave it out: the blocks of this model are not known");
}

/// A pattern of tensor names without what stands for any block, any suffix or a plain dot.
std::string plain_pattern(std::string_view pattern) {
  auto plain = base::lower(pattern);
  plain.erase(std::remove(plain.begin(), plain.end(), '\\'), plain.end());
  const auto strip = [&](std::string_view prefix) {
    if (plain.starts_with(prefix)) plain.erase(0, prefix.size());
  };
  for (const auto* prefix : {"^", "blk..*.", "blk.*.", "blk.[0-9]+.", "blk.d+."}) strip(prefix);
  while (!plain.empty() && (plain.front() == '.' || plain.front() == '*')) plain.erase(0, 1);
  if (plain.ends_with(".weight")) plain.resize(plain.size() - 7);
  while (!plain.empty() && std::string_view(".*$=").find(plain.back()) != std::string_view::npos) {
    plain.pop_back();
  }
  return plain;
}

/// Whether a pattern names the routed experts of every block, and nothing else.
bool names_all_experts(std::string_view pattern) {
  const auto plain = plain_pattern(pattern);
  for (const auto* any : {"exps", "_exps", "ffn_.*_exps", "ffn_.*exps", "ffn_.+_exps"}) {
    if (plain == any) return true;
  }
  const bool listed = plain.starts_with("ffn_(") && plain.ends_with("exps");
  const auto has = [&](std::string_view word) { return plain.find(word) != std::string::npos; };
  return listed && has("gate") && has("up") && has("down");
}

}  // namespace

Result<void> set_gpu_layers(Draft& draft, const Setting& setting) {
  const auto word = base::lower(setting.value);
  auto& layers = draft.workload.llama_cpp.gpu_layers;
  if (word == "all" || word == "-1") {
    layers.reset();
    return {};
  }
  const auto value = block_count(word);
  if (!value && word != "auto") return wrong_value(setting, "a whole number, all or auto");
  const bool all = value && !draft.model.layers.empty() && *value > counted_blocks(draft.model);
  if (!all) {
    if (auto known = refuse_unknown_blocks(draft, setting); !known) return known;
  }
  if (word == "auto") {
    draft.workload.offload = Offload::layers;
  } else if (all) {
    layers.reset();
  } else {
    layers = value;
  }
  return {};
}

Result<void> set_cpu_moe_blocks(Draft& draft, const Setting& setting) {
  const auto value = block_count(setting.value);
  if (!value) return wrong_value(setting, "a whole number from 0 on");
  draft.workload.llama_cpp.cpu_moe = *value;
  return {};
}

Result<void> set_cpu_moe(Draft& draft, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  draft.workload.llama_cpp.cpu_moe = *value ? every_block : 0;
  return {};
}

Result<void> set_split_mode(Draft& draft, const Setting& setting) {
  const auto mode = base::lower(setting.value);
  if (mode == "row") {
    return fail(
        ErrorCode::unsupported,
        "llama.cpp v0.5.0 refuses split-mode=row: its CUDA backend cannot cut rows any more",
        "take split-mode=layer; to cut matrices, run vLLM", "split-mode=row");
  }
  if (mode == "tensor") return not_computed(setting, "leave it out, or set it to layer or none");
  if (mode != "layer" && mode != "none") return wrong_value(setting, "layer, row, tensor or none");
  draft.workload.llama_cpp.split_mode = mode == "none" ? SplitMode::none : SplitMode::layer;
  return {};
}

/// Shares with "," or "/" between them; where all are 0 the engine goes by free memory
/// (common/arg.cpp, src/llama-model.cpp).
Result<void> set_tensor_split(Draft& draft, const Setting& setting) {
  std::string typed = setting.value;
  std::replace(typed.begin(), typed.end(), '/', ',');
  std::vector<double> shares;
  for (const auto& part : base::split(typed, ',')) {
    const auto share = base::parse_number(part);
    if (!share || *share < 0) return wrong_value(setting, "shares from 0 on, such as 3,1");
    shares.push_back(*share);
  }
  if (std::all_of(shares.begin(), shares.end(), [](double share) { return share == 0; })) {
    shares.clear();
  }
  draft.workload.llama_cpp.tensor_split = std::move(shares);
  return {};
}

Result<void> set_main_gpu(Draft& draft, const Setting& setting) {
  const auto value = block_count(setting.value);
  if (!value) return wrong_value(setting, "the number of a card, 0 for the first");
  draft.workload.llama_cpp.main_gpu = *value;
  return {};
}

Result<void> set_override_tensor(Draft& draft, const Setting& setting) {
  for (const auto& part : base::split(setting.value, ',')) {
    const auto equals = part.rfind('=');
    const bool to_host = equals != std::string::npos && part.substr(equals + 1) == "CPU";
    if (!to_host || !names_all_experts(std::string_view(part).substr(0, equals))) {
      return not_computed(setting,
                          "exps=CPU moves the experts of every block; for those of the first "
                          "blocks set n-cpu-moe");
    }
  }
  draft.workload.llama_cpp.cpu_moe = every_block;
  return {};
}

/// The engine's own search for what fits (common/fit.cpp).
Result<void> set_fit(Draft& draft, const Setting& setting) {
  const auto value = on_or_off(setting);
  if (!value) return tl::unexpected(value.error());
  if (*value) {
    if (auto known = refuse_unknown_blocks(draft, setting); !known) return known;
  }
  draft.workload.offload = *value ? Offload::automatic : Offload::none;
  return {};
}

}  // namespace llmfit::sizing
