// SPDX-License-Identifier: MIT
#pragma once

#include <array>
#include <string_view>

#include "llmfit/speed_record.hpp"

/// The numbers of the speed records: their key in the data, which is their name in C++.
namespace llmfit::catalog {

template <class Record>
struct RealField {
  std::string_view name;
  double Record::*field;
};

inline constexpr std::array<RealField<CardPeaks>, 5> rate_fields = {{
    {"fp32", &CardPeaks::fp32},
    {"fp16", &CardPeaks::fp16},
    {"fp8", &CardPeaks::fp8},
    {"fp4", &CardPeaks::fp4},
    {"int8", &CardPeaks::int8},
}};

inline constexpr std::array<RealField<CardPeaks>, 2> power_fields = {{
    {"boost_mhz", &CardPeaks::boost_mhz},
    {"tdp_w", &CardPeaks::tdp_w},
}};

inline constexpr std::array<RealField<CardPeaks>, 2> link_fields = {{
    {"link_gb_s", &CardPeaks::link_gb_s},
    {"pcie_gb_s", &CardPeaks::pcie_gb_s},
}};

inline constexpr std::array<RealField<SpeedProfile>, 13> profile_fields = {{
    {"bandwidth", &SpeedProfile::bandwidth},
    {"layer_us", &SpeedProfile::layer_us},
    {"sequence_us", &SpeedProfile::sequence_us},
    {"decode_compute", &SpeedProfile::decode_compute},
    {"prefill_compute", &SpeedProfile::prefill_compute},
    {"decode_tflops", &SpeedProfile::decode_tflops},
    {"prefill_tflops", &SpeedProfile::prefill_tflops},
    {"plain_compute", &SpeedProfile::plain_compute},
    {"vulkan_compute", &SpeedProfile::vulkan_compute},
    {"cache_groups", &SpeedProfile::cache_groups},
    {"plain_bandwidth", &SpeedProfile::plain_bandwidth},
    {"plain_attention", &SpeedProfile::plain_attention},
    {"score_bytes", &SpeedProfile::score_bytes},
}};

inline constexpr std::array<RealField<SpeedFormat>, 3> format_fields = {{
    {"bandwidth", &SpeedFormat::bandwidth},
    {"compute", &SpeedFormat::compute},
    {"host_compute", &SpeedFormat::host_compute},
}};

inline constexpr std::array<RealField<SpeedBand>, 2> band_fields = {{
    {"low", &SpeedBand::low},
    {"high", &SpeedBand::high},
}};

inline constexpr std::array<RealField<SpeedRules>, 19> rules_fields = {{
    {"roof", &SpeedRules::roof},
    {"cache_bandwidth", &SpeedRules::cache_bandwidth},
    {"expert_bandwidth", &SpeedRules::expert_bandwidth},
    {"expert_layer", &SpeedRules::expert_layer},
    {"expert_compute", &SpeedRules::expert_compute},
    {"state_layer", &SpeedRules::state_layer},
    {"prefill_layer_us", &SpeedRules::prefill_layer_us},
    {"attention_compute", &SpeedRules::attention_compute},
    {"power_exponent", &SpeedRules::power_exponent},
    {"hop_us", &SpeedRules::hop_us},
    {"prefill_hop_us", &SpeedRules::prefill_hop_us},
    {"pipelining", &SpeedRules::pipelining},
    {"link_bandwidth", &SpeedRules::link_bandwidth},
    {"far_link", &SpeedRules::far_link},
    {"nvlink_us", &SpeedRules::nvlink_us},
    {"pcie_us", &SpeedRules::pcie_us},
    {"xgmi_us", &SpeedRules::xgmi_us},
    {"ethernet_us", &SpeedRules::ethernet_us},
    {"host_bandwidth", &SpeedRules::host_bandwidth},
}};

}  // namespace llmfit::catalog
