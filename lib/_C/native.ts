/**
 * The boundary: everything the addon exports, typed by hand. `test/_C/boundary.test.ts` proves that this list and the
 * addon's exports are the same. Nothing here is public; `lib/` calls operators through `call.ts` and the rest through
 * `native` below.
 */
import type { Tensor } from '../tensor.js'
import { loadAddon } from './load.js'

/** A registered generator, wrapped by the addon. */
export interface NativeGenerator {
  readonly __generator: unique symbol
}

/** A node of the autograd graph, wrapped by the addon. */
export interface NativeNode {
  readonly __node: unique symbol
}

/** The input of a node that a gradient goes to. */
export type NativeEdge = readonly [node: NativeNode, input: number]

/** Sees each operator below autograd; returns results of its own, or null for those of `runOperator`. */
export type NativeDispatchMode = (
  name: string,
  overload: string,
  args: readonly unknown[],
  written: readonly Tensor[],
) => readonly unknown[] | null

/** What the addon calls back for. Given once per environment to `setup`. */
export interface Hooks {
  /** Makes an empty object that inherits from `Tensor.prototype`; see `shell.ts`. */
  tensorShell: new () => object
  /** dtype objects by c10::ScalarType; holes are undefined. */
  dtypes: readonly unknown[]
  layouts: readonly unknown[]
  memoryFormats: readonly unknown[]
  makeDevice(type: number, index: number | null): unknown
  makeComplex(re: number, im: number): unknown
  /** The constructor of a result with named fields, called with the values. */
  makeNamed(names: readonly string[], operator: string): new (...values: unknown[]) => unknown
  /** Collects young garbage: asked for after some thousand new tensors. */
  collectYoung(): void
  /** `raised` is the Python class that a script raised. */
  makeError(code: string, message: string, operator: string | null, shapes: string | null, raised: string | null): Error
}

/** One use of a custom autograd function. */
export interface CustomFunction {
  /** The node's name, as `grad_fn` prints it. */
  name: string
  inputs: readonly Tensor[]
  outputs: readonly Tensor[]
  /** Those inputs or outputs that were changed in place. */
  dirty: readonly Tensor[]
  nonDifferentiable: readonly Tensor[]
  /** Missing gradients arrive as zeros rather than null. */
  materializeGrads: boolean
  saved: readonly (Tensor | null)[]
  /** Returns one gradient or null for each input. */
  backward: (
    gradMode: boolean,
    saved: readonly (Tensor | null)[],
    ...grads: (Tensor | null)[]
  ) => readonly (Tensor | null | undefined)[]
  /** Forward mode: returns one tangent or null for each output. Called before `customFunction` returns, if at all. */
  jvp: (tangents: readonly (Tensor | null)[]) => readonly (Tensor | null | undefined)[]
}

/** A module, an object or a function of TorchScript. */
export interface NativeScript {
  readonly scriptBrand: never
}

/** What TorchScript's own kinds of values become. */
export interface ScriptHooks {
  makeScript(script: NativeScript, isModule: boolean): object
  makeEnum(type: string, name: string, value: unknown): object
  makeNamedTuple(type: string, names: readonly string[], values: readonly unknown[]): object
}

export interface ScriptDescription {
  /** Qualified, such as `__torch__.torchvision.models.resnet.ResNet`. */
  name: string
  isModule: boolean
  attributes: { name: string; kind: 'parameter' | 'buffer' | 'module' | 'attribute'; type: string }[]
  constants: string[]
  methods: { name: string; schema: string }[]
}

export interface Native {
  /** Objects such as dtypes carry `kind * 2**16 + code` under this symbol; see `TagKind`. */
  readonly kTag: symbol
  readonly torchVersion: string
  setup(hooks: Hooks): void

  // --- operators -----------------------------------------------------------------------------------------------
  /** Names the operators that `call` knows by index: `registerOps(['aten::add'])` makes index 0 `aten::add`. */
  registerOps(names: readonly string[]): void
  /** `shell` becomes the result where that is one new tensor. */
  call(op: number, shell: object, ...args: unknown[]): unknown
  /** Calls any operator by its full name (`ns::name`), and by overload when one is given. */
  callByName(name: string, overload: string | null, ...args: unknown[]): unknown
  /** Calls an operator whose result is one new tensor, on a thread of the addon's own. */
  callByNameAsync(name: string, overload: string, args: readonly unknown[]): Promise<Tensor>
  /** `callByName` inside a kernel for autograd: goes to the kernels below it. */
  callBelowAutograd(name: string, overload: string | null, ...args: unknown[]): unknown
  /** Every schema of an operator, as text; empty when there is none. */
  schemas(name: string): string[]
  operatorNames(): string[]
  loadLibrary(path: string): void
  /** Adds torchvision's operators for the CPU, unless a library has brought them. */
  registerVisionOps(): void
  /** Defines an operator, `ns::name.overload(…) -> …`, and returns its name with overload. */
  libraryDefine(schema: string): string
  /** Makes `kernel` what an operator does for a dispatch key; null lets the next key have the call. */
  libraryImplement(
    name: string,
    overload: string,
    dispatchKey: string,
    kernel: ((...args: unknown[]) => unknown) | null,
  ): void
  /** Takes this thread's kernel back; without a dispatch key the definition, which another may then repeat. */
  libraryRemove(name: string, overload: string, dispatchKey: string | null): void

  // --- a tensor's facts ----------------------------------------------------------------------------------------
  isTensor(value: unknown): boolean
  /** Writes the sizes into `sizeBuffer` and returns how many: see `sizes.ts`. */
  readSizes(t: Tensor): number
  readStrides(t: Tensor): number
  readonly sizeBuffer: Float64Array
  dim(t: Tensor): number
  numel(t: Tensor): number
  /** c10::ScalarType */
  scalarType(t: Tensor): number
  layout(t: Tensor): number
  deviceType(t: Tensor): number
  deviceIndex(t: Tensor): number
  isContiguous(t: Tensor, memoryFormat: number): boolean
  storageOffset(t: Tensor): number
  storageBytes(t: Tensor): number
  dataPtr(t: Tensor): bigint
  /** Address of the storage: equal for views of one memory. */
  storagePtr(t: Tensor): bigint
  /** How many tensors lie in the storage. */
  storageUseCount(t: Tensor): number
  /** A one-dimensional tensor of this c10::ScalarType over all of the storage. */
  storageView(t: Tensor, scalarType: number): Tensor
  version(t: Tensor): number
  isInference(t: Tensor): boolean
  isConj(t: Tensor): boolean
  /** Of tensors of several sizes: such a one has no sizes of its own. */
  isNested(t: Tensor): boolean
  isNeg(t: Tensor): boolean
  /** True when both stand for the same tensor object of LibTorch. */
  isSame(a: Tensor, b: Tensor): boolean
  /** A second JavaScript object for the same tensor, which has a life and a scope of its own. */
  alias(t: Tensor): Tensor

  // --- data in and out -----------------------------------------------------------------------------------------
  /** A CPU tensor over `view`'s bytes; zero-copy unless `copy`. */
  fromBytes(view: ArrayBufferView, scalarType: number, sizes: readonly number[], copy: boolean): Tensor
  /** Flattens nested arrays of number, bigint, boolean or Complex objects into a new CPU tensor; ragged input throws. */
  fromNested(data: unknown, scalarType: number): Tensor
  /** number, bigint (an int64 beyond 2**53), boolean or what `makeComplex` gives. */
  item(t: Tensor): number | bigint | boolean | object
  itemAsync(t: Tensor): Promise<number | bigint | boolean | object>
  /** Nested arrays, by strides; int64 beyond 2**53 arrive as bigint. */
  toNested(t: Tensor): unknown
  /**
   * The bytes of a contiguous CPU tensor, the same memory, kept alive by the buffer. A `lasting` buffer makes the storage one
   * that can't be resized; others must be gone before the program runs on.
   */
  toArrayBuffer(t: Tensor, lasting: boolean): ArrayBuffer
  setData(t: Tensor, source: Tensor): void
  /** `bytes` bytes of a file from `offset` on, null for all, mapped: uint8 of one dimension. Changes don't go to the file. */
  mapFile(path: string, offset: number, bytes: number | null): Tensor
  /**
   * Part of a CPU tensor's storage as a storage of its own, by bytes: the same memory. uint8 of one dimension, or as the dtype
   * and the sizes say; a copy where its elements would not be aligned.
   */
  storageSlice(t: Tensor, offset: number, bytes: number, scalarType?: number, sizes?: readonly number[]): Tensor

  // --- lifetime ------------------------------------------------------------------------------------------------
  dispose(t: Tensor): void
  isDisposed(t: Tensor): boolean
  liveCount(): number
  /** A number that names this JavaScript tensor for its life. */
  id(t: Tensor): number
  /** Objects and ids of all tensors alive in this environment, oldest first. */
  liveIds(): number[]
  /** Id and description of each of them. */
  describeLive(): [id: number, description: string][]
  /** Opens a scope: tensors made while `modes.scope` is its number belong to it. */
  openScope(): number
  /** Disposes the scope's tensors but `keep`, which move to the scope `parent`. */
  closeScope(scope: number, parent: number, keep: readonly Tensor[]): number

  // --- modes ---------------------------------------------------------------------------------------------------
  /**
   * bit 0 grad mode, bit 1 inference mode, bit 2 no forward-mode autograd, bit 3 backward on one thread, bit 4 gradients keep
   * their layout; `scope` as from `openScope`, 0 for none.
   */
  setModes(bits: number, scope: number): void
  /** The mode of this thread; null for none. */
  setDispatchMode(mode: NativeDispatchMode | null): void
  /** Inside a mode: runs the operator, once, and returns its results. */
  runOperator(): unknown[]
  /** The same memory and the same version, without a history. */
  detachSharing(t: Tensor): Tensor

  // --- autograd ------------------------------------------------------------------------------------------------
  requiresGrad(t: Tensor): boolean
  setRequiresGrad(t: Tensor, value: boolean): void
  /** c10::ScalarType of the gradients that a leaf takes, -1 for any. */
  gradDtype(t: Tensor): number
  setGradDtype(t: Tensor, scalarType: number): void
  isLeaf(t: Tensor): boolean
  retainsGrad(t: Tensor): boolean
  retainGrad(t: Tensor): void
  outputNr(t: Tensor): number
  grad(t: Tensor): Tensor | null
  setGrad(t: Tensor, grad: Tensor | null): void
  /** Counts one change in place more. */
  incrementVersion(t: Tensor): void
  /** Roots and inputs of both passes may be edges of the graph instead of tensors. */
  backward(
    tensors: readonly (Tensor | NativeEdge)[],
    gradTensors: readonly (Tensor | null)[],
    retainGraph: boolean | null,
    createGraph: boolean,
    inputs: readonly (Tensor | NativeEdge)[],
  ): void
  backwardAsync(
    tensors: readonly (Tensor | NativeEdge)[],
    gradTensors: readonly (Tensor | null)[],
    retainGraph: boolean | null,
    createGraph: boolean,
    inputs: readonly (Tensor | NativeEdge)[],
  ): Promise<void>
  gradOf(
    outputs: readonly (Tensor | NativeEdge)[],
    inputs: readonly (Tensor | NativeEdge)[],
    gradOutputs: readonly (Tensor | null)[],
    retainGraph: boolean | null,
    createGraph: boolean,
    allowUnused: boolean,
  ): (Tensor | null)[]

  // --- the graph -----------------------------------------------------------------------------------------------
  /** The same object for the same node, as long as somebody holds it. */
  gradFn(t: Tensor): NativeNode | null
  /** Where the gradient of a tensor arrives. */
  gradientEdge(t: Tensor): NativeEdge
  nodeName(node: NativeNode): string
  /** Nodes of one thread count up. */
  nodeSequenceNr(node: NativeNode): number
  /** Pairs of node and input number; null where no gradient flows. */
  nextFunctions(node: NativeNode): [NativeNode | null, number][]
  /** For each gradient that the node takes: an empty tensor of its dtype and device, and its shape; null for none. */
  nodeInputs(node: NativeNode): ([like: Tensor, shape: number[]] | null)[]
  /** An object that stays with the node. */
  nodeNotes(node: NativeNode): Record<string, unknown>
  /** The number of the backward pass whose hook runs now, -1 outside hooks. */
  graphTaskId(): number
  /** False in hooks of a pass that does not add to every leaf. */
  isCheckpointValid(): boolean
  /** The node whose hook runs now. */
  currentNode(): NativeNode | null
  /** In a hook: will the pass run this node? */
  willExecute(node: NativeNode): boolean
  /**
   * Returns a number for `removeHook`. Like every callback of the engine, the hook is told the grad mode to run under: see
   * `hooks.ts`.
   */
  registerHook(t: Tensor, hook: (gradMode: boolean, grad: Tensor) => Tensor | null | undefined): number
  removeHook(t: Tensor, hook: number): void
  setPostAccumulateGradHook(t: Tensor, hook: ((gradMode: boolean, t: Tensor) => void) | null): void
  /**
   * Calls `hook` before or after a node of the graph: before it with the gradients of its results, which what it returns
   * replaces; after it with the gradients of its inputs, which what it returns replaces, and those of its results.
   */
  registerNodeHook(
    node: NativeNode,
    before: boolean,
    hook: (
      gradMode: boolean,
      grads: readonly (Tensor | null)[],
      outputGrads: readonly (Tensor | null)[],
    ) => readonly (Tensor | null)[] | null | undefined,
  ): void
  /**
   * Ties `outputs` (made without grad mode) to `inputs` through a node whose backward is `backward`; call it with grad mode
   * as it was outside. Returns the outputs to hand to the user.
   */
  customFunction(options: CustomFunction): Tensor[]
  /** What tensors saved for backward go through from here on; null for nothing. */
  setSavedTensorHooks(
    pack: ((gradMode: boolean, t: Tensor) => unknown) | null,
    unpack: ((gradMode: boolean, packed: unknown) => Tensor) | null,
  ): void
  /** Of the whole process; `stackOf` and `report` serve this thread. */
  setAnomalyMode(enabled: boolean, checkNan: boolean, stackOf: () => string, report: (message: string) => void): void
  /** bit 0 enabled, bit 1 check_nan */
  anomalyMode(): number
  enterDualLevel(): number
  exitDualLevel(level: number): void
  /** TorchScript whose functions stand in for the `aten` operators of their names in forward mode. */
  registerDecompositions(source: string): void

  // --- random numbers ------------------------------------------------------------------------------------------
  newGenerator(deviceType: number, deviceIndex: number): NativeGenerator
  defaultGenerator(deviceType: number, deviceIndex: number): NativeGenerator
  /** Before the first thread that calls `useThreadGenerator`. */
  prepareThreadGenerators(): void
  /** Gives this thread a default generator of its own for the CPU. To be called before `default_generator` is asked for. */
  useThreadGenerator(): void
  generatorSetSeed(g: NativeGenerator, seed: bigint): void
  generatorSeed(g: NativeGenerator): bigint
  generatorInitialSeed(g: NativeGenerator): bigint
  generatorGetState(g: NativeGenerator): Tensor
  generatorSetState(g: NativeGenerator, state: Tensor): void
  generatorDevice(g: NativeGenerator): [number, number]
  manualSeedAll(seed: bigint): void

  // --- sharing between threads ---------------------------------------------------------------------------------
  /** Parks the tensor process-wide and returns the ticket that one `adopt` in any environment redeems. */
  share(t: Tensor): bigint
  adopt(ticket: bigint): Tensor
  /** Takes an unredeemed ticket back; false when it was redeemed. */
  revoke(ticket: bigint): boolean

  // --- TorchScript ---------------------------------------------------------------------------------------------
  scriptHooks(hooks: ScriptHooks): void
  scriptDescribe(script: NativeScript): ScriptDescription
  scriptGet(script: NativeScript, name: string): unknown
  scriptSet(script: NativeScript, name: string, value: unknown): void
  scriptCopy(module: NativeScript): NativeScript
  /** An empty module; `sibling` is another one of the same tree. */
  scriptNewModule(qualifiedName: string, sibling: NativeScript | null): NativeScript
  scriptRegister(
    module: NativeScript,
    kind: 'parameter' | 'buffer' | 'module' | 'attribute',
    name: string,
    value: unknown,
    /** Of an attribute, as annotations write it: `List[int]`. */
    type?: string,
  ): void
  /** Runs a method, or a function whatever `name` is. A trailing plain object in `args` holds keywords. */
  scriptCall(script: NativeScript, name: string, args: readonly unknown[]): unknown
  scriptCallAsync(script: NativeScript, name: string, args: readonly unknown[]): Promise<unknown>
  /** The module of a file (a path or bytes), and the bytes of the extra files that it was asked for. */
  scriptLoad(
    source: string | Uint8Array,
    device: object | string | null,
    extraFiles: readonly string[],
  ): [NativeScript, Uint8Array[]]
  scriptLoadAsync(
    source: string | Uint8Array,
    device: object | string | null,
    extraFiles: readonly string[],
  ): Promise<[NativeScript, Uint8Array[]]>
  /** Writes a file; the bytes when there is no path. */
  scriptSave(
    script: NativeScript,
    path: string | null,
    extraFiles: readonly (readonly [string, string | Uint8Array])[],
  ): Uint8Array | undefined
  scriptFreeze(module: NativeScript, preserved: readonly string[], optimizeNumerics: boolean): NativeScript
  scriptOptimize(module: NativeScript, otherMethods: readonly string[]): NativeScript
  /** Compiles a source text: to functions, or to methods of `module`. */
  scriptDefine(module: NativeScript | null, source: string): NativeScript[]
  /** `inlined` has the graphs of what it calls; `canonical` is the same text for two traces of the same operators. */
  scriptGraph(script: NativeScript, name: string, form: 'plain' | 'inlined' | 'canonical'): string
  scriptCode(script: NativeScript, name: string): string
  /** Traces `fn`: to a function, or to the method `name` of `module`. */
  scriptTrace(
    fn: (...args: unknown[]) => unknown,
    inputs: readonly unknown[],
    argumentNames: readonly string[],
    strict: boolean,
    module: NativeScript | null,
    name: string,
  ): NativeScript | undefined
  scriptIsTracing(): boolean

  // --- the process ---------------------------------------------------------------------------------------------
  getNumThreads(): number
  setNumThreads(n: number): void
  getNumInteropThreads(): number
  setNumInteropThreads(n: number): void
  getDefaultDtype(): number
  setDefaultDtype(scalarType: number): void
  showConfig(): string
  parallelInfo(): string
  cpuCapability(): string
  hasCuda(): boolean
  deviceCount(deviceType: number): number
  useDeterministic(mode: boolean, warnOnly: boolean): void
  deterministic(): boolean
  deterministicWarnOnly(): boolean
  /** 0 highest, 1 high, 2 medium */
  getFloat32MatmulPrecision(): number
  setFloat32MatmulPrecision(precision: string): void
  getWarnAlways(): boolean
  setWarnAlways(value: boolean): void
  /** False where the processor can't. */
  setFlushDenormal(mode: boolean): boolean
  initNumThreads(): void
  hasLapack(): boolean
  hasMkl(): boolean
  hasMkldnn(): boolean
  hasOpenmp(): boolean
  hasSpectral(): boolean
  /** Do the makers of sparse tensors check them? null while nobody has chosen. */
  getSparseChecks(): boolean | null
  setSparseChecks(checks: boolean | null): void
  setWarnOnStreamMismatch(enabled: boolean): void
  setOverrideStaleCaptureStream(enabled: boolean): void

  // --- scaled_dot_product_attention ----------------------------------------------------------------------------
  /** Whether it may take a kernel, by at::SDPBackend; for the whole process. */
  sdpEnabled(backend: number): boolean
  setSdpEnabled(backend: number, enabled: boolean): void
  /** The order in which kernels are tried: every at::SDPBackend once. */
  sdpPriority(): number[]
  setSdpPriority(order: readonly number[]): void
}

/** The high part of a tag. */
export const TagKind = {
  dtype: 1,
  layout: 2,
  memory_format: 3,
  /** code is `type * 256 + index + 1` */
  device: 4,
  /** read through the properties `re` and `im` */
  complex: 5,
  qscheme: 6,
} as const

export const native: Native = loadAddon()
