// A list of suggestions below or above an input, by keyboard and by hand.

import { freshId, h } from "./dom.js";

export class Suggest {
  constructor(input, host, label) {
    this.input = input;
    this.options = [];
    this.active = -1;
    this.id = freshId("suggestions");
    this.list = h("ul", { id: this.id, class: "suggest", role: "listbox", "aria-label": label, hidden: true });
    host.append(this.list);
    input.setAttribute("aria-autocomplete", "list");
    input.setAttribute("aria-controls", this.id);
    if (input.tagName === "INPUT") {
      input.setAttribute("role", "combobox");
      input.setAttribute("aria-expanded", "false");
    } else {
      input.setAttribute("aria-haspopup", "listbox");
    }
  }

  get open() {
    return this.options.length > 0;
  }

  get chosen() {
    return this.options[this.active] || null;
  }

  // options: {title, note, role, pick}. `active`: the one that Enter would take, or -1.
  show(options, active = 0) {
    this.options = options;
    this.list.replaceChildren(
      ...options.map((option, index) =>
        h(
          "li",
          {
            id: `${this.id}-${index}`,
            class: "suggestion",
            role: "option",
            onMousedown: (event) => event.preventDefault(),
            onClick: () => this.take(index),
          },
          h("span", { class: "suggestion-title" }, option.title),
          option.note ? h("span", { class: "suggestion-note" }, option.note) : null,
        ),
      ),
    );
    this.list.hidden = options.length === 0;
    if (this.input.getAttribute("role") === "combobox") this.input.setAttribute("aria-expanded", String(this.open));
    this.mark(options.length ? active : -1);
  }

  hide() {
    if (this.open) this.show([]);
  }

  mark(index) {
    this.active = index;
    [...this.list.children].forEach((item, at) => item.setAttribute("aria-selected", String(at === index)));
    const item = this.list.children[index];
    if (item) {
      this.input.setAttribute("aria-activedescendant", item.id);
      item.scrollIntoView({ block: "nearest" });
    } else {
      this.input.removeAttribute("aria-activedescendant");
    }
  }

  take(index) {
    const option = this.options[index];
    this.hide();
    option.pick();
  }

  // Arrows move, Tab and Enter take, Escape closes. True when the key was for the list.
  key(event) {
    if (!this.open || event.isComposing) return false;
    const last = this.options.length - 1;
    if (event.key === "ArrowDown") this.mark(this.active >= last ? 0 : this.active + 1);
    else if (event.key === "ArrowUp") this.mark(this.active <= 0 ? last : this.active - 1);
    else if (event.key === "Escape") this.hide();
    else if ((event.key === "Enter" || event.key === "Tab") && !event.shiftKey && this.chosen) this.take(this.active);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
