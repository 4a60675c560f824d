// What a reader has done, kept in the reader's own browser and nowhere else.

/**
 * Return { read(), write(value), clear() } of what is kept under a name, as JSON.
 *
 * Where the browser keeps nothing, or something else stands there, read() is null; write and clear do
 * then nothing.
 * @type {<T>(name: string) => Kept<T>}
 */
export function kept(name) {
  const key = `backprop-${name}`;
  /** @type {<T>(act: (storage: Storage) => T) => T | null} */
  const attempt = (act) => {
    try {
      return act(localStorage);
    } catch {
      return null; // a browser that keeps nothing: the figure goes on without
    }
  };
  return {
    read: () => attempt((storage) => JSON.parse(storage.getItem(key))),
    write: (value) => attempt((storage) => storage.setItem(key, JSON.stringify(value))),
    clear: () => attempt((storage) => storage.removeItem(key)),
  };
}

/** @type {Kept<Record<string, Count>>} */
const problems = kept("practice");

/**
 * Return { kind: { solved, clean } }: problems solved, and those without a wrong answer.
 * @type {() => Record<string, Count>}
 */
export const remembered = () =>
  Object.fromEntries(Object.entries(problems.read() ?? {}).filter(([, each]) => isRecord(each)));

/**
 * Whether it is one that `remember` wrote, and not what another program or an older page left there.
 * @type {(each: Count | undefined) => boolean}
 */
const isRecord = (each) => Number.isSafeInteger(each?.solved) && Number.isSafeInteger(each.clean);

/**
 * Count one more problem of a kind; clean: whether no answer to it was wrong.
 * @type {(kind: string, clean: boolean) => void}
 */
export function remember(kind, clean) {
  const all = remembered(),
    { solved, clean: without } = all[kind] ?? { solved: 0, clean: 0 };
  problems.write({ ...all, [kind]: { solved: solved + 1, clean: without + (clean ? 1 : 0) } });
}

/** Forget it all. */
export const forget = problems.clear;
