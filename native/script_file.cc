// TorchScript archives: read, written, optimised, printed.
#include <caffe2/serialize/read_adapter_interface.h>
#include <torch/csrc/jit/ir/ir.h>
#include <torch/csrc/jit/passes/canonicalize.h>
#include <torch/csrc/jit/passes/inliner.h>
#include <torch/csrc/jit/passes/shape_analysis.h>
#include <torch/csrc/jit/serialization/import.h>
#include <torch/csrc/jit/serialization/python_print.h>

#include <cstring>

#include "async.h"
#include "entry.h"
#include "script.h"
#include "torchvision/image.h"
#include "torchvision/ops.h"
#include "value.h"

namespace torch_node {

namespace {

using torch::jit::ExtraFilesMap;
using torch::jit::Module;

// An archive in memory.
class Bytes : public caffe2::serialize::ReadAdapterInterface {
 public:
  explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}
  size_t size() const override { return bytes_.size(); }
  size_t read(uint64_t position, void* buffer, size_t count, const char*) const override {
    if (position >= bytes_.size()) return 0;
    count = std::min<size_t>(count, bytes_.size() - position);
    std::memcpy(buffer, bytes_.data() + position, count);
    return count;
  }

 private:
  std::string bytes_;
};

// The bytes of a string or of any view of an ArrayBuffer.
std::string bytes_of(napi_env env, napi_value value) {
  if (type_of(env, value) == napi_string) return to_string(env, value);
  bool view = false;
  check(env, napi_is_typedarray(env, value, &view));
  if (!view) throw TypeError("Expected a string or a Uint8Array");
  size_t length = 0;
  void* data = nullptr;
  napi_typedarray_type type;
  check(env, napi_get_typedarray_info(env, value, &type, &length, &data, nullptr, nullptr));
  if (type != napi_uint8_array) throw TypeError("Expected a string or a Uint8Array");
  return {static_cast<const char*>(data), length};
}

napi_value bytes_to_js(napi_env env, const std::string& bytes) {
  void* data = nullptr;
  napi_value buffer, view;
  check(env, napi_create_arraybuffer(env, bytes.size(), &data, &buffer));
  if (!bytes.empty()) std::memcpy(data, bytes.data(), bytes.size());
  check(env, napi_create_typedarray(env, napi_uint8_array, bytes.size(), buffer, 0, &view));
  return view;
}

// A load that is under way: what it was asked for, and what it found.
struct Load {
  std::string path;
  std::shared_ptr<Bytes> bytes;
  std::optional<c10::Device> device;
  ExtraFilesMap extra;
  std::vector<std::string> names;
  c10::intrusive_ptr<c10::ivalue::Object> module;

  void run() {
    auto unit = std::make_shared<torch::jit::CompilationUnit>();
    module = (bytes ? torch::jit::import_ir_module(unit, bytes, device, extra)
                    : torch::jit::import_ir_module(unit, path, device, extra))
                 ._ivalue();
  }
};

std::shared_ptr<Load> begin_load(Args& args) {
  napi_env env = args.env;
  auto load = std::make_shared<Load>();
  if (type_of(env, args[0]) == napi_string)
    load->path = to_string(env, args[0]);
  else
    load->bytes = std::make_shared<Bytes>(bytes_of(env, args[0]));
  if (!is_nullish(env, args[1])) load->device = to_device(args.environment, classify(args.environment, args[1]));
  for (uint32_t i = 0; i < array_length(env, args[2]); i++) {
    load->names.push_back(to_string(env, element(env, args[2], i)));
    load->extra[load->names.back()] = "";
  }
  return load;
}

// [module, bytes of each extra file in the order they were asked for]
napi_value loaded(Environment& environment, const Load& load) {
  napi_env env = environment.env;
  napi_value result = array_of(env, 2), files = array_of(env, load.names.size());
  for (size_t i = 0; i < load.names.size(); i++)
    set_element(env, files, i, bytes_to_js(env, load.extra.at(load.names[i])));
  set_element(env, result, 0, wrap_script(environment, {load.module}));
  set_element(env, result, 1, files);
  return result;
}

napi_value load_script(Args& args) {
  const auto load = begin_load(args);
  load->run();
  return loaded(args.environment, *load);
}

napi_value load_script_async(Args& args) {
  const auto load = begin_load(args);
  return run_async(
      args.environment, [load] { load->run(); }, [load](Environment& environment) { return loaded(environment, *load); });
}

ExtraFilesMap extra_files(Args& args, size_t i) {
  ExtraFilesMap files;
  for (uint32_t k = 0; k < array_length(args.env, args[i]); k++) {
    napi_value pair = element(args.env, args[i], k);
    files[to_string(args.env, element(args.env, pair, 0))] = bytes_of(args.env, element(args.env, pair, 1));
  }
  return files;
}

// What is saved of a function: a module with it as `forward`, as Python does.
Module module_around(const torch::jit::Function& function) {
  Module module("__torch__.PlaceholderModule");
  const auto graph = torch::jit::toGraphFunction(const_cast<torch::jit::Function&>(function)).graph()->copy();
  graph->insertInput(0, "self")->setType(module.type());
  auto* method = module._ivalue()->compilation_unit()->create_function(
      c10::QualifiedName(*module.type()->name(), "forward"), graph);
  // Defaults are in the schema, not in the graph.
  auto arguments = function.getSchema().arguments();
  arguments.insert(arguments.begin(), c10::Argument("self", module.type()));
  method->setSchema(function.getSchema().cloneWithArguments(std::move(arguments)));
  module.type()->addMethod(method);
  return module;
}

napi_value save_script(Args& args) {
  const auto& script = script_of(args.environment, args[0]);
  const auto module = script.function ? module_around(*script.function) : module_of(args.environment, args[0]);
  const auto files = extra_files(args, 2);
  if (!is_nullish(args.env, args[1])) {
    module.save(to_string(args.env, args[1]), files);
    return undefined(args.env);
  }
  std::ostringstream out;
  module.save(out, files);
  return bytes_to_js(args.env, out.str());
}

std::vector<std::string> strings_of(Args& args, size_t i) {
  std::vector<std::string> strings;
  for (uint32_t k = 0; k < array_length(args.env, args[i]); k++)
    strings.push_back(to_string(args.env, element(args.env, args[i], k)));
  return strings;
}

napi_value freeze_script(Args& args) {
  const auto frozen = torch::jit::freeze(module_of(args.environment, args[0]), strings_of(args, 1), to_bool(args.env, args[2]));
  return wrap_script(args.environment, {frozen._ivalue()});
}

napi_value optimize_script(Args& args) {
  auto module = module_of(args.environment, args[0]);
  return wrap_script(args.environment, {torch::jit::optimize_for_inference(module, strings_of(args, 1))._ivalue()});
}

torch::jit::Function& function_of(Args& args) {
  const auto& script = script_of(args.environment, args[0]);
  const std::string name = to_string(args.env, args[1]);
  auto* function = script.function ? script.function : script.object->type()->findMethod(name);
  TORCH_CHECK(function, "Method '", name, "' is not defined.");
  return *function;
}

// The graph of a method or function: as it is, with those of what it calls (`inlined`), or in a form that is the same for
// two graphs that do the same (`canonical`).
napi_value script_graph(Args& args) {
  auto graph = torch::jit::toGraphFunction(function_of(args)).graph();
  const std::string form = to_string(args.env, args[2]);
  if (form != "plain") {
    graph = graph->copy();
    torch::jit::Inline(*graph);
  }
  if (form == "canonical") {
    torch::jit::EraseShapeInformation(graph);
    graph = torch::jit::Canonicalize(graph, false);
  }
  return from(args.env, std::string_view(graph->toString()));
}

// A method or function as TorchScript prints it.
napi_value script_code(Args& args) {
  const auto& script = script_of(args.environment, args[0]);
  std::vector<c10::IValue> constants;
  torch::jit::PrintDepsTable types;
  torch::jit::PythonPrint print(constants, types);
  if (script.function)
    print.printFunction(*script.function);
  else
    print.printMethod(function_of(args));
  return from(args.env, std::string_view(print.str()));
}

napi_value register_vision(Args& args) {
  torchvision::register_operators();
  torchvision::register_image_operators();
  return undefined(args.env);
}

}  // namespace

Exports script_file_exports() {
  return {{"registerVisionOps", entry<register_vision>},
          {"scriptLoad", entry<load_script>},         {"scriptLoadAsync", entry<load_script_async>},
          {"scriptSave", entry<save_script>},         {"scriptFreeze", entry<freeze_script>},
          {"scriptOptimize", entry<optimize_script>},
          {"scriptGraph", entry<script_graph>},         {"scriptCode", entry<script_code>}};
}

}  // namespace torch_node
