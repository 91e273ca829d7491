// SPDX-License-Identifier: MIT
#include "model/hf_quantization.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/numbers.hpp"
#include "base/text.hpp"

namespace llmfit::model {
namespace {

using Quantization = std::optional<HfQuantization>;

constexpr std::int32_t whole_matrix = -1;
constexpr std::int32_t whole_row = 0;

/// Bits as configurations give them, 4 or 4.25, in thousandths; a fault where they make no sense.
std::int32_t millibits(const HfFields& own, HfFields::Keys keys, double otherwise = 0) {
  const auto bits = own.number(keys).value_or(otherwise);
  if (bits >= 1 && bits <= 16) return static_cast<std::int32_t>(std::lround(bits * 1000));
  own.fault(*keys.begin(), "1 to 16 bits are expected");
  return 0;
}

/// Inputs that share a scale; -1 and null stand for a whole row.
std::int32_t group_of(const HfFields& own, HfFields::Keys keys, std::int32_t otherwise) {
  if (!own.has(keys)) return otherwise;
  const auto group = own.number(keys).value_or(0);
  if (group == -1) return whole_row;
  if (group >= 1 && group <= (1 << 20)) return static_cast<std::int32_t>(group);
  own.fault(*keys.begin(), "a group of 1 or more is expected");
  return otherwise;
}

std::string bits_text(std::int32_t thousandths) { return base::shortest(thousandths / 1000.0); }

/// "_g64" where a group is not the usual one of 128.
std::string group_suffix(std::int32_t group, std::int32_t usual = 128) {
  if (group == usual) return {};
  return group == whole_row ? "_channel" : "_g" + std::to_string(group);
}

Quantization fp8_by_tensor(std::int32_t scales) {
  const Scheme scheme{.millibits = 8000, .group = whole_matrix, .matrix_bytes = 4 * scales};
  return HfQuantization{"fp8", "FP8", Engine::vllm, scheme};
}

Quantization fp8_by_channel() {
  const Scheme scheme{.millibits = 8000, .group = whole_row, .scale_bits = 32};
  return HfQuantization{"fp8_channel", "FP8 per channel", Engine::vllm, scheme};
}

Quantization fp8_by_block(const HfFields& own, HfFields::Keys keys) {
  const auto block = own.sizes(keys);
  if (block.size() != 2 || block[0] <= 0 || block[1] <= 0) {
    own.fault(*keys.begin(), "two sizes are expected");
    return std::nullopt;
  }
  const Scheme scheme{
      .millibits = 8000, .group = block[1], .group_rows = block[0], .scale_bits = 32};
  return HfQuantization{"fp8_block", "FP8 in blocks", Engine::vllm, scheme};
}

Quantization nvfp4() {
  const Scheme scheme{.millibits = 4000, .group = 16, .scale_bits = 8, .matrix_bytes = 8};
  return HfQuantization{"nvfp4", "NVFP4", Engine::vllm, scheme};
}

Quantization mxfp4(bool experts_only) {
  Scheme scheme{.millibits = 4000, .group = 32, .scale_bits = 8};
  scheme.experts_only = experts_only;
  return HfQuantization{"mxfp4", experts_only ? "MXFP4 experts" : "MXFP4", Engine::vllm, scheme};
}

Quantization read_fp8(const HfFields& own) {
  if (own.has({"weight_block_size"})) return fp8_by_block(own, {"weight_block_size"});
  const bool fixed = own.text({"activation_scheme"}) == "static";
  return fp8_by_tensor(fixed ? 2 : 1);
}

Quantization read_fbgemm(const HfFields&) { return fp8_by_channel(); }

Quantization read_awq(const HfFields& own) {
  const auto bits = millibits(own, {"bits", "w_bit"});
  const auto group = group_of(own, {"group_size", "q_group_size"}, 128);
  const bool zeros = own.flag({"zero_point"}, true);
  const Scheme scheme{
      .millibits = bits, .group = group, .scale_bits = 16, .zero_bits = zeros ? bits / 1000 : 0};
  const auto id = (bits == 4000 ? "awq" : "awq_int" + bits_text(bits)) + group_suffix(group);
  return HfQuantization{id, "AWQ " + bits_text(bits) + "-bit", Engine::vllm, scheme};
}

/// Zero points are stored also where all are the same.
Quantization read_gptq(const HfFields& own) {
  const auto bits = millibits(own, {"bits"});
  const auto group = group_of(own, {"group_size"}, 128);
  const bool ordered = own.flag({"desc_act"});
  const Scheme scheme{.millibits = bits,
                      .group = group,
                      .scale_bits = 16,
                      .zero_bits = bits / 1000,
                      .input_bytes = 4,
                      .order_dropped = !ordered};
  const auto id = (bits == 4000 ? "gptq" : "gptq_int" + bits_text(bits)) + group_suffix(group) +
                  (ordered ? "_act" : "");
  return HfQuantization{id, "GPTQ " + bits_text(bits) + "-bit", Engine::vllm, scheme};
}

Quantization compressed_float(const HfFields& weights, std::int32_t bits) {
  const auto strategy = weights.text({"strategy"});
  if (bits == 4000) return group_of(weights, {"group_size"}, 16) == 32 ? mxfp4(false) : nvfp4();
  if (strategy == "block") return fp8_by_block(weights, {"block_structure"});
  return strategy == "channel" ? fp8_by_channel() : fp8_by_tensor(2);
}

Quantization compressed_int(const HfFields& weights, std::int32_t bits, bool activations) {
  const bool by_group = weights.text({"strategy"}) == "group";
  const auto group = by_group ? group_of(weights, {"group_size"}, 128) : whole_row;
  if (bits == 8000 && activations) {
    const Scheme scheme{.millibits = 8000, .group = group, .scale_bits = 32};
    return HfQuantization{"w8a8", "W8A8 INT8", Engine::vllm, scheme};
  }
  const bool zeros = !weights.flag({"symmetric"}, true);
  const Scheme scheme{.millibits = bits,
                      .group = group,
                      .scale_bits = 16,
                      .zero_bits = zeros ? bits / 1000 : 0,
                      .matrix_bytes = 16};
  const auto id = "w" + bits_text(bits) + "a16" + group_suffix(group, bits == 8000 ? 0 : 128);
  return HfQuantization{id, "W" + bits_text(bits) + "A16 INT" + bits_text(bits), Engine::vllm,
                        scheme};
}

Quantization read_compressed_group(const HfFields& group) {
  const auto weights = group.object({"weights"});
  const auto bits = millibits(weights, {"num_bits"});
  if (weights.text({"type"}) == "float") return compressed_float(weights, bits);
  return compressed_int(weights, bits, group.has({"input_activations"}));
}

HfQuantization mixed() { return {"mixed", "mixed", Engine::vllm, std::nullopt}; }

Quantization read_compressed(const HfFields& own) {
  Quantization found;
  for (const auto& group : own.objects({"config_groups"})) {
    if (!group.has({"weights"})) continue;
    auto next = read_compressed_group(group);
    if (found && next && found->id != next->id) return mixed();
    if (!found) found = std::move(next);
  }
  return found;  // none: a scheme of sparsity or of the cache alone
}

Quantization read_bitsandbytes(const HfFields& own) {
  if (own.flag({"load_in_8bit", "_load_in_8bit"})) {
    const Scheme scheme{.millibits = 8000, .group = whole_row, .scale_bits = 32, .matrix_bytes = 1};
    return HfQuantization{"int8", "bitsandbytes INT8", Engine::transformers, scheme};
  }
  if (!own.flag({"load_in_4bit", "_load_in_4bit"})) {
    own.fault("load_in_4bit", "neither load_in_4bit nor load_in_8bit is set");
    return std::nullopt;
  }
  Scheme scheme{.millibits = 4000, .group = 64, .flat = true, .scale_bits = 32, .matrix_bytes = 64};
  const std::string type(own.text({"bnb_4bit_quant_type"}) == "nf4" ? "nf4" : "fp4");
  if (!own.flag({"bnb_4bit_use_double_quant"})) {
    return HfQuantization{type, "bitsandbytes 4-bit", Engine::transformers, scheme};
  }
  scheme.scale_bits = 8;
  scheme.outer_group = 256;
  scheme.outer_bits = 32;
  scheme.matrix_bytes = 1092;
  return HfQuantization{type + "_dq", "bitsandbytes 4-bit, double quantization",
                        Engine::transformers, scheme};
}

Quantization read_mxfp4(const HfFields&) { return mxfp4(true); }

Quantization read_hqq(const HfFields& own) {
  const auto weights = own.object({"quant_config/weight_quant_params", "quant_config"});
  const auto bits = millibits(weights.has({"nbits"}) ? weights : own, {"nbits"}, 4);
  const auto group = group_of(weights, {"group_size"}, 64);
  const Scheme scheme{.millibits = bits, .group = group, .scale_bits = 32};
  const auto id = (bits == 4000 ? "hqq" : "hqq_int" + bits_text(bits)) + group_suffix(group, 64);
  return HfQuantization{id, "HQQ " + bits_text(bits) + "-bit", Engine::transformers, scheme};
}

Quantization read_torchao(const HfFields& own) {
  const auto type = base::lower(own.text({"quant_type", "quant_type/default/_type"}));
  const auto data = own.object({"quant_type/default/_data", "quant_type_kwargs"});
  if (type.find("float8") != std::string::npos) {
    const Scheme scheme{.millibits = 8000, .group = whole_row, .scale_bits = 32};
    return HfQuantization{"torchao_fp8", "torchao FP8", Engine::transformers, scheme};
  }
  if (type.find("int8") != std::string::npos) {
    const Scheme scheme{.millibits = 8000, .group = whole_row, .scale_bits = 32};
    return HfQuantization{"torchao_int8", "torchao INT8", Engine::transformers, scheme};
  }
  if (type.find("int4") == std::string::npos) {
    own.fault("quant_type", "'" + base::printable(type) + "' is not known", ErrorCode::unsupported);
    return std::nullopt;
  }
  const auto group = group_of(data, {"group_size"}, 128);
  const Scheme scheme{.millibits = 4000, .group = group, .scale_bits = 32};
  return HfQuantization{"torchao_int4" + group_suffix(group), "torchao INT4", Engine::transformers,
                        scheme};
}

/// Two decimals where there are two, else one: "4.0bpw", "4.25bpw".
std::string bpw(std::int32_t thousandths) {
  return base::fixed(thousandths / 1000.0, thousandths % 100 == 0 ? 1 : 2) + "bpw";
}

Quantization read_exl2(const HfFields& own) {
  const auto bits = millibits(own, {"bits"});
  // Scales and group tables take three tenths of a bit beside a head's own six.
  const auto head = millibits(own, {"head_bits", "lm_head_bits"}, 6) + 300;
  const Scheme scheme{.millibits = bits, .group = whole_row, .head_millibits = head};
  return HfQuantization{"exl2_" + bpw(bits), "EXL2 " + bits_text(bits) + " bits", Engine::exllama,
                        scheme};
}

Quantization read_exl3(const HfFields& own) {
  const auto bits = millibits(own, {"bits"});
  const Scheme scheme{.millibits = bits,
                      .group = whole_row,
                      .scale_bits = 16,
                      .input_bytes = 2,
                      .head_millibits = millibits(own, {"head_bits"}, 6)};
  return HfQuantization{"exl3_" + bpw(bits), "EXL3 " + bits_text(bits) + " bits", Engine::exllama,
                        scheme};
}

Quantization read_modelopt(const HfFields& own) {
  const auto algorithm = own.text({"quant_algo", "quantization/quant_algo"});
  if (algorithm == "FP8") return fp8_by_tensor(2);
  if (algorithm == "NVFP4") return nvfp4();
  if (algorithm == "MIXED_PRECISION") return mixed();
  if (algorithm.substr(0, 9) == "FP8_PB_WO" || algorithm == "FP8_BLOCK") {
    const Scheme scheme{.millibits = 8000, .group = 128, .group_rows = 128, .scale_bits = 32};
    return HfQuantization{"fp8_block", "FP8 in blocks", Engine::vllm, scheme};
  }
  own.fault("quant_algo", "'" + base::printable(algorithm) + "' is not known",
            ErrorCode::unsupported);
  return std::nullopt;
}

Quantization read_quark(const HfFields& own) {
  const auto weights = own.object({"global_quant_config/weight"});
  const auto type = weights.text({"dtype"});
  if (type == "fp8_e4m3") {
    return weights.text({"qscheme"}) == "per_channel" ? fp8_by_channel() : fp8_by_tensor(2);
  }
  if (type == "fp4") return mxfp4(false);
  own.fault("global_quant_config", "'" + base::printable(type) + "' is not known",
            ErrorCode::unsupported);
  return std::nullopt;
}

/// MLX packs embeddings and the output matrix too.
Quantization read_mlx(const HfFields& own) {
  const auto bits = millibits(own, {"bits"});
  const auto group = group_of(own, {"group_size"}, 64);
  const auto mode = own.text({"mode"});
  const bool affine = mode.empty() || mode == "affine";
  Scheme scheme{.millibits = bits, .group = group, .scale_bits = affine ? 32 : 8};
  scheme.head_millibits = scheme.embedding_millibits = bits;
  const auto id = affine ? "mlx_" + bits_text(bits) + "bit" + group_suffix(group, 64)
                         : "mlx_" + std::string(mode);
  return HfQuantization{base::printable(id), "MLX " + bits_text(bits) + "-bit", Engine::mlx,
                        scheme};
}

/// Methods under the names of Hugging Face's `quant_method`.
struct Method {
  std::string_view name;
  Quantization (*read)(const HfFields&);
};
constexpr auto methods = std::to_array<Method>({
    {"auto-round", read_gptq},
    {"awq", read_awq},
    {"bitsandbytes", read_bitsandbytes},
    {"compressed-tensors", read_compressed},
    {"exl2", read_exl2},
    {"exl3", read_exl3},
    {"fbgemm_fp8", read_fbgemm},
    {"fp8", read_fp8},
    {"gptq", read_gptq},
    {"gptqmodel", read_gptq},
    {"hqq", read_hqq},
    {"intel/auto-round", read_gptq},
    {"modelopt", read_modelopt},
    {"modelopt_fp4", read_modelopt},
    {"mxfp4", read_mxfp4},
    {"quark", read_quark},
    {"torchao", read_torchao},
});

Quantization read_method(const HfFields& own) {
  const auto name = own.text({"quant_method"});
  for (const auto& method : methods) {
    if (method.name == name) return method.read(own);
  }
  if (name.empty() && own.has({"bits"}) && own.has({"group_size"})) return read_mlx(own);
  if (name.empty() && own.has({"quant_algo", "quantization/quant_algo"})) {
    return read_modelopt(own);
  }
  own.fault("quant_method",
            name.empty() ? std::string("quant_method is missing")
                         : "quantization by '" + base::printable(name) + "' is not known",
            ErrorCode::unsupported);
  return std::nullopt;
}

std::vector<std::string> kept_modules(const HfFields& own) {
  const auto listed =
      own.texts({"modules_to_not_convert", "ignore", "ignored_layers", "llm_int8_skip_modules",
                 "exclude_modules", "quantization/exclude_modules", "exclude"});
  return {listed.begin(), listed.end()};
}

Quantization with_kept_modules(Quantization found, const HfFields& own) {
  if (!found) return found;
  found->kept = kept_modules(own);
  if (found->scheme && own.flag({"lm_head"}))
    found->scheme->head_millibits = found->scheme->millibits;
  return found;
}

}  // namespace

std::optional<HfQuantization> read_hf_quantization(const HfFields& config) {
  for (const std::string_view key :
       {"quantization_config", "quantization", "compression_config",
        "text_config/quantization_config", "llm_config/quantization_config"}) {
    if (!config.has({key})) continue;
    const auto own = config.object({key});
    return with_kept_modules(read_method(own), own);
  }
  return std::nullopt;
}

}  // namespace llmfit::model
