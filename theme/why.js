// Ask any number "why?": a pop-up says where it comes from, and its parts can be asked in turn.
// Without this script, or in a browser without pop-ups, a number is a link to its line.

const make = (tag, className, ...children) => {
  const element = Object.assign(document.createElement(tag), { className });
  element.append(...children);
  return element;
};

/** Let every number of the page be asked. */
export function answerNumbers() {
  if (!("popover" in HTMLElement.prototype)) return;
  const box = document.body.appendChild(Object.assign(make("div", "bp-pop"), { popover: "auto", tabIndex: -1 }));
  box.setAttribute("role", "dialog");
  const trail = []; // of the addresses asked, one from within the answer of the other
  let asked; // the number in the text
  for (const link of document.querySelectorAll("a.bp-val")) link.setAttribute("aria-haspopup", "dialog");

  const show = () => {
    const address = trail.at(-1);
    const back = make("button", "", "Back"), go = make("a", "", "Go to where it is computed");
    back.addEventListener("click", () => (trail.pop(), show()));
    go.href = address;
    go.addEventListener("click", () => box.hidePopover());
    box.replaceChildren(...answer(address), make("p", "foot", ...(trail.length > 1 ? [back] : []), go));
    box.setAttribute("aria-label", `Where ${asked.textContent} comes from`);
    box.showPopover();
    const { left, top, bottom } = asked.getBoundingClientRect(), { width, height } = box.getBoundingClientRect();
    const below = bottom + height + 8 < innerHeight || top < height + 8;
    box.style.left = `${scrollX + Math.max(8, Math.min(left, document.documentElement.clientWidth - width - 8))}px`;
    box.style.top = `${scrollY + (below ? bottom + 8 : top - height - 8)}px`;
    box.focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.bp-val");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || !answer(link.href)) return;
    event.preventDefault();
    if (!box.contains(link)) {
      asked = link;
      trail.length = 0;
    }
    trail.push(link.href);
    show();
  });
}

/** Return what an address leads to: on this page, or in the template of what it needs of another. */
function find(address) {
  const { pathname, hash } = new URL(address), id = hash.slice(1);
  if (pathname === location.pathname) return document.getElementById(id);
  const other = document.querySelector(`template[data-page="${pathname.split("/").at(-1)}"]`);
  return other?.content.querySelector(`[data-id="${id}"]`);
}

/** Return what is said of an address, as elements, or null where nothing is known of it. */
function answer(address) {
  const found = find(address), row = found?.closest("tr");
  if (!found) return null;
  return row ? ofLine(row, address.split("#")[0]) : ofCell(found);
}

function ofLine(row, page) {
  const [label, formula, numbers, result, printed] = Array.from(row.cells, copyOf);
  const mark = row.querySelector("[data-from]");
  const parts = (mark?.dataset.from ?? "").split(" ").flatMap((name) => partOf(name, page) ?? []);
  const said = label.textContent.trim();
  return [
    make("p", "title", said === "given" ? "given: nothing computes it" : said),
    ...[formula, numbers].map((cell) => make("div", "line", cell)),
    make("p", "result", result),
    ...(printed?.textContent.trim() ? [make("p", "", "The source prints ", printed)] : []),
    ...(parts.length ? [make("p", "parts", "It comes from ", ...parts)] : []),
  ];
}

/** A part of a line, as a link that can be asked: its symbol, which its own line begins with, and its value. */
function partOf(name, page) {
  const address = `${page}#step-${name}`, row = find(address)?.closest("tr");
  if (!row) return null;
  const symbol = row.cells[1].querySelector(".katex-base")?.cloneNode(true) ?? name;
  symbol.querySelector?.(".mrel")?.remove();
  const link = make("a", "bp-val", make("span", "katex", symbol), ` ${row.cells[3].textContent.trim()}`);
  link.href = address;
  return [link, " "];
}

function ofCell(cell) {
  const code = cell.querySelector(".cell_input pre, [data-id] pre")?.cloneNode(true);
  if (!code) return [make("p", "title", "computed by a cell whose code this page leaves out; its result is shown there")];
  code.tabIndex = 0; // it may scroll
  return [make("p", "title", "computed by this cell"), code];
}

/** The content of a cell, without the ids that are on the page already. */
function copyOf(cell) {
  const copy = make("span", "", ...Array.from(cell.childNodes, (node) => node.cloneNode(true)));
  for (const element of copy.querySelectorAll("[id]")) element.removeAttribute("id");
  return copy;
}
