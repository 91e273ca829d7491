// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "model_fixture.hpp"

using namespace llmfit;

namespace {

/// A small decoder with as many norms a layer as the architecture has.
fixture::Source named(std::string_view gguf, std::int32_t norms = 2) {
  auto source = fixture::decoder(2, 64, 4, 2, 16, 128, 100);
  source.record.gguf = gguf;
  source.record.dims.norms_per_layer = norms;
  return source;
}

/// Names of a layer's norms over the hidden size, sorted.
std::string norms_of(const fixture::Source& source, int layer = 1) {
  std::string names;
  const auto model = fixture::build(source);
  for (const auto& tensor : model.tensors) {
    if (tensor.layer != layer || tensor.role != Role::norm || tensor.shape[0] != 64) continue;
    names.append(names.empty() ? "" : " ").append(tensor.stem);
  }
  return names;
}

bool has_tensor(const fixture::Source& source, const std::string& line, int layer = 1) {
  const auto lines = "\n" + fixture::tensors_of(fixture::build(source), layer);
  return lines.find("\n" + line + "\n") != std::string::npos;
}

}  // namespace

TEST_CASE("norms have the names of their architecture") {
  struct Case {
    std::string_view gguf;
    std::int32_t norms;
    const char* names;
  };
  constexpr Case cases[] = {
      {"llama", 2, "attn_norm ffn_norm"},
      {"command-r", 1, "attn_norm"},
      {"gemma3", 4, "attn_norm ffn_norm post_attention_norm post_ffw_norm"},
      {"olmo2", 2, "post_attention_norm post_ffw_norm"},
      {"gpt-oss", 2, "attn_norm post_attention_norm"},
      {"falcon", 2, "attn_norm attn_norm_2"},
      {"dbrx", 2, "attn_norm attn_output_norm"},
      {"arctic", 3, "attn_norm ffn_norm ffn_norm_exps"},
      {"grok", 4, "attn_norm attn_output_norm ffn_norm layer_output_norm"},
      {"bert", 2, "attn_output_norm layer_output_norm"},
  };
  for (const auto& item : cases) {
    INFO(item.gguf);
    CHECK(norms_of(named(item.gguf, item.norms)) == item.names);
  }
}

TEST_CASE("a single norm where others have two is that of the feed-forward part") {
  const std::array<std::int32_t, 2> norms{1, 1};
  auto source = named("deci");
  source.kinds = "-F";
  source.ffns = "D-";
  source.record.norms_by_layer = norms;
  CHECK(norms_of(source, 0) == "ffn_norm");
  CHECK(norms_of(source, 1) == "attn_norm");
}

TEST_CASE("fused matrices are one tensor with one bias") {
  auto source = named("phi3");
  source.record.dims.qkv_bias = true;
  CHECK(has_tensor(source, "attn_qkv.weight 64x128"));
  CHECK(has_tensor(source, "attn_qkv.bias 128"));
  CHECK(has_tensor(source, "ffn_up.weight 64x256"));
  CHECK(has_tensor(source, "ffn_down.weight 128x64"));
  const auto model = fixture::build(source);
  CHECK(fixture::count_of(model, Role::attn_q) + fixture::count_of(model, Role::ffn_gate) == 0);
  CHECK(count_elements(model) == count_elements(fixture::build([] {
          auto plain = named("llama");
          plain.record.dims.qkv_bias = true;
          return plain;
        }())));
}

TEST_CASE("query and key norms over all heads may be a row a head") {
  auto source = named("command-r");
  source.record.dims.qk_norm = QkNorm::full;
  CHECK(has_tensor(source, "attn_q_norm.weight 16x4"));
  CHECK(has_tensor(source, "attn_k_norm.weight 16x2"));
  source.record.gguf = "olmo2";
  CHECK(has_tensor(source, "attn_q_norm.weight 64"));
}

TEST_CASE("the up-projection of latent attention is one matrix or two") {
  auto source = named("minicpm3");
  source.kinds = "A";
  source.record.dims.mla = Mla{24, 32, 16, 8, 16, false, false};
  CHECK(has_tensor(source, "attn_kv_b.weight 32x128"));
  source.record.gguf = "deepseek2";
  CHECK(has_tensor(source, "attn_k_b.weight 16x32x4"));
  CHECK(has_tensor(source, "attn_v_b.weight 32x16x4"));
}

TEST_CASE("router biases have the name of what they do") {
  auto source = named("deepseek2");
  source.ffns = "E";
  Experts experts;
  experts.count = 8;
  experts.active = 2;
  experts.ffn_size = 32;
  experts.router_bias = true;
  source.record.dims.experts = experts;
  CHECK(has_tensor(source, "exp_probs_b.bias 8"));
  source.record.gguf = "gpt-oss";
  CHECK(has_tensor(source, "ffn_gate_inp.bias 8"));
  source.record.gguf = "hy_v3";
  CHECK(has_tensor(source, "exp_probs_b 8"));
  source.record.gguf = "gemma4";
  CHECK(has_tensor(source, "ffn_gate_up_exps.weight 64x64x8"));
}

TEST_CASE("layers that route by token have a table that is no parameter") {
  auto source = named("deepseek4");
  source.ffns = "E";
  Experts experts;
  experts.count = 8;
  experts.active = 2;
  experts.ffn_size = 32;
  experts.router_bias = true;
  experts.hash_layers = 1;
  source.record.dims.experts = experts;
  CHECK(has_tensor(source, "ffn_gate_tid2eid.weight 2x100", 0));
  CHECK_FALSE(has_tensor(source, "exp_probs_b.bias 8", 0));
  CHECK(has_tensor(source, "exp_probs_b.bias 8", 1));
  const auto model = fixture::build(source);
  CHECK(count_elements(model) == count_parameters(model) + Elements{200});
}

TEST_CASE("draft blocks follow the layers where the architecture's files hold them") {
  auto source = named("glm4moe");
  source.record.dims.mtp_layers = 1;
  const auto model = fixture::build(source);
  CHECK(model.layers.size() == 2);
  CHECK(fixture::tensors_of(model, 2) ==
        "attn_k.weight 64x32\n"
        "attn_norm.weight 64\n"
        "attn_output.weight 64x64\n"
        "attn_q.weight 64x64\n"
        "attn_v.weight 64x32\n"
        "ffn_down.weight 128x64\n"
        "ffn_gate.weight 64x128\n"
        "ffn_up.weight 64x128\n"
        "nextn.eh_proj.weight 128x64\n"
        "nextn.enorm.weight 64\n"
        "nextn.hnorm.weight 64\n"
        "nextn.shared_head_norm.weight 64\n"
        "post_attention_norm.weight 64\n");
  CHECK(count_parameters(model) < count_elements(model));
  source.record.mtp_in_gguf = false;
  CHECK(fixture::tensors_of(fixture::build(source), 2).empty());
  source.record.gguf = "llama";  // as a rule its files hold none
  source.record.mtp_in_gguf = std::nullopt;
  CHECK(fixture::tensors_of(fixture::build(source), 2).empty());
}

TEST_CASE("draft blocks may repeat the embedding and the output matrix") {
  auto source = named("glm4moe");
  source.record.dims.mtp_layers = 1;
  const auto model = fixture::build(source);
  const auto block = count_elements(model) - count_parameters(model);
  source.record.mtp_parameters = block.count() + 2 * 64 * 100;
  CHECK(has_tensor(source, "nextn.embed_tokens.weight 64x100", 2));
  CHECK(has_tensor(source, "nextn.shared_head_head.weight 64x100", 2));
}

TEST_CASE("an encoder-decoder has two stacks, each with its position bias") {
  auto source = named("t5");
  source.record.heads = source.record.kv_heads = 4;
  source.record.dims.kind = ModelKind::encoder_decoder;
  source.record.dims.encoder_decoder = EncoderDecoder{2, 2, 32, false};
  const auto model = fixture::build(source);
  const auto name = [&model](std::size_t i) { return tensor_name(model, model.tensors[i]); };
  CHECK(name(0) == "token_embd.weight");
  CHECK(name(1) == "enc.blk.0.attn_norm.weight");
  CHECK(fixture::tensors_of(model, 0).find("enc.blk.0.attn_rel_b.weight 4x32\n") !=
        std::string::npos);
  const auto decoder = fixture::tensors_of(model, 2);
  CHECK(decoder.find("dec.blk.0.attn_rel_b.weight 4x32\n") != std::string::npos);
  CHECK(decoder.find("dec.blk.0.cross_attn_o.weight 64x64\n") != std::string::npos);
  CHECK(fixture::tensors_of(model, 3).find("attn_rel_b") == std::string::npos);
  CHECK(fixture::tensors_of(model, -1) ==
        "dec.output_norm.weight 64\n"
        "enc.output_norm.weight 64\n"
        "output.weight 64x100\n"
        "token_embd.weight 64x100\n");
}
