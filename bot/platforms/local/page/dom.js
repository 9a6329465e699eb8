// Small helpers around the document.

export const byId = (id) => document.getElementById(id);

// An element with properties, listeners (`onClick`), data, classes and children.
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "class") element.className = value;
    else if (name === "data") Object.assign(element.dataset, value);
    else if (name === "html") element.innerHTML = value; // made safe by the server
    else if (name.startsWith("on")) element.addEventListener(name.slice(2).toLowerCase(), value);
    else if (value === true) element.setAttribute(name, "");
    else element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

// Make `parent` hold exactly these nodes, without touching those that stay: they keep their focus.
export function arrange(parent, nodes) {
  let at = parent.firstChild;
  const wanted = new Set(nodes);
  while (at) {
    const next = at.nextSibling;
    if (!wanted.has(at)) at.remove();
    at = next;
  }
  at = parent.firstChild;
  for (const node of nodes) {
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
  }
}

let named = 0;
export const freshId = (word) => `${word}-${(named += 1)}`;

// Tell people who listen to the page rather than look at it.
export function announce(text) {
  const live = byId("live");
  live.append(h("p", {}, text));
  while (live.childElementCount > 5) live.firstChild.remove();
}

// A short notice that something went wrong.
export function complain(text) {
  const notice = h("div", { class: "notice" }, h("p", {}, text));
  const close = h("button", { type: "button", class: "quiet-button", onClick: () => notice.remove() }, "Close");
  notice.append(close);
  byId("notices").append(notice);
  setTimeout(() => notice.remove(), 12_000);
}

// Let a textarea be as high as its text, within what the style sheet allows.
export function grow(area) {
  area.style.height = "auto";
  area.style.height = `${area.scrollHeight + 2}px`;
}
