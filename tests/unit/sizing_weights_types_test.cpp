// SPDX-License-Identifier: MIT
#include "catch.hpp"
#include "llmfit/format.hpp"

using namespace llmfit;

TEST_CASE("block types take their true bytes") {
  struct Case {
    TensorType type;
    std::int64_t length;
    std::int64_t bytes;
  };
  for (const auto& row : {Case{TensorType::f32, 5120, 20480},
                          {TensorType::q4_0, 32, 18},
                          {TensorType::q4_0, 5120, 2880},
                          {TensorType::q8_0, 5120, 5440},
                          {TensorType::q4_k, 5120, 2880},
                          {TensorType::q6_k, 5120, 4200},
                          {TensorType::q2_k, 256, 84},
                          {TensorType::mxfp4, 64, 34},
                          {TensorType::nvfp4, 64, 36},
                          {TensorType::fp8, 5120, 5120},
                          {TensorType::int8, 5120, 5120}}) {
    INFO(layout(row.type).name);
    CHECK(row_bytes(row.type, row.length) == Bytes{row.bytes});
  }
}

TEST_CASE("a row that does not divide by its block is rounded up to one more") {
  CHECK(row_bytes(TensorType::q4_0, 33) == Bytes{36});
  CHECK(row_bytes(TensorType::q4_0, 0) == Bytes{0});
}

TEST_CASE("every type is found by the name it prints") {
  for (int i = 0; i <= static_cast<int>(TensorType::int8); ++i) {
    const auto type = static_cast<TensorType>(i);
    CHECK(tensor_type_from(layout(type).name) == type);
  }
  CHECK_FALSE(tensor_type_from("q9_k"));
}
