// Source texts in TorchScript, and what their names mean.
#include <torch/csrc/jit/frontend/resolver.h>
#include <torch/csrc/jit/frontend/sugared_value.h>
#include <torch/csrc/jit/ir/ir.h>

#include <array>
#include <numbers>

#include "entry.h"
#include "script.h"
#include "value.h"

namespace torch_node {

namespace {

using c10::Symbol;
using torch::jit::BuiltinModule;
using torch::jit::GraphFunction;
using torch::jit::SimpleValue;
using torch::jit::SourceRange;
using torch::jit::SpecialFormValue;
using torch::jit::SugaredValue;
using SugaredPtr = std::shared_ptr<SugaredValue>;

constexpr std::array kExceptions{"Exception",     "ArithmeticError",  "AssertionError",      "AttributeError", "IndexError",
                                 "KeyError",      "LookupError",      "NotImplementedError", "OverflowError",  "RuntimeError",
                                 "StopIteration", "TypeError",        "ValueError",          "ZeroDivisionError"};

// Python's class of exceptions, whose name goes with what is raised.
struct ExceptionClass : torch::jit::ExceptionValue {
  explicit ExceptionClass(std::string name) : ExceptionValue(std::move(name)) {}

  SugaredPtr call(const SourceRange& loc, GraphFunction& m, at::ArrayRef<torch::jit::NamedValue> args,
                  at::ArrayRef<torch::jit::NamedValue>, size_t) override {
    auto& graph = *m.graph();
    auto* message = insertConstant(graph, "", loc);
    for (const auto& arg : args) {
      auto* text = arg.value(graph);
      if (!text->type()->isSubtypeOf(*c10::StringType::get()))
        text = torch::jit::emitBuiltinCall(loc, graph, Symbol::aten("str"), {text}, {});
      message = torch::jit::emitBuiltinCall(loc, graph, Symbol::aten("add"), {message, text}, {});
    }
    return std::make_shared<torch::jit::ExceptionMessageValue>(message,
                                                               insertConstant(graph, "builtins." + message_, loc));
  }
};

// A namespace that knows some names by itself; the others are operators.
struct Namespace : BuiltinModule {
  using Find = SugaredPtr (*)(const std::string& name, GraphFunction& m, const SourceRange& loc);

  explicit Namespace(Find find) : BuiltinModule("aten"), find_(find) {}

  SugaredPtr attr(const SourceRange& loc, GraphFunction& m, const std::string& field) override {
    if (auto found = find_(field, m, loc)) return found;
    return BuiltinModule::attr(loc, m, field);
  }

 private:
  Find find_;
};

// `torch.ops`: its attributes are namespaces of operators.
struct Operators : SugaredValue {
  std::string kind() const override { return "ops"; }
  SugaredPtr attr(const SourceRange&, GraphFunction&, const std::string& field) override {
    return std::make_shared<BuiltinModule>(field);
  }
};

template <typename T>
SugaredPtr constant(GraphFunction& m, const SourceRange& loc, T value) {
  return std::make_shared<SimpleValue>(insertConstant(*m.graph(), value, loc));
}

SugaredPtr number(const std::string& name, GraphFunction& m, const SourceRange& loc) {
  if (name == "pi") return constant(m, loc, std::numbers::pi);
  if (name == "e") return constant(m, loc, std::numbers::e);
  if (name == "inf") return constant(m, loc, std::numeric_limits<double>::infinity());
  if (name == "nan") return constant(m, loc, std::numeric_limits<double>::quiet_NaN());
  return nullptr;
}

SugaredPtr in_jit(const std::string& name, GraphFunction& m, const SourceRange& loc) {
  for (const char* form : {"annotate", "isinstance", "fork"})
    if (name == form || name == std::string("_") + form) return SpecialFormValue::create(Symbol::prim(form));
  if (name == "wait" || name == "_wait") return std::make_shared<torch::jit::BuiltinFunction>(Symbol::aten("wait"), std::nullopt);
  if (name == "is_scripting") return constant(m, loc, true);
  return nullptr;
}

SugaredPtr in_torch(const std::string& name, GraphFunction& m, const SourceRange& loc) {
  if (name == "jit") return std::make_shared<Namespace>(in_jit);
  if (name == "ops") return std::make_shared<Operators>();
  for (int i = 0; i < static_cast<int>(c10::ScalarType::NumOptions); i++) {
    if (i == static_cast<int>(c10::ScalarType::Undefined)) continue;
    const auto [first, second] = c10::getDtypeNames(static_cast<c10::ScalarType>(i));
    if (name == first || name == second) return constant(m, loc, i);
  }
  return number(name, m, loc);
}

struct Names : torch::jit::Resolver {
  SugaredPtr resolveValue(const std::string& name, GraphFunction&, const SourceRange&) override {
    if (name == "torch") return std::make_shared<Namespace>(in_torch);
    if (name == "math") return std::make_shared<Namespace>(number);
    if (std::ranges::find(kExceptions, name) != kExceptions.end()) return std::make_shared<ExceptionClass>(name);
    return nullptr;
  }
};

// Compiles the functions of a source text; or, given a module, adds them to it as methods.
napi_value define_script(Args& args) {
  napi_env env = args.env;
  const std::string source = to_string(env, args[1]);
  const auto names = std::make_shared<Names>();
  if (!is_nullish(env, args[0])) {
    module_of(args.environment, args[0]).define(source, names);
    return array_of(env, 0);
  }
  auto unit = std::make_shared<torch::jit::CompilationUnit>();
  const auto functions = unit->define(c10::QualifiedName("__torch__"), source, names, nullptr);
  napi_value result = array_of(env, functions.size());
  for (size_t i = 0; i < functions.size(); i++)
    set_element(env, result, i, wrap_script(args.environment, {nullptr, functions[i], unit}));
  return result;
}

}  // namespace

Exports script_source_exports() { return {{"scriptDefine", entry<define_script>}}; }

}  // namespace torch_node
