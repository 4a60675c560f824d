// What a reader has solved, kept in the reader's own browser and nowhere else.

const KEY = "backprop-practice";

/** Return { kind: { solved, clean } }: problems solved, and those without a wrong answer. */
export function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    return {}; // there is no storage, or another program's text in it
  }
}

/** Count one more problem of a kind; clean: whether no answer to it was wrong. */
export function remember(kind, clean) {
  const all = remembered(), { solved, clean: without } = all[kind] ?? { solved: 0, clean: 0 };
  all[kind] = { solved: solved + 1, clean: without + (clean ? 1 : 0) };
  keep(() => localStorage.setItem(KEY, JSON.stringify(all)));
}

/** Forget it all. */
export function forget() {
  keep(() => localStorage.removeItem(KEY));
}

function keep(store) {
  try {
    store();
  } catch {
    // a browser that keeps nothing: the figure goes on without
  }
}
