// SPDX-License-Identifier: MIT
// Tensors of one layer of every recurrent kind, as llama.cpp's loader expects them. The shapes of
// Mamba, gated delta net, short convolution and RWKV 7 are those of files that it has loaded.
#include "catch.hpp"
#include "model_fixture.hpp"

using namespace llmfit;

namespace {

/// Layers of one kind without a feed-forward part, one norm each.
fixture::Source mixer(const char* kind, std::string_view gguf, std::int64_t hidden) {
  auto source = fixture::decoder(2, hidden, 8, 8, 64, 0, 1000);
  source.kinds = kind;
  source.ffns = "-";
  source.record.gguf = gguf;
  source.record.dims.norms_per_layer = 1;
  return source;
}

std::string tensors_of(const fixture::Source& source, int layer = 1) {
  return fixture::tensors_of(fixture::build(source), layer);
}

}  // namespace

TEST_CASE("a Mamba layer") {
  auto source = mixer("M", "mamba", 768);
  Ssm ssm;
  ssm.version = 1;
  ssm.d_inner = 1536;
  ssm.d_state = 16;
  ssm.d_conv = 4;
  ssm.dt_rank = 48;
  source.record.dims.ssm = ssm;
  CHECK(tensors_of(source) ==
        "attn_norm.weight 768\n"
        "ssm_a 16x1536\n"
        "ssm_conv1d.bias 1536\n"
        "ssm_conv1d.weight 4x1536\n"
        "ssm_d 1536\n"
        "ssm_dt.bias 1536\n"
        "ssm_dt.weight 48x1536\n"
        "ssm_in.weight 768x3072\n"
        "ssm_out.weight 1536x768\n"
        "ssm_x.weight 1536x80\n");
}

TEST_CASE("a Mamba-2 layer, and one beside attention") {
  Ssm ssm;
  ssm.d_inner = 3072;
  ssm.d_state = 128;
  ssm.d_conv = 4;
  ssm.n_groups = 2;
  ssm.heads = 48;
  const std::string mamba =
      "ssm_a 1x48\n"
      "ssm_conv1d.bias 3584\n"
      "ssm_conv1d.weight 4x3584\n"
      "ssm_d 1x48\n"
      "ssm_dt.bias 48\n"
      "ssm_in.weight 1536x6704\n"
      "ssm_norm.weight 1536x2\n"
      "ssm_out.weight 3072x1536\n";
  auto source = mixer("M", "mamba2", 1536);
  source.record.dims.ssm = ssm;
  CHECK(tensors_of(source) == "attn_norm.weight 1536\n" + mamba);

  source.kinds = "H";
  source.record.gguf = "falcon-h1";
  source.record.dims.norms_per_layer = 2;
  CHECK(tensors_of(source) ==
        "attn_k.weight 1536x512\n"
        "attn_norm.weight 1536\n"
        "attn_output.weight 512x1536\n"
        "attn_q.weight 1536x512\n"
        "attn_v.weight 1536x512\n"
        "ffn_norm 1536\n" +
            mamba);
}

TEST_CASE("gated delta net, with one matrix or two for its decay") {
  auto source = mixer("L", "qwen3next", 2048);
  source.record.dims.linear_attention =
      LinearAttention{LinearKind::gated_delta, 16, 32, 128, 128, 4, false, false};
  const std::string before =
      "attn_gate.weight 2048x4096\n"
      "attn_norm.weight 2048\n"
      "attn_qkv.weight 2048x8192\n"
      "ssm_a 32\n";
  const std::string after =
      "ssm_conv1d.weight 4x8192\n"
      "ssm_dt.bias 32\n"
      "ssm_norm.weight 128\n"
      "ssm_out.weight 4096x2048\n";
  CHECK(tensors_of(source) == before + "ssm_ba.weight 2048x64\n" + after);
  source.record.gguf = "qwen35";
  CHECK(tensors_of(source) ==
        before + "ssm_alpha.weight 2048x32\nssm_beta.weight 2048x32\n" + after);
}

TEST_CASE("Kimi delta attention, with a gate of low or full rank") {
  auto source = mixer("L", "kimi-linear", 2304);
  LinearAttention dims{LinearKind::kimi_delta, 32, 32, 128, 128, 4, false, false};
  source.record.dims.linear_attention = dims;
  CHECK(tensors_of(source) ==
        "attn_k.weight 2304x4096\n"
        "attn_norm.weight 2304\n"
        "attn_output.weight 4096x2304\n"
        "attn_q.weight 2304x4096\n"
        "attn_v.weight 2304x4096\n"
        "ssm_a 1x32\n"
        "ssm_beta.weight 2304x32\n"
        "ssm_conv1d_k.weight 4x1x4096\n"
        "ssm_conv1d_q.weight 4x1x4096\n"
        "ssm_conv1d_v.weight 4x1x4096\n"
        "ssm_dt.bias 4096\n"
        "ssm_f_a.weight 2304x128\n"
        "ssm_f_b.weight 128x4096\n"
        "ssm_g_a.weight 2304x128\n"
        "ssm_g_b.weight 128x4096\n"
        "ssm_norm.weight 128\n");
  dims.full_rank_gate = true;
  source.record.dims.linear_attention = dims;
  source.record.gguf = "kimi-k3";
  const auto full = tensors_of(source);
  CHECK(full.find("ssm_g.weight 2304x4096\n") != std::string::npos);
  CHECK(full.find("ssm_a 32\n") != std::string::npos);
}

TEST_CASE("lightning attention") {
  auto source = mixer("L", "minimax-01", 6144);
  source.record.dims.linear_attention =
      LinearAttention{LinearKind::lightning, 64, 64, 128, 128, 0, false, false};
  CHECK(tensors_of(source) ==
        "attn_gate.weight 6144x8192\n"
        "attn_norm.weight 6144\n"
        "attn_norm_2.weight 8192\n"
        "attn_output.weight 8192x6144\n"
        "attn_qkv.weight 6144x24576\n");
}

TEST_CASE("short convolution, and the name of the final norm that goes with it") {
  auto source = mixer("K", "lfm2", 2048);
  source.record.dims.short_conv = ShortConv{3};
  source.record.dims.tied_embeddings = true;
  CHECK(tensors_of(source) ==
        "attn_norm.weight 2048\n"
        "shortconv.conv.weight 3x2048\n"
        "shortconv.in_proj.weight 2048x6144\n"
        "shortconv.out_proj.weight 2048x2048\n");
  CHECK(tensors_of(source, -1) == "token_embd.weight 2048x1000\ntoken_embd_norm.weight 2048\n");
}

TEST_CASE("gated linear recurrence") {
  auto source = mixer("G", "", 2560);
  source.record.dims.rg_lru = RgLru{2560, 10, 4};
  CHECK(tensors_of(source) ==
        "attn_norm.weight 2560\n"
        "conv1d.bias 2560\n"
        "conv1d.weight 4x2560\n"
        "linear_out.bias 2560\n"
        "linear_out.weight 2560x2560\n"
        "linear_x.bias 2560\n"
        "linear_x.weight 2560x2560\n"
        "linear_y.bias 2560\n"
        "linear_y.weight 2560x2560\n"
        "rg_lru.input_gate.bias 256x10\n"
        "rg_lru.input_gate.weight 256x256x10\n"
        "rg_lru.recurrent_gate.bias 256x10\n"
        "rg_lru.recurrent_gate.weight 256x256x10\n"
        "rg_lru.recurrent_param 2560\n");
}

TEST_CASE("RWKV 7: the first layer carries a value mix of another rank") {
  auto source = mixer("R", "rwkv7", 2560);
  source.record.ffn_size = 10240;
  source.record.dims.norm = Norm::layernorm;
  source.record.dims.norms_per_layer = 2;
  source.record.dims.rwkv = Rwkv{64, 96, 96, 64, 320};
  const std::string layer =
      "attn_norm.bias 2560\n"
      "attn_norm.weight 2560\n"
      "attn_norm_2.bias 2560\n"
      "attn_norm_2.weight 2560\n"
      "channel_mix_key.weight 2560x10240\n"
      "channel_mix_lerp_k.weight 2560\n"
      "channel_mix_value.weight 10240x2560\n"
      "time_mix_a0.weight 2560\n"
      "time_mix_a1.weight 2560x96\n"
      "time_mix_a2.weight 96x2560\n"
      "time_mix_g1.weight 2560x320\n"
      "time_mix_g2.weight 320x2560\n"
      "time_mix_k_a.weight 2560\n"
      "time_mix_k_k.weight 2560\n"
      "time_mix_key.weight 2560x2560\n"
      "time_mix_lerp_fused.weight 2560x1x1x6\n"
      "time_mix_ln.bias 2560\n"
      "time_mix_ln.weight 2560\n"
      "time_mix_output.weight 2560x2560\n"
      "time_mix_r_k.weight 2560\n"
      "time_mix_receptance.weight 2560x2560\n"
      "time_mix_v0.weight 2560\n"
      "time_mix_v1.weight 2560x64\n"
      "time_mix_v2.weight 64x2560\n"
      "time_mix_value.weight 2560x2560\n"
      "time_mix_w0.weight 2560\n"
      "time_mix_w1.weight 2560x96\n"
      "time_mix_w2.weight 96x2560\n";
  CHECK(tensors_of(source, 1) == layer);
  const auto first = tensors_of(source, 0);
  CHECK(first.find("time_mix_v1.weight 2560x96\n") != std::string::npos);
  CHECK(tensors_of(source, -1).find("token_embd_norm.bias 2560\n") != std::string::npos);
}

TEST_CASE("RWKV 4") {
  auto source = mixer("W", "", 768);
  source.record.ffn_size = 3072;
  CHECK(tensors_of(source) ==
        "attn_norm.weight 768\n"
        "channel_mix_key.weight 768x3072\n"
        "channel_mix_lerp_k.weight 768\n"
        "channel_mix_lerp_r.weight 768\n"
        "channel_mix_receptance.weight 768x768\n"
        "channel_mix_value.weight 3072x768\n"
        "time_mix_decay.weight 768\n"
        "time_mix_first.weight 768\n"
        "time_mix_key.weight 768x768\n"
        "time_mix_lerp_k.weight 768\n"
        "time_mix_lerp_r.weight 768\n"
        "time_mix_lerp_v.weight 768\n"
        "time_mix_output.weight 768x768\n"
        "time_mix_receptance.weight 768x768\n"
        "time_mix_value.weight 768x768\n");
}

TEST_CASE("DeepSeek V4 compresses by layer: not at all, by 4 with an indexer, by 128") {
  auto source = mixer("V", "deepseek4", 4096);
  source.record.layers = 3;
  source.record.heads = 64;
  source.record.head_dim = 512;
  source.record.dims.compressed = CompressedAttention{1024, 8, 1024, 4, 64, 128};
  const std::array<std::int32_t, 3> ratios{0, 4, 128};
  source.record.compress_ratios = ratios;
  const std::string plain =
      "attn_kv.weight 4096x512\n"
      "attn_kv_a_norm.weight 512\n"
      "attn_norm.weight 4096\n"
      "attn_output_a.weight 4096x1024x8\n"
      "attn_output_b.weight 8192x4096\n"
      "attn_q_a.weight 4096x1024\n"
      "attn_q_a_norm.weight 1024\n"
      "attn_q_b.weight 1024x32768\n"
      "attn_sinks.weight 64\n"
      "hc_attn_base.weight 24\n"
      "hc_attn_fn.weight 16384x24\n"
      "hc_attn_scale.weight 3\n"
      "hc_ffn_base.weight 24\n"
      "hc_ffn_fn.weight 16384x24\n"
      "hc_ffn_scale.weight 3\n";
  CHECK(tensors_of(source, 0) == plain);
  CHECK(tensors_of(source, 2) ==
        "attn_compressor_ape.weight 512x128\n"
        "attn_compressor_gate.weight 4096x512\n"
        "attn_compressor_kv.weight 4096x512\n"
        "attn_compressor_norm.weight 512\n" +
            plain);
  CHECK(tensors_of(source, 1) ==
        "attn_compressor_ape.weight 1024x4\n"
        "attn_compressor_gate.weight 4096x1024\n"
        "attn_compressor_kv.weight 4096x1024\n"
        "attn_compressor_norm.weight 512\n" +
            plain +
            "indexer.attn_q_b.weight 1024x8192\n"
            "indexer.proj.weight 4096x64\n"
            "indexer_compressor_ape.weight 256x4\n"
            "indexer_compressor_gate.weight 4096x256\n"
            "indexer_compressor_kv.weight 4096x256\n"
            "indexer_compressor_norm.weight 128\n");
}

TEST_CASE("attention or feed-forward part replaced by one matrix") {
  auto source = fixture::decoder(2, 2048, 16, 4, 128, 8192, 32000);
  source.kinds = "l";
  source.ffns = "l";
  CHECK(tensors_of(source) ==
        "attn_norm.weight 2048\n"
        "attn_output.weight 2048x2048\n"
        "ffn_down.weight 2048x2048\n"
        "ffn_norm.weight 2048\n");
}
