// The model of a figure: Jupyter's, or what stands in its place on a page; and what the figures ask of it.

/**
 * Return a model of `state`, with as much of anywidget's interface as the figures use.
 * @type {(state: Record<string, unknown>) => Model}
 */
export function createModel(state) {
  const values = { ...state };
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  /** @type {(event: string) => Set<() => void>} */
  const of = (event) => listeners.get(event) ?? listeners.set(event, new Set()).get(event);
  return {
    get: (key) => values[key],
    set(key, value) {
      if (Object.is(values[key], value)) return;
      values[key] = value;
      for (const listener of [...of(`change:${key}`)]) listener();
    },
    on: (event, listener) => void of(event).add(listener),
    off: (event, listener) => void of(event).delete(listener),
    save_changes() {},
  };
}

/**
 * Set one key of a model, and let Python know.
 * @type {(model: Model, key: string, value: unknown) => void}
 */
export function set(model, key, value) {
  model.set(key, value);
  model.save_changes();
}

/** The keys of a model on which a pass and a training depend, of which each figure has some. */
export const PASS = ["W", "b", "x", "t", "learning_rate", "biases", "hidden_weights"];
const CHANGING = [...PASS, "view"]; // all that can change

/**
 * Return the state of a model, what of it can change: { key: value }.
 * @type {(model: Model) => Record<string, unknown>}
 */
export const stateOf = (model) =>
  Object.fromEntries(
    CHANGING.map((key) => [key, model.get(key)]).filter(([, value]) => value !== undefined),
  );

/** @type {WeakSet<Model>} */
const busy = new WeakSet();

/**
 * Whether keys of a model are being set together, and are not all set yet.
 * @type {(model: Model) => boolean}
 */
export const isBusy = (model) => busy.has(model);

/**
 * Set keys whose values belong together: only the last is seen as a change. Return whether any was new.
 * @type {(model: Model, values: Record<string, unknown>) => boolean}
 */
export function setAll(model, values) {
  const news = Object.entries(values).filter(([key, value]) => !isAlike(model.get(key), value));
  busy.add(model);
  news.forEach(([key, value], n) => {
    if (n === news.length - 1) busy.delete(model);
    model.set(key, value);
  });
  busy.delete(model); // also where nothing was new
  model.save_changes();
  return news.length > 0;
}

// by what they hold, as Jupyter's model does, which tells nobody of a copy
/** @type {(one: unknown, other: unknown) => boolean} */
const isAlike = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/**
 * Change some keys of the view, what the reader has chosen.
 * @type {(model: Model, change: Record<string, unknown>) => void}
 */
export const see = (model, change) => set(model, "view", { ...model.get("view"), ...change });

/**
 * Return the network of a model.
 * @type {(model: Model) => Network}
 */
export function networkOf(model) {
  const { activations, loss, names } = model.get("settings");
  return { W: model.get("W"), b: model.get("b"), activations, loss, names };
}

/**
 * The rules that can be chosen for a network, by the key of the model: [value, words] of each.
 * @type {Record<string, [string, string][]>}
 */
export const RULES = {
  biases: [
    ["updated", "updated"],
    ["frozen", "frozen"],
    ["shared", "updated, shared by a layer"],
  ],
  hidden_weights: [
    ["old", "the old weights"],
    ["updated", "the updated weights, a mistake"],
  ],
};
