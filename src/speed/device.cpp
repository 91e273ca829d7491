// SPDX-License-Identifier: MIT
#include "speed/device.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace llmfit::speed {
namespace {

constexpr double tera = 1e12;
constexpr double giga = 1e9;
constexpr double micro = 1e-6;

/// Watts a TFLOPS around which `power_exponent` was fitted: a GeForce of the Ada generation.
constexpr double usual_watts = 1.6;
/// Operations of one multiprocessor in a clock, 16-bit sums: GeForce, RTX and A-series alike, whose
/// published peaks are for 32-bit sums where those are slower.
constexpr double operations_per_clock = 1024;

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool has_consumer_tensor_cores(const CardPeaks& peaks) {
  return is_one_of(peaks.generation, {"turing", "ampere", "ada", "blackwell"});
}

/// The rate that llama.cpp's kernels are up against: 16-bit sums on tensor cores, integer dot
/// products on the shaders of cards without them (as many as 32-bit operations, in quads).
double llama_cpp_peak(const CardPeaks& peaks) {
  if (is_one_of(peaks.generation, {"maxwell", "pascal", "turing-notensor"})) return peaks.fp32;
  if (has_consumer_tensor_cores(peaks) && peaks.sm_count > 0 && peaks.boost_mhz > 0) {
    return peaks.sm_count * peaks.boost_mhz * operations_per_clock / 1e6;
  }
  return peaks.fp16 > 0 ? peaks.fp16 : peaks.fp32;
}

/// Servers sum in 32 bits, in the weights' type where the card has it.
double served_peak(const CardPeaks& peaks, std::string_view format) {
  const double plain = peaks.fp16 > 0 ? peaks.fp16 : peaks.fp32;
  const double native = format == "fp8"    ? peaks.fp8
                        : format == "fp4"  ? peaks.fp4
                        : format == "int8" ? peaks.int8
                                           : plain;
  return native > 0 ? native : plain;
}

/// 8-bit and 4-bit floats without a native type are unpacked like integers.
std::string_view native_class(const CardPeaks& peaks, std::string_view format) {
  const bool missing = (format == "fp8" && peaks.fp8 == 0) || (format == "fp4" && peaks.fp4 == 0);
  return missing ? "w4" : format;
}

const SpeedProfile* profile_of(const SpeedRules& rules, std::string_view generation,
                               std::int32_t version) {
  const SpeedProfile* any = nullptr;
  for (const auto& profile : rules.profiles) {
    if (profile.before > 0 && version >= profile.before) continue;
    if (profile.generation == generation) return &profile;
    if (profile.generation == "any") any = &profile;
  }
  return any;
}

SpeedFormat format_of(const SpeedRules& rules, std::string_view name) {
  for (const auto& format : rules.formats) {
    if (format.format == name) return format;
  }
  return {name, 1, 1};
}

/// A workstation card does less than a GeForce with the same chip: fewer watts for as many cores.
double power_factor(const SpeedRules& rules, const CardPeaks& peaks, double peak) {
  if (rules.power_exponent == 0 || peaks.tdp_w == 0 || !has_consumer_tensor_cores(peaks)) return 1;
  return std::pow(peaks.tdp_w / peak / usual_watts, rules.power_exponent);
}

struct Compute {
  double decode = 0;
  double prefill = 0;
  double attention = 0;
};

Compute compute_of(const SpeedQuestion& question, const SpeedRules& rules,
                   const SpeedProfile& profile, const CardPeaks& peaks, std::string_view name) {
  const bool llama_cpp = rules.stack == "llama.cpp" || rules.stack == "mlx";
  const double peak = llama_cpp ? llama_cpp_peak(peaks) : served_peak(peaks, name);
  const double share_of_peak = question.work.expert_count > 0 ? rules.expert_compute : 1;
  // llama.cpp has no kernel for all 16-bit experts of a layer together: they are multiplied in
  // turn.
  const bool in_turn = llama_cpp && name == "f16" && question.work.expert_count > 0;
  const double factor = format_of(rules, in_turn ? "f16_experts" : name).compute * share_of_peak;
  const double matrices = name == "f16" && !in_turn ? profile.plain_compute : 1;
  const double through = question.vulkan ? profile.vulkan_compute : 1;
  Compute compute;
  compute.decode = peak * profile.decode_compute * factor;
  compute.prefill = peak * profile.prefill_compute * factor * matrices * through *
                    power_factor(rules, peaks, peak);
  compute.attention = peak * profile.prefill_compute * rules.attention_compute;
  if (profile.decode_tflops > 0) {
    compute.decode = profile.decode_tflops * factor;
    compute.prefill = profile.prefill_tflops * factor;
    compute.attention = profile.prefill_tflops;
  }
  return compute;
}

bool is_vendor_of(const EngineRecord& engine, const GpuRecord& gpu) {
  const auto& vendors = engine.vendors;
  return vendors.empty() || std::find(vendors.begin(), vendors.end(), gpu.vendor) != vendors.end();
}

/// Names of formats begin so; the first that fits counts.
struct ClassName {
  std::string_view begins;
  std::string_view name;
};
constexpr auto served_classes = std::to_array<ClassName>({
    {"fp8", "fp8"},
    {"torchao_fp8", "fp8"},
    {"nvfp4", "fp4"},
    {"mxfp4", "fp4"},
    {"w8a8", "int8"},
    {"fp16", "f16"},
    {"bf16", "f16"},
    {"fp32", "f16"},
});

std::string_view llama_cpp_class(TensorType type) {
  switch (type) {
    case TensorType::f32:
    case TensorType::f16:
    case TensorType::bf16:
      return "f16";
    case TensorType::q8_0:
      return "q8_0";
    case TensorType::q4_0:
    case TensorType::q4_1:
    case TensorType::q5_0:
    case TensorType::q5_1:
    case TensorType::iq4_nl:
      return "q4_0";
    case TensorType::q4_k:
    case TensorType::q5_k:
    case TensorType::q6_k:
    case TensorType::iq4_xs:
      return "k";
    case TensorType::mxfp4:
    case TensorType::nvfp4:
      return "mxfp4";
    case TensorType::q2_k:
    case TensorType::q3_k:
      return "q2_3";
    default:
      return "iq";
  }
}

}  // namespace

std::string_view format_class(const Format& format) {
  if (format.engine == Engine::llama_cpp) return llama_cpp_class(format.type);
  for (const auto& entry : served_classes) {
    if (format.id.starts_with(entry.begins)) return entry.name;
  }
  return format.scheme ? "w4" : "f16";
}

const SpeedRules* rules_of(const SpeedQuestion& question) {
  const auto stacks = question.engine.speed;
  if (question.stack.empty()) return stacks.empty() ? nullptr : &stacks.front();
  for (const auto& rules : stacks) {
    if (rules.stack == question.stack) return &rules;
  }
  return nullptr;
}

std::optional<DeviceSpeed> device_speed(const SpeedQuestion& question, const SpeedRules& rules,
                                        const CardShare& card) {
  const auto& peaks = card.gpu->peaks;
  const auto* profile = profile_of(rules, peaks.generation, question.version);
  if (profile == nullptr || !peaks.bandwidth_gb_s) return std::nullopt;
  if (peaks.generation.empty() && !is_vendor_of(question.engine, *card.gpu)) return std::nullopt;
  const auto name = native_class(peaks, format_class(question.format));
  const double bandwidth = *peaks.bandwidth_gb_s * giga * card.fraction;
  const bool experts = question.work.expert_count > 0;
  const double kind = experts ? rules.expert_bandwidth : 1;
  const auto compute = compute_of(question, rules, *profile, peaks, name);
  const double scale = card.fraction * tera;
  DeviceSpeed speed;
  const double plain = name == "f16" ? profile->plain_bandwidth : 1;
  speed.weights = bandwidth * profile->bandwidth * kind * plain * format_of(rules, name).bandwidth;
  speed.cache = bandwidth * rules.cache_bandwidth;
  speed.decode = compute.decode * scale;
  speed.prefill = compute.prefill * scale;
  speed.attention = compute.attention * scale;
  speed.layer = profile->layer_us * micro * (experts ? rules.expert_layer : 1) *
                (question.work.state > Bytes{0} ? rules.state_layer : 1);
  speed.sequence = profile->sequence_us * micro;
  speed.cache_groups = profile->cache_groups;
  speed.plain_attention = profile->plain_attention * scale;
  if (profile->score_bytes > 0) speed.scores = bandwidth / profile->score_bytes;
  speed.measured_cards = profile->cards;
  return speed.decode > 0 && speed.prefill > 0 ? std::optional(speed) : std::nullopt;
}

DeviceSpeed host_device(const SpeedQuestion& question, const SpeedRules& rules) {
  DeviceSpeed speed;
  speed.weights = question.host_speed.bandwidth_gb_s * giga * rules.host_bandwidth;
  speed.cache = speed.weights;
  const auto format = format_of(rules, format_class(question.format));
  speed.decode = question.host_speed.tflops * tera * format.host_compute;
  speed.prefill = speed.decode;
  speed.attention = question.host_speed.tflops * tera * rules.attention_compute;
  return speed;
}

SpeedBand band_of(const SpeedRules& rules, std::string_view phase, const GpuRecord& gpu) {
  const SpeedBand* found = nullptr;
  for (const auto& band : rules.bands) {
    if (band.phase != phase) continue;
    if (band.vendor == gpu.peaks.generation && !band.vendor.empty()) return band;
    if (band.vendor == gpu.vendor || (band.vendor.empty() && found == nullptr)) found = &band;
  }
  if (found != nullptr) return *found;
  // Servers were measured by what they deliver under load, prompts included.
  return phase == "batch" ? SpeedBand{phase, gpu.vendor, 0.5, 2, 0} : band_of(rules, "batch", gpu);
}

}  // namespace llmfit::speed
