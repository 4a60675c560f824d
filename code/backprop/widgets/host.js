// What a page without a kernel gives a figure in place of Jupyter's model.

/** Return a model of `state`, with as much of anywidget's interface as the figures use. */
export function createModel(state) {
  const values = { ...state };
  const listeners = new Map();
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
