// The figures on a page: <bp-figure> reads its state from the JSON inside it. The still picture beside
// that stays for paper and for browsers without scripts; on a screen the figure stands in its place.

import { createModel } from "./model.js";

/**
 * Let <bp-figure> be one of some figures, { kind: render }.
 * @type {(figures: Record<string, Render>) => void}
 */
export function define(figures) {
  customElements.define(
    "bp-figure",
    class extends HTMLElement {
      connectedCallback() {
        const state = JSON.parse(this.querySelector("script").textContent);
        this.live = this.appendChild(document.createElement("div"));
        this.cleanUp = figures[state.kind]({
          model: createModel(state),
          el: this.live,
          id: this.id,
        });
      }

      disconnectedCallback() {
        this.cleanUp();
        this.live.remove();
      }
    },
  );
}
