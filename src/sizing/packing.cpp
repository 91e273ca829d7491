// SPDX-License-Identifier: MIT
#include "sizing/packing.hpp"

#include <algorithm>

#include "sizing/widths.hpp"

namespace llmfit {
namespace sizing {
namespace {

/// A tensor as matrices of `inputs` x `rows`, as checkpoints hold them.
struct Matrices {
  Elements inputs;
  Elements rows;
  std::int64_t count = 1;
};

bool is_expert(Role role) {
  return role == Role::ffn_gate_exps || role == Role::ffn_up_exps || role == Role::ffn_down_exps ||
         role == Role::ffn_gate_up_exps;
}

Elements product(std::int64_t a, std::int64_t b) { return Elements{a} * b; }

/// The heads of latent attention's up-projections are one matrix; that of the keys is transposed in
/// GGUF files.
Matrices matrices_of(const Tensor& tensor) {
  const auto& [inputs, rows, third, fourth] = tensor.shape;
  if (is_expert(tensor.role)) {
    return {Elements{inputs}, Elements{rows}, product(third, fourth).count()};
  }
  const auto outer = product(third, fourth).count();
  if (tensor.role == Role::mla_k_b) return {Elements{rows}, product(inputs, outer), 1};
  return {Elements{inputs}, product(rows, outer), 1};
}

/// Bytes of `count` values of so many thousandths of a bit, rounded up.
Bytes bytes_of(Elements count, std::int64_t millibits) {
  constexpr std::int64_t byte = 8000;
  if (count.overflowed()) return Bytes::max();
  const auto rest = count.count() % byte * millibits;
  return Bytes{count.count() / byte} * millibits + Bytes{ceil_div(rest, byte)};
}

Elements groups_of(const Matrices& matrix, const Scheme& scheme) {
  if (scheme.group < 0) return Elements{0};
  if (scheme.group == 0) return matrix.rows;
  if (scheme.flat) return ceil_div(matrix.inputs * matrix.rows.count(), scheme.group);
  const auto rows = ceil_div(matrix.rows, std::max(1, scheme.group_rows));
  return ceil_div(matrix.inputs, scheme.group) * rows.count();
}

Bytes scale_bytes(Elements groups, const Scheme& scheme) {
  const auto bits = std::int64_t{scheme.scale_bits} + scheme.zero_bits;
  const auto bytes = bytes_of(groups, bits * 1000);
  if (scheme.outer_group <= 0) return bytes;
  return bytes +
         bytes_of(ceil_div(groups, scheme.outer_group), std::int64_t{1000} * scheme.outer_bits);
}

}  // namespace

Bytes packed_bytes(const Tensor& tensor, const Scheme& scheme) {
  const auto matrix = matrices_of(tensor);
  const auto elements = matrix.inputs * matrix.rows.count();
  const auto one = bytes_of(elements, scheme.millibits) +
                   scale_bytes(groups_of(matrix, scheme), scheme) +
                   Bytes{scheme.input_bytes} * matrix.inputs.count() + Bytes{scheme.matrix_bytes};
  return one * matrix.count;
}

Scheme on_device(const Scheme& scheme) {
  auto loaded = scheme;
  if (scheme.order_dropped) loaded.input_bytes = 0;
  return loaded;
}

std::int64_t whole_group(const Format& format) {
  if (!format.scheme || format.scheme->flat) return 1;
  return std::max(1, format.scheme->group);
}

}  // namespace sizing

double nominal_bits(const Format& format) {
  if (format.engine == Engine::params) return format.bytes_per_parameter * 8;
  if (!format.scheme) {
    const auto& type = layout(format.type);
    return 8.0 * type.bytes / type.elements;
  }
  const auto& scheme = *format.scheme;
  const double bits = scheme.millibits / 1000.0;
  if (scheme.group <= 0) return bits;
  const double outer = scheme.outer_group > 0 ? 1.0 * scheme.outer_bits / scheme.outer_group : 0;
  return bits + (scheme.scale_bits + scheme.zero_bits + outer) / scheme.group / scheme.group_rows;
}

}  // namespace llmfit
