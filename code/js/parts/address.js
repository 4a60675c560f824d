// The state of a figure in the address of its page: #take-hold?w5=0.4&pick=w5

import { givens, readNumber } from "./givens.js";
import { RULES, setAll, stateOf } from "./model.js";

/**
 * Return the address of a model's state: what differs from `start`, a model as it began.
 * @type {(id: string, model: Model, start: Model) => string}
 */
export function addressOf(id, model, start) {
  const query = new URLSearchParams();
  const first = new Map(givens(start).map(({ name, read }) => [name, read()]));
  for (const { name, read } of givens(model))
    if (read() !== first.get(name)) query.set(name, String(read()));
  for (const key of Object.keys(RULES))
    if (model.get(key) !== start.get(key)) query.set(key, model.get(key));
  for (const [key, value] of Object.entries(model.get("view")))
    if (value !== start.get("view")[key]) query.set(key, value);
  return query.size ? `#${id}?${query}` : `#${id}`;
}

/**
 * Bring a model to the state that an address tells, if it is one of figure `id`.
 *
 * fits(key, value): whether a key of the view may have a value. Returns null for another address, else
 * what of it could not be read, as sentences: the start's value then stays.
 * @type {(hash: string, id: string, model: Model, start: Model, fits: Figure["fits"]) => string[] | null}
 */
export function applyAddress(hash, id, model, start, fits) {
  const [place, query] = hash.slice(1).split("?");
  if (place !== id || query === undefined) return null;
  backTo(start, model);
  const known = new Map(givens(model).map((given) => [given.name, given]));
  const faults = [],
    view = { ...model.get("view") };
  for (const [key, text] of new URLSearchParams(query)) {
    const value = typeof view[key] === "number" ? Number(text) : text;
    if (known.has(key)) {
      const value = readNumber(text, known.get(key).limits);
      if (typeof value === "number") known.get(key).write(value);
      else faults.push(`${key}: ${value}.`);
    } else if (model.get(key) !== undefined && RULES[key]?.some(([value]) => value === text))
      model.set(key, text);
    else if (key in view && (value === text || Number.isFinite(value)) && fits(key, value))
      view[key] = value;
    else faults.push(`The address has ${key}=${text}, which means nothing here.`);
  }
  model.set("view", view); // as a whole: what the keys say may belong together
  model.save_changes();
  return faults;
}

/**
 * Give a model the state of another.
 * @type {(start: Model, model: Model) => void}
 */
export const backTo = (start, model) => void setAll(model, stateOf(start));
