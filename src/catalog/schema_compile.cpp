// SPDX-License-Identifier: MIT
#include <map>

#include "catalog/schema.hpp"
#include "catalog/schema_node.hpp"

namespace llmfit::catalog {
namespace {

class Compiler;
using Handler = void (*)(Compiler&, SchemaNode&, const Json& value, const std::string& pointer);

struct Keyword {
  std::string_view name;
  Handler compile;
};

/// Turns a document into nodes; a schema that several places refer to becomes one node.
class Compiler {
 public:
  Compiler(const Json& document, std::vector<std::unique_ptr<SchemaNode>>& nodes, Faults& faults)
      : document_(document), nodes_(nodes), faults_(faults) {}

  const SchemaNode* node(const Json& schema, const std::string& pointer);

  const SchemaNode* reference(const std::string& target, const std::string& pointer) {
    try {
      if (target.starts_with('#')) {
        return node(document_.at(Json::json_pointer(target.substr(1))), target.substr(1));
      }
    } catch (const Json::exception&) {  // no such place, or not a pointer
    }
    fault(pointer, "refers to '" + target + "', which is not in this document");
    return nullptr;
  }

  void fault(const std::string& pointer, std::string message) {
    faults_.push_back({pointer, std::move(message)});
  }

  /// False, with a fault, when the keyword's value is not what it must be.
  bool expect(bool right, const std::string& pointer, std::string_view what) {
    if (!right) fault(pointer, "must be " + std::string(what));
    return right;
  }

 private:
  const Json& document_;
  std::vector<std::unique_ptr<SchemaNode>>& nodes_;
  std::map<std::string, const SchemaNode*> known_;
  Faults& faults_;
};

unsigned type_bits(Compiler& compiler, const Json& word, const std::string& pointer) {
  for (const auto& type : type_words) {
    if (word == std::string(type.word)) return type.bit;
  }
  compiler.fault(pointer, "is not a type of JSON Schema");
  return 0;
}

void compile_type(Compiler& compiler, SchemaNode& node, const Json& value,
                  const std::string& pointer) {
  if (!value.is_array()) {
    node.types = type_bits(compiler, value, pointer);
    return;
  }
  for (const auto& word : value) node.types |= type_bits(compiler, word, pointer);
}

void compile_properties(Compiler& compiler, SchemaNode& node, const Json& value,
                        const std::string& pointer) {
  if (!compiler.expect(value.is_object(), pointer, "an object")) return;
  for (const auto& [name, schema] : value.items()) {
    node.properties.emplace_back(name, compiler.node(schema, below(pointer, name)));
  }
}

void compile_required(Compiler& compiler, SchemaNode& node, const Json& value,
                      const std::string& pointer) {
  if (!compiler.expect(value.is_array(), pointer, "an array of strings")) return;
  for (const auto& name : value) {
    if (compiler.expect(name.is_string(), pointer, "an array of strings")) {
      node.required.push_back(name.get<std::string>());
    }
  }
}

void compile_additional(Compiler& compiler, SchemaNode& node, const Json& value,
                        const std::string& pointer) {
  if (value.is_boolean()) {
    node.closed = !value.get<bool>();
  } else {
    node.additional = compiler.node(value, pointer);
  }
}

void compile_items(Compiler& compiler, SchemaNode& node, const Json& value,
                   const std::string& pointer) {
  node.items = compiler.node(value, pointer);
}

void compile_enum(Compiler& compiler, SchemaNode& node, const Json& value,
                  const std::string& pointer) {
  if (!compiler.expect(value.is_array() && !value.empty(), pointer, "an array")) return;
  node.allowed.assign(value.begin(), value.end());
}

void compile_const(Compiler&, SchemaNode& node, const Json& value, const std::string&) {
  node.allowed.push_back(value);
}

template <std::optional<double> SchemaNode::*Limit>
void compile_limit(Compiler& compiler, SchemaNode& node, const Json& value,
                   const std::string& pointer) {
  if (compiler.expect(value.is_number(), pointer, "a number")) node.*Limit = value.get<double>();
}

template <std::size_t SchemaNode::*Limit>
void compile_count(Compiler& compiler, SchemaNode& node, const Json& value,
                   const std::string& pointer) {
  if (compiler.expect(value.is_number_unsigned(), pointer, "a whole number")) {
    node.*Limit = value.get<std::size_t>();
  }
}

void compile_unique(Compiler& compiler, SchemaNode& node, const Json& value,
                    const std::string& pointer) {
  if (compiler.expect(value.is_boolean(), pointer, "true or false")) {
    node.unique_items = value.get<bool>();
  }
}

void compile_pattern(Compiler& compiler, SchemaNode& node, const Json& value,
                     const std::string& pointer) {
  if (!compiler.expect(value.is_string(), pointer, "a string")) return;
  node.pattern_text = value.get<std::string>();
  node.pattern = Pattern::parse(node.pattern_text);
  compiler.expect(node.pattern.has_value(), pointer,
                  "a plain regular expression between ^ and $ (see catalog/pattern.hpp)");
}

void compile_any_of(Compiler& compiler, SchemaNode& node, const Json& value,
                    const std::string& pointer) {
  if (!compiler.expect(value.is_array() && !value.empty(), pointer, "an array")) return;
  for (std::size_t i = 0; i < value.size(); ++i) {
    node.any_of.push_back(compiler.node(value[i], below(pointer, i)));
  }
}

void compile_reference(Compiler& compiler, SchemaNode& node, const Json& value,
                       const std::string& pointer) {
  if (!compiler.expect(value.is_string(), pointer, "a string")) return;
  node.reference = compiler.reference(value.get<std::string>(), pointer);
}

void compile_description(Compiler&, SchemaNode& node, const Json& value, const std::string&) {
  if (value.is_string()) node.description = value.get<std::string>();
}

/// Read by people only, or reached through `$ref`.
void pass(Compiler&, SchemaNode&, const Json&, const std::string&) {}

constexpr std::array<Keyword, 24> keywords = {{
    {"type", compile_type},
    {"properties", compile_properties},
    {"required", compile_required},
    {"additionalProperties", compile_additional},
    {"items", compile_items},
    {"enum", compile_enum},
    {"const", compile_const},
    {"minimum", compile_limit<&SchemaNode::minimum>},
    {"exclusiveMinimum", compile_limit<&SchemaNode::exclusive_minimum>},
    {"maximum", compile_limit<&SchemaNode::maximum>},
    {"minLength", compile_count<&SchemaNode::min_length>},
    {"minItems", compile_count<&SchemaNode::min_items>},
    {"minProperties", compile_count<&SchemaNode::min_properties>},
    {"uniqueItems", compile_unique},
    {"pattern", compile_pattern},
    {"anyOf", compile_any_of},
    {"$ref", compile_reference},
    {"description", compile_description},
    {"title", pass},
    {"examples", pass},
    {"$comment", pass},
    {"$schema", pass},
    {"$id", pass},
    {"$defs", pass},
}};

const Keyword* keyword_of(std::string_view name) {
  for (const auto& keyword : keywords) {
    if (keyword.name == name) return &keyword;
  }
  return nullptr;
}

const SchemaNode* Compiler::node(const Json& schema, const std::string& pointer) {
  if (const auto found = known_.find(pointer); found != known_.end()) return found->second;
  auto& node = *nodes_.emplace_back(std::make_unique<SchemaNode>());
  known_.emplace(pointer, &node);  // before the parts, which may refer back to it
  if (!expect(schema.is_object(), pointer, "an object: a schema")) return &node;
  for (const auto& [name, value] : schema.items()) {
    if (const auto* keyword = keyword_of(name)) {
      keyword->compile(*this, node, value, below(pointer, name));
    } else {
      fault(below(pointer, name), "keyword is not interpreted; use one that is, or teach it");
    }
  }
  return &node;
}

}  // namespace

Schema::Schema() = default;
Schema::~Schema() = default;

std::shared_ptr<const Schema> Schema::compile(const Json& document, Faults& faults) {
  const std::size_t before = faults.size();
  const std::shared_ptr<Schema> schema(new Schema);
  Compiler(document, schema->nodes_, faults).node(document, "");
  return faults.size() == before ? schema : nullptr;
}

}  // namespace llmfit::catalog
