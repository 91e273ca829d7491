// SPDX-License-Identifier: MIT
#include "catalog/builtin.hpp"

namespace llmfit {

const Catalog& Catalog::builtin() {
  namespace built = catalog::builtin;
  static const Catalog catalog({.models = built::models,
                                .gpus = built::gpus,
                                .offers = built::offers,
                                .formats = built::formats,
                                .engines = built::engines,
                                .economics = built::economics,
                                .model_names = built::model_names,
                                .gpu_names = built::gpu_names,
                                .gpu_families = built::gpu_families,
                                .prices_as_of = built::prices_as_of},
                               nullptr, std::string(built::version));
  return catalog;
}

std::string_view catalog_schema() { return catalog::builtin::schema; }

}  // namespace llmfit
