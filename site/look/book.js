// Comfort for the reader; every page is whole without it.

import { offerCopies } from "./copy.js";
import { showAlone, showLinks } from "./links.js";
import { headingRead, keepPlace, showPlace, textOf } from "./place.js";
import { answerNumbers } from "./pop_up.js";

(() => {
  const isAlone = showAlone();
  offerCopies();

  const root = document.documentElement;
  const contents = document.getElementById("contents");

  // Light, dark, or what the system says: the button names what is in force.
  /** @type {HTMLButtonElement} */
  const button = contents.querySelector(".theme");
  const themes = ["auto", "light", "dark"];
  /** @type {(theme: string) => void} */
  const show = (theme) => {
    root.dataset.theme = theme;
    button.textContent = `Colours: ${theme === "auto" ? "as the system" : theme}`;
  };
  show(root.dataset.theme ?? "auto");
  button.hidden = false;
  button.addEventListener("click", () => {
    const theme = themes[(themes.indexOf(root.dataset.theme) + 1) % themes.length];
    show(theme);
    try {
      localStorage.theme = theme;
    } catch {} // storage may be forbidden: the choice then lasts for this page
  });

  showPlace(contents);
  if (!isAlone) keepPlace(contents.querySelector(".place"));

  // A link from the contents to a place on this page closes the contents.
  contents.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest("a") && contents.matches(":popover-open"))
      contents.hidePopover();
  });

  // Ctrl-K, or ⌘K, leads to the search.
  addEventListener("keydown", (event) => {
    if (event.key !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey)
      return;
    event.preventDefault();
    /** @type {HTMLInputElement} */
    let field = document.querySelector("main [name=q]");
    if (!field) {
      field = contents.querySelector("[name=q]");
      if (!field.checkVisibility()) contents.showPopover();
    }
    field.focus();
    field.select();
  });

  // Tabs: the notation or the framework last chosen is shown in all tabs of its group.
  /** @type {HTMLLabelElement[]} */
  const labels = Array.from(document.querySelectorAll("[data-sync-id]"));
  /** @type {(group: string, kind: string) => void} */
  const choose = (group, kind) => {
    for (const box of document.querySelectorAll(".sd-tab-set")) {
      const all = /** @type {HTMLLabelElement[]} */ ([...box.children]);
      const its = all.filter((label) => label.dataset.syncGroup === group);
      const label = its.find((label) => label.dataset.syncId === kind) ?? its[0];
      if (label) /** @type {HTMLInputElement} */ (label.control).checked = true;
    }
  };
  try {
    for (const group of new Set(labels.map((label) => label.dataset.syncGroup)))
      if (localStorage[group]) choose(group, localStorage[group]);
  } catch {}
  for (const label of labels)
    label.control.addEventListener("change", () => {
      const { syncGroup, syncId } = label.dataset;
      const before = label.getBoundingClientRect().top;
      choose(syncGroup, syncId);
      scrollBy({ top: label.getBoundingClientRect().top - before, behavior: "instant" });
      mark();
      try {
        localStorage[syncGroup] = syncId;
      } catch {}
    });

  // What an address names is shown: each fold around it opens, and each tab.
  /** @type {(target: Element, block?: ScrollLogicalPosition) => void} */
  const reveal = (target, block) => {
    for (let around = target; around; around = around.parentElement) {
      if (around instanceof HTMLDetailsElement) around.open = true;
      if (around.matches(".sd-tab-content"))
        /** @type {HTMLLabelElement} */ (around.previousElementSibling).click();
    }
    target.scrollIntoView({ block });
  };
  const revealAddress = () => {
    const [place] = decodeURIComponent(location.hash.slice(1)).split("?");
    const target = document.getElementById(place);
    if (target) reveal(target);
  };
  addEventListener("hashchange", revealAddress);
  revealAddress();

  // What scrolls sideways can be reached, and so scrolled, with the keyboard.
  const BOXES =
    "div.math, pre, .bp-scroll, .bp-strip, .pst-scrollable-table-container, .bp-worked td, .bp-pop .line";
  /** @type {(box: Element) => boolean} */
  const scrolls = (box) =>
    box.scrollWidth > box.clientWidth && getComputedStyle(box).overflowX === "auto";
  const mark = () => {
    /** @type {NodeListOf<HTMLElement>} */
    const boxes = document.querySelectorAll(BOXES);
    // first all are measured and then all are changed: else each would be laid out anew
    Array.from(boxes, (box) => ({ box, isStop: scrolls(box) })).forEach(({ box, isStop }) => {
      if (isStop) box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    });
  };
  new ResizeObserver(mark).observe(document.getElementById("main"));
  document.fonts.addEventListener("loadingdone", mark); // wider letters, the same height
  answerNumbers(mark, (number) => reveal(number, "center"));

  showLinks();

  // A report of a slip names the section that is being read.
  /** @type {NodeListOf<HTMLAnchorElement>} */
  const forms = document.querySelectorAll("a[data-form]");
  for (const link of forms)
    link.addEventListener("click", () => {
      const form = new URL(link.href);
      form.searchParams.set("section", textOf(headingRead()));
      link.href = String(form);
    });
})();
