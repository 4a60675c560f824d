// The figures on a page: <bp-figure> reads its state from the JSON inside it, and takes the place of
// the still picture that is there for paper and for browsers without scripts.

import { figures } from "./figures.js";
import { createModel } from "./host.js";

class Figure extends HTMLElement {
  connectedCallback() {
    this.still ??= [...this.childNodes];
    const state = JSON.parse(this.querySelector("script").textContent);
    const el = document.createElement("div");
    this.replaceChildren(el);
    this.cleanUp = figures[state.kind]({ model: createModel(state), el, id: this.id });
  }

  disconnectedCallback() {
    this.cleanUp();
    this.replaceChildren(...this.still);
  }
}

customElements.define("bp-figure", Figure);
