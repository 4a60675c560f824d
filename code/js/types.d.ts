// The plain data that goes from one script to another, as types. Nothing of this runs or is imported:
// tsc reads it together with the @type comments of the scripts.

// ---- a network --------------------------------------------------------------------------------------

/** Numbers that are only read and written by index: a pass fills rows of doubles. */
type Numbers = number[] | Float64Array;

/** Of each layer, counted from 0, the input; null where nothing leads into it. */
type Layers<T> = T[];

/** One example, or a batch: an array of examples. */
type Given = number[] | number[][];

/** What a quantity is called: an identifier, and its LaTeX. */
type Quantity = { name: string; latex: string };

/** The quantities of a network, as in names.py; w has null where no connection leads. */
type Names = {
  out: Layers<Quantity[]>;
  net: Layers<Quantity[]>;
  w: Layers<Quantity[][]>;
  b: Layers<Quantity[]>;
  own_b: Layers<Quantity[]>;
  delta: Layers<Quantity[]>;
  t: Quantity[];
  error: Quantity[];
  total: Quantity;
  digits: number;
};

/** A place of a weight or, with i null, of a unit's bias. */
type Place = { l: number; j: number; i: number | null };
type Weight = Place & { symbol: Quantity };

type Network = {
  W: Layers<number[][]>;
  b: Layers<number[]>;
  activations: string[];
  loss: string;
  names: Names;
};

/** f and back fill their last argument; slope is ∂a_m/∂z_j; coupled: each output depends on all inputs. */
type Activation = {
  coupled?: boolean;
  f: (z: Numbers, a: Numbers) => void;
  slope: (z: Numbers, a: Numbers, m: number, j: number) => number;
  back: (g: Numbers, z: Numbers, a: Numbers, delta: Numbers) => void;
};

/** term and d are of one output k. */
type Loss = {
  term: (z: Numbers, a: Numbers, t: Numbers, k: number) => number;
  d: (a: Numbers, t: Numbers, k: number) => number;
};

type Gradients = { dW: Layers<number[][]>; db: Layers<number[]> };

/** The arrays that the passes fill, of m examples; g is ∂E/∂a. */
type Arrays = {
  z: Layers<Numbers[]>;
  a: Layers<Numbers[]>;
  g: Layers<Numbers[]>;
  delta: Layers<Numbers[]>;
  dW: Layers<Float64Array[]>;
  db: Layers<Float64Array>;
};

/** A pass forward and back of X, an example or a batch. */
type Pass<X> = Gradients & {
  z: Layers<X>;
  a: Layers<X>;
  g: Layers<X>;
  delta: Layers<X>;
  E: number;
};

/** What update does with biases, and through which weights backward carries the hidden deltas. */
type Biases = "updated" | "frozen" | "shared";
type HiddenWeights = "old" | "updated";
type Rules = { biases?: Biases; hiddenWeights?: HiddenWeights };

/** Numbers by the name of a step, a weight or whatever else has a name. */
type Values = Record<string, number>;

/** A step of a trace: symbol is LaTeX, expression text in the names of its inputs, "" of a given number. */
type Step = {
  name: string;
  label: string;
  symbol: string;
  expression: string;
  value: number;
  inputs: string[];
};

/** Why a weight has its gradient; factors run from the loss back to the weight. */
type Factor = { symbol: Quantity; value: number };
type Path = { names?: string[]; label?: string; factors: Factor[]; product: number };
type Why = { symbol: Quantity; paths: Path[]; total: number };

/** The weights of a layer that several places share, and these places. */
type Shared = { symbol: Quantity; places: { j: number; i: number | null }[] };

/** Add a step to a trace, unless it has one of this name. */
type Add = (label: string, symbol: Quantity, expression: string, value: number) => void;

/** Quantities nested as deep as a field of the names has them. */
type Nested = Quantity | Nested[];

/** Letters of a formula and what stands for them: names, and n for a number of units. */
type Letters = Record<string, string | number>;

/** An expression of a trace as a function of its values. */
type Evaluated = (values: Values) => number;

/** A generator of whole numbers: of 32 bits, and below a bound. */
type Random = { next: () => number; below: (bound: number) => number };

// ---- a window on an image ---------------------------------------------------------------------------

type Slide = { stride: number; padding: number };

/** Tosses of a coin, in rows: of each example, and of each unit of each layer. */
type Coins = { x: Float64Array[]; pulls: Float64Array[]; W: Float64Array[][] };

/** Of layer 1 to the last. */
type Sizes = { delta: number[]; spread: number[] };

/** A point of an image under entry (u, v) of a kernel. */
type Square = { u: number; v: number; row: number; column: number };

// ---- numbers that are normalised together -----------------------------------------------------------

/** Of a row of numbers: mean, root, distances, normalised; of the pulls: three paths, and the deltas. */
type Normalised = {
  mu: number;
  s: number;
  away: number[];
  zHat: number[];
  straight: number[];
  mean: number;
  variance: number[];
  delta: number[];
  divided: boolean;
};

// ---- optimisers -------------------------------------------------------------------------------------

/** A gradient, the rate, the state and perhaps settings; the change and the new state. */
type OptimiserStep = (
  g: number,
  rate: number,
  state: number[],
  ...settings: number[]
) => [number, number[]];

/** Curvatures along and across, and by how many degrees it is turned. */
type Valley = { along: number; across: number; turn: number };

// ---- text -------------------------------------------------------------------------------------------

/** A piece of text in one line; shift: of an index. */
type Run = { text: string; italic?: boolean; shift?: "sub" | "sup" };

/** A cell of a table. */
type Cell = string | Run[] | Node;

// ---- numbers that a reader pastes -------------------------------------------------------------------

type Token = { kind: string; text: string; at: number };

/** whole: printed as one array; text: of a number or a string. */
type Pasted = {
  kind: "number" | "none" | "string" | "list" | "map";
  text?: string;
  items?: Pasted[];
  whole?: boolean;
  pairs?: [string, Pasted][];
};

/** An array of a layer: its role, and what the names of the arrays of one layer have in common. */
type PastedArray = {
  role: "W" | "b";
  key: string | null;
  name: string | null;
  isKernel: boolean;
  node: Pasted;
};

/** What a row of pasted weights is for: a unit, as in PyTorch, or an input, as in Keras. */
type Rows = "units" | "inputs";

/** Number texts of a layer; null for what is missing. */
type PastedLayer = { W: string[][] | null; b: string[] | null };

/** Number texts by layer, as those of a network's gradients. */
type Printed = { W: Layers<string[][]>; b: Layers<string[]> };

/** rows: as they were understood; either: whether both readings fit; without: layers without biases. */
type Reading = { rows: Rows; either: boolean; without?: number[] };

// ---- problems and what is said of answers -----------------------------------------------------------

type Kind = {
  stream: number;
  title: string;
  question: string;
  sizes: number[];
  activations: string[];
  loss: string;
  names: Names;
  asked: string[];
  examples: number;
  printed: boolean;
};

type Draw = { net: Network; x: Given; t: Given; learningRate: number };

/** lines: the steps that can be asked; right, wrong: their values; made, shown: of a printed solution. */
type Problem = Draw & {
  kind: Kind;
  seed: number;
  asked: string[];
  solution: Step[];
  lines: Step[];
  right: Values;
  wrong: Record<string, Values>;
  made: string | null;
  shown: Values | null;
};

type Mistake = { what: string; explanation: string; section: string };

/** The lines of a backward pass, each of one example; a mistake replaces some of them. */
type Lines = {
  output: (f: string, g: number[], z: number[], a: number[]) => number[];
  scale: (delta: number[], loss: string) => number[];
  sent: (delta: number[], a: number[], t: number[]) => number[];
  carried: (delta: number[], W: number[][], dW: number[][], rate: number) => number[] | null;
  hidden: (f: string, g: number[], z: number[], a: number[]) => number[];
  weight: (delta: number[], a: number[]) => number[][] | null;
  bias: (delta: number[], a: number[]) => number[];
  shared: ((each: number[]) => number) | null;
};

type Verdict = {
  kind: "right" | "follows" | "sign" | "factor" | "mistake" | "unknown";
  said: string;
  mistakes: string[];
  factor: number | null;
  first: string | null;
};

// ---- what the scripts share with Python -------------------------------------------------------------

type TablesFile = typeof import("../backprop/data/tables.json");

/** Formulas of functions as text, with the letters of a trace in braces. */
type ActivationRow = { formula: string; slope: string };

/** targets: "free", "unit interval" or "distribution"; partner: with which the output delta is a − t. */
type LossRow = { term: string; slope: string; scale: string; targets: string; partner?: string };

/** The file as it is, but that what is looked up by a name can be looked up by any. */
type Tables = Omit<TablesFile, "functions" | "mistakes" | "marking" | "figures" | "depth"> & {
  functions: Omit<TablesFile["functions"], "ACTIVATIONS" | "LOSSES"> & {
    ACTIVATIONS: Record<string, ActivationRow>;
    LOSSES: Record<string, LossRow>;
  };
  depth: Omit<TablesFile["depth"], "STARTS"> & { STARTS: Record<string, string> };
  mistakes: Omit<TablesFile["mistakes"], "WORDS"> & { WORDS: Record<string, Mistake> };
  marking: Omit<TablesFile["marking"], "FACTORS" | "SENTENCES"> & {
    FACTORS: [number, string][];
    SENTENCES: Record<string, string>;
  };
  figures: Omit<TablesFile["figures"], "COMPARED" | "TURNS" | "WALKERS"> &
    Record<"COMPARED" | "TURNS" | "WALKERS", Record<string, string>>;
};

// ---- a figure ---------------------------------------------------------------------------------------

/** A value of a model or of its view: each key has its own type, which its reader states. */
// biome-ignore lint/suspicious/noExplicitAny: the keys differ from figure to figure
type ValueOfKey = any;

/** What a figure asks of its model: as much of anywidget's interface as it uses. */
type Model = {
  get(key: string): ValueOfKey;
  set(key: string, value: unknown): void;
  on(event: string, listener: () => void): void;
  off(event: string, listener: () => void): void;
  save_changes(): void;
};

/** What the settings of a figure with a network say of it. */
type NetworkSettings = Pick<Network, "activations" | "loss" | "names">;

/** What is given to a figure: id is that of its place, on a page alone. */
type Host = { model: Model; el: HTMLElement; id?: string };

/** A figure: it fills `el` and returns its clean-up. */
type Render = (host: Host) => () => void;

/** What a figure hands to its frame. */
type Figure = {
  parts: Node[];
  update: () => void;
  sentence: () => string;
  table?: () => Cell[][];
  fits?: (key: string, value: ValueOfKey) => boolean;
  heading?: () => string;
  restart?: () => void;
  stop?: () => void;
};

type Limits = { min: number; max: number };

/** low, high and step are the slider's. */
type SliderLimits = Limits & { low: number; high: number; step: number };

/** A number of the state, and what it may be. */
type NumberOf<L> = { limits: L; read: () => number; write: (value: number) => void };

type Control = NumberOf<SliderLimits> & { latex: string };

type GivenNumber = Control & {
  name: string;
  kind: "input" | "weight" | "bias" | "target" | "rate";
};

/** A control on the page; show() writes the state's value into it. */
type Shown = { element: HTMLElement; show: () => void };
type Choice = { element: HTMLElement; show: (value: string) => void };

/** entered() is the number, or null where it is refused. */
type Entry = {
  field: HTMLInputElement;
  fault: HTMLElement;
  refuse: (text: string) => void;
  entered: () => number | null;
};

type TextEntry = {
  element: HTMLElement;
  refuse: (text: string) => void;
  show: (text: string) => void;
};

/** A gradient that a reader has, and as what it was printed. */
type Asked = { symbol: Quantity; text: string };

/** What is kept in the browser under a name; null where nothing is. */
type Kept<T> = { read: () => T | null; write: (value: T) => void; clear: () => void };

/** Problems of a kind that were solved, and those of them without a wrong answer. */
type Count = { solved: number; clean: number };

// ---- drawings ---------------------------------------------------------------------------------------

type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string;

/** The class of a line that is drawn: forward, back, new, other. */
type Look = string;

/** How wide the drawing of a network is set: decimals, whether with symbols, and pixels. */
type Format = {
  digits: number;
  symbols: boolean;
  pad: number;
  frame: number;
  fan: number;
  converge: number;
  link: number;
  tight?: boolean;
};

/** A place for one number at a time: the quantities that it can stand for, the first its own. */
type Row = { symbols: (Quantity & { kind: string })[] };

/** An edge into a unit, i null of its bias; weight by the unit's own name. */
type Edge = { weight: Quantity; i: number | null; rows: Row[] };

type Column = { x: number; width: number };
type PlacedRow = Row & Column & { y: number; edge?: string; above?: string };

type Layout = {
  width: number;
  height: number;
  few: boolean;
  frames: (Column & { y: number; height: number })[];
  rows: PlacedRow[];
  lines: { name: string; d: string }[];
  sum: string;
};

/** A place in a drawing, and what stands there now. */
type DrawnPlace = {
  group: SVGGElement;
  shape: SVGPathElement;
  number: SVGTextElement;
  row: PlacedRow;
  kind: string;
  pad: number;
};

/** A drawing that can be left out, and what explains a gradient. */
type PassView = {
  picture: HTMLElement;
  reasons: HTMLElement;
  show: (net: Network, x: number[], t: number[], steps: Step[], picked: string) => void;
  stop: () => void;
};

type Drawing = {
  element: SVGSVGElement;
  few: boolean;
  show: (numbers: { name: string; value: number }[]) => void;
  mark: (names: string[]) => void;
  light: (looks: Record<string, Look>) => void;
  onPick: (pick: (name: string) => void) => void;
};

/** A curve over numbers of updates. */
type Curve = { xs: number[]; ys: number[]; label: string | Run[]; look: Look };
type Way = { places: number[][]; label: string | Run[]; look: Look };
type Level = { y: number; label: string | Run[] };

type Plot = {
  element: SVGSVGElement;
  show: (
    curves: Curve[],
    upTo: number,
    how?: { log?: boolean; levels?: Level[]; from?: number; reach?: number[]; xLabel?: string },
  ) => void;
  mark: (n: number) => void;
};

/** A square of a grid, and the thick frame around some. */
type GridCell = {
  row: number;
  column: number;
  words: string;
  kind: string;
  below?: string;
  outside?: boolean;
};
type GridFrame = { row: number; column: number; size: number[]; kind: string };

// ---- a training that can be continued ---------------------------------------------------------------

type KeptNetwork = { n: number; net: Network };

/** losses: E after 0, 1, 2, … updates; kept: the last is the present one; diverged: after so many, or null. */
type Training = {
  losses: number[];
  kept: (KeptNetwork & { outputs: number[][] })[];
  diverged: number | null;
  extend: (updates: number, goal?: number) => void;
  between: (from: KeptNetwork, to: KeptNetwork) => KeptNetwork[];
};

// ---- what single figures are given, and keep --------------------------------------------------------

/** A quantity on the way of a nudge, and by how much it changed and was promised to change. */
type Change = { name: string; before: number; actual: number; promised: number; gap: number };

/** A network as dots, the paths from one of them lit. */
type Dots = { element: SVGSVGElement; show: (layer: number, unit: number) => void };

/** Where a reader should begin: the view of the practice block. */
type Start = { words: string; view: Record<string, string> };

type EntryCheckSettings = {
  kinds: Record<string, Kind>;
  items: [kind: string, seed: number, line: string][];
  starts: Start[];
  block: string;
};

type TakeHoldSettings = NetworkSettings & { controls: string[]; more: boolean };
type WalkSettings = NetworkSettings & { until: string };
type NudgeSettings = NetworkSettings & { weight: string };

type YourNetworkView = {
  net: string;
  x: string;
  t: string;
  gradients: string;
  activations: string;
  loss: string;
  biases: Biases;
  learning_rate: number;
  pick: string;
};

/** The numbers of the network and example that fit each other, and the texts of the fields. */
type PastedNumbers = { W: Layers<number[][]>; b: Layers<number[]>; x: number[]; t: number[] };
type PastedTexts = Record<"net" | "x" | "t" | "activations" | "loss" | "biases", string>;

/** A pass that is shown. */
type PastedPass = { net: Network; x: number[]; t: number[]; steps: Step[] };

/** What the reader writes into, and what is said beside it. */
type PastedFields = {
  elements: HTMLElement[];
  gradients: HTMLElement;
  show: (key: string, text: string) => void;
  refuse: (faults: Record<string, string>) => void;
  refuseGradients: (fault: string) => void;
  choose: (draft: Record<string, string>) => void;
  tell: (net: Network, reading: Reading) => void;
};

/** What texts come to: a network with one example, or by text what is wrong with it. */
type Understood = {
  given?: { net: Network; x: number[]; t: number[] };
  texts?: PastedTexts;
  reading?: Reading;
  faults?: Record<string, string>;
};

/** A recurrent network of one unit; its pass has h(0) before the other states. */
type RecurrentNet = Record<"u" | "w" | "v" | "b" | "c", number> & { activation: string };
type RecurrentPass = Record<"y" | "E" | "deltaY" | "dw", number> &
  Record<"z" | "h" | "delta" | "terms", number[]>;
type ThroughTimeSettings = Omit<RecurrentNet, "w"> & { x: number[]; t: number; most: number };
type ThroughTimeView = { w: number; first: number; steps: number };

type WindowSettings = { x: number[][]; k: number[][]; b: number; t: number };
type WindowView = Record<"row" | "column" | "point_row" | "point_column", number> &
  Slide & { show: string };
type ValleySettings = {
  along: number;
  across: number;
  start: number[];
  updates: number;
  window: number[];
  levels: number[];
  most_rate: number;
};
type ValleyView = {
  first: string;
  first_rate: number;
  second: string;
  second_rate: number;
  beta: number;
  turn: string;
};
/** One of the two walks of a valley: who walks, how it is drawn, and its places. */
type ValleyWalk = {
  optimiser: string;
  rate: number;
  look: Look;
  places: number[][];
  arrived: number | null;
  crossings: number;
};
type WindowState = WindowSettings & {
  view: WindowView;
  how: Slide;
  z: number[][];
  delta: number[][];
  dx: number[][];
  place: number[];
  point: number[];
};

/** of: the LaTeX of what a line gives; is: what stands between that and the formula. */
type WindowLine = { label: string; of: string; is?: string; expression: string; value: number };
type GridPicture = { title: string; cells: GridCell[]; frame?: GridFrame };
type WindowPicture = {
  image: GridPicture;
  kernel: GridPicture;
  map: GridPicture;
  lines: WindowLine[];
};

type TrainingSettings = NetworkSettings & {
  controls: string[];
  map_first: boolean;
  window: number[] | null;
  most: number;
};
type TrainingView = {
  updates: number;
  look: number;
  weight: string;
  across: string;
  up: string;
  goal: number;
  other: string;
  other_rate: number;
  other_across: number;
  other_up: number;
  span: string;
};

/** A training, and the other one with which it is compared, or null. */
type Trainings = { main: Training; other: Training | null };

type SolveSettings = { kinds: Record<string, Kind> };
type SolveView = {
  kind: string;
  seed: number;
  fade: number;
  from: string;
  at: number;
  answer: string;
};

/** A problem of the practice, and how the reader does; name: of its kind. */
type Round = {
  problem: Problem;
  name: string;
  key: string;
  parts: string[];
  rows: Step[];
  blank: Set<string>;
  blanks: number;
  misses: number;
  missed: number;
  streak: number;
  clean: number;
  done: number;
};

/** A program with one mistake: the numbers of its wrong lines, and of those in the right program. */
type Program = {
  mistake: string;
  lines: string[];
  wrong: number[];
  changed: number[];
  unharmed: Record<string, boolean>;
  values: number[];
  symptoms: string;
};
type HuntSettings = {
  right: { lines: string[]; does: string[] };
  gradients: { name: string; value: number }[];
  programs: Program[];
};
type HuntView = { seed: number; at: number; level: number; answer: string };
type HuntTask = {
  settings: HuntSettings;
  program: Program;
  level: number;
  lines: string[];
  wrong: number[];
  seed: number;
  at: number;
  answer: string;
};

/** The highest level at which each mistake was found at once; streak: programs in a row, below 0 if not at once. */
type Progress = { found: Values; streak: number };
