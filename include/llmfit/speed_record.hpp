// SPDX-License-Identifier: MIT
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace llmfit {

enum class LinkType { pcie, nvlink, nvlink_bridge, xgmi, ethernet };

/// What the vendor says of a card's speed. Rates are dense peaks, 1e12 a second; 0: not native.
struct CardPeaks {
  /// Cards that behave alike: "ada", "ampere-dc", "apple3", "rdna3" …; empty: none that is known.
  std::string_view generation;
  std::optional<double> bandwidth_gb_s;
  double fp32 = 0;
  double fp16 = 0;
  double fp8 = 0;
  double fp4 = 0;
  double int8 = 0;
  std::int32_t sm_count = 0;
  double boost_mhz = 0;
  double tdp_w = 0;
  LinkType link = LinkType::pcie;
  double link_gb_s = 0;  ///< of `link`, one direction; 0: not known
  double pcie_gb_s = 0;  ///< to the host, one direction, as programs see it; 0: not known
};

/// How one serving stack does on one generation of cards, as measured.
struct SpeedProfile {
  std::string_view generation;  ///< "any": where none of the others fits
  double bandwidth = 0;         ///< share of the peak bandwidth that reading weights gets
  double layer_us = 0;          ///< fixed time of a layer in every step
  double sequence_us = 0;       ///< fixed time of a sequence in every step
  double decode_compute = 0;    ///< share of the peak rate, decoding
  double prefill_compute = 0;   ///< the same, prompts
  double decode_tflops = 0;     ///< instead of a share: kernels without matrix units
  double prefill_tflops = 0;
  double plain_compute = 1;    ///< prompts in 16-bit weights, against quantized ones
  double vulkan_compute = 1;   ///< prompts through Vulkan, against the vendor's own interface
  double cache_groups = 0;     ///< 1: each query head reads the keys of its group again, 0: once
  double plain_bandwidth = 1;  ///< reading 16-bit weights, against the stack's other formats
  /// Without flash attention: multiplications of attention while decoding, 1e12 a second; 0: as
  /// with.
  double plain_attention = 0;
  double score_bytes = 0;   ///< without: moved for each score of a prompt's token with another
  std::int32_t before = 0;  ///< only for minor versions of vLLM 0.x before this one; 0: all
  std::int32_t cards = 0;   ///< different cards measured; 0: taken from related generations
};

/// How the weights' format changes that, by class of format.
struct SpeedFormat {
  std::string_view format;
  double bandwidth = 1;
  double compute = 1;
  double host_compute = 1;  ///< on the host's cores, against the usual formats
};

/// Nine of ten measurements lie between these factors of the estimate.
struct SpeedBand {
  std::string_view phase;   ///< "decode", "decode_split", "prefill", "prefill_split", "batch"
  std::string_view vendor;  ///< or a generation; empty: all others
  double low = 1;
  double high = 1;
  std::int32_t rows = 0;  ///< measurements behind it
};

/// One serving stack: an engine, or one that holds memory as the engine does (TensorRT-LLM and
/// SGLang beside vLLM).
struct SpeedRules {
  std::string_view stack;
  double roof = 1;               ///< exponent that joins memory and compute time; large: maximum
  double cache_bandwidth = 1;    ///< share of the peak bandwidth that reading the cache gets
  double expert_bandwidth = 1;   ///< mixtures of experts, against dense models …
  double expert_layer = 1;       ///< … of a layer's fixed time
  double expert_compute = 1;     ///< … and of compute
  double state_layer = 1;        ///< a layer's fixed time in models with recurrent layers
  double prefill_layer_us = 0;   ///< fixed time of a layer in such a pass; 0: as in a step
  double attention_compute = 1;  ///< attention of prompts, against matrices
  double power_exponent = 0;     ///< of watts per peak rate, NVIDIA cards with tensor cores
  double hop_us = 0;             ///< from one device of a layer split to the next, in a step
  double prefill_hop_us = 0;     ///< the same of prompts
  double pipelining = 0;         ///< share of a perfect overlap of prompts over such devices
  double link_bandwidth = 1;     ///< share of a link's peak
  double far_link = 1;           ///< longer transfers over PCIe between more than four devices
  double nvlink_us = 0;          ///< an all-reduce, without the bytes
  double pcie_us = 0;
  double xgmi_us = 0;
  double ethernet_us = 0;
  double host_bandwidth = 0.55;      ///< share of the host memory's peak
  std::int64_t prefill_chunk = 512;  ///< tokens of a prompt in one pass
  std::int64_t max_sequences =
      0;  ///< that run at once by default; 0: as many as it was started for
  std::span<const SpeedFormat> formats;
  std::span<const SpeedProfile> profiles;
  std::span<const SpeedBand> bands;
};

}  // namespace llmfit
