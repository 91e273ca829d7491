// SPDX-License-Identifier: MIT
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>

#include "llmfit/sizing.hpp"
#include "support/judge_model.hpp"
#include "support/safetensors_writer.hpp"

namespace llmfit::test {

/// Reads a folder and sizes what comes of it. False: llmfit itself is at fault.
inline bool folder_is_sound(SparseFiles& files) {
  const auto model = read_model(files, "m");
  if (!model) return model.error().code != ErrorCode::internal && !model.error().message.empty();
  if (model->file && !weigh(*model, model->file->format)) return true;
  return sizes_soundly(*model, Engine::llama_cpp) && sizes_soundly(*model, Engine::vllm);
}

/// How many bytes of data a header asks for, told by the error about a file that has none.
inline std::uint64_t missing_bytes(SparseFiles& files) {
  const auto model = read_model(files, "m/model.safetensors");
  const std::string mark = "the file is cut: ";
  const auto text = model ? std::string{} : model.error().message;
  if (text.compare(0, mark.size(), mark) != 0) return 0;
  return std::strtoull(text.c_str() + mark.size(), nullptr, 10);
}

/// Bytes as a safetensors file, and as the text of a header with the data that it asks for, alone
/// and beside a configuration.
inline bool judges_safetensors(std::string_view bytes) {
  SparseFiles files;
  files.files["m/model.safetensors"] = {std::string(bytes), 0};
  if (!folder_is_sound(files)) return false;
  auto& file = files.files["m/model.safetensors"];
  file.text = SafetensorsWriter::framed(bytes);
  file.hole = missing_bytes(files);
  if (!folder_is_sound(files)) return false;
  files.files["m/config.json"].text =
      R"({"model_type":"qwen3_moe","hidden_size":64,"num_hidden_layers":2,"num_attention_heads":4,
      "num_key_value_heads":2,"head_dim":16,"intermediate_size":96,"vocab_size":100,"num_experts":4,
      "num_experts_per_tok":2,"moe_intermediate_size":32})";
  return folder_is_sound(files);
}

/// Bytes as a configuration, as an index, and as both beside weights.
inline bool judges_config(std::string_view bytes) {
  SparseFiles files;
  files.files["m/config.json"] = {std::string(bytes), 0};
  if (!folder_is_sound(files)) return false;
  SafetensorsWriter writer;
  writer.tensor("model.embed_tokens.weight", {100, 64});
  writer.tensor("model.layers.0.self_attn.q_proj.weight", {64, 64});
  writer.tensor("model.layers.0.self_attn.q_norm.weight", {16});
  files.add("m/model-00001-of-00001.safetensors", writer);
  if (!folder_is_sound(files)) return false;
  files.files["m/hf_quant_config.json"] = {std::string(bytes), 0};
  files.files["m/model.safetensors.index.json"] = {std::string(bytes), 0};
  return folder_is_sound(files);
}

}  // namespace llmfit::test
