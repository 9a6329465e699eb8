// A list of messages: in order, by day, each drawn again only when it changed.

import { arrange, h } from "./dom.js";
import { message } from "./message.js";
import { dayOf } from "./words.js";

const TOGETHER = 5 * 60_000;

export class Messages {
  // `options`: what message() needs. `belongs(view)`: is it one for this list?
  constructor(app, list, options, belongs) {
    this.app = app;
    this.list = list;
    this.options = options;
    this.belongs = belongs;
    this.clear();
  }

  clear() {
    this.views = new Map();
    this.drawn = new Map();
    this.readThrough = null; // the `seq` up to which I had read when I came
    this.line = null; // the `seq` after which a line says "New"
    this.opened = new Set(); // threads that I have looked into since
    this.list.replaceChildren();
  }

  get last() {
    return Math.max(0, ...[...this.views.values()].map((view) => view.seq));
  }

  merge(views) {
    for (const view of views) {
      if (view.deleted && !view.replies) this.views.delete(view.id);
      else if (this.belongs(view)) this.views.set(view.id, view);
    }
    this.draw();
  }

  draw() {
    const views = [...this.views.values()].sort((one, other) => one.seq - other.seq);
    const nodes = [];
    let before = null;
    let marked = this.line === null;
    for (const view of views) {
      const day = dayOf(view.at);
      if (!before || dayOf(before.at) !== day) nodes.push(this.keyed(`day ${day}`, "", () => h("li", { class: "day" }, h("h2", {}, day))));
      if (!marked && view.seq > this.line && !view.mine) {
        marked = true;
        if (before) nodes.push(this.keyed("new", "", () => h("li", { class: "new-line" }, h("span", {}, "New"))));
        before = null;
      }
      nodes.push(this.node(view, before));
      before = view;
    }
    for (const key of this.drawn.keys()) if (!nodes.includes(this.drawn.get(key).node)) this.drawn.delete(key);
    arrange(this.list, nodes);
  }

  node(view, before) {
    const continued =
      before && !before.deleted && !view.deleted && !view.title && !view.private && !before.private && !view.about &&
      before.author.account === view.author.account && new Date(view.at) - new Date(before.at) < TOGETHER;
    const fresh = Boolean(view.replies && this.readThrough !== null && view.replies.seq > this.readThrough && !this.opened.has(view.id));
    const stamp = [view.version, continued, fresh, view.replies && view.replies.count].join();
    return this.keyed(view.id, stamp, () => message(this.app, view, { continued, fresh, ...this.options }));
  }

  // The node drawn for this key, made anew when its stamp changed; the focus stays where it was.
  keyed(key, stamp, make) {
    const known = this.drawn.get(key);
    if (known && known.stamp === stamp) return known.node;
    const node = make();
    if (known && known.node.contains(document.activeElement)) {
      const all = [...known.node.querySelectorAll("button, a")];
      const heir = [...node.querySelectorAll("button, a")][all.indexOf(document.activeElement)];
      known.node.replaceWith(node);
      (heir || this.list.parentElement).focus({ preventScroll: true });
    }
    this.drawn.set(key, { node, stamp });
    return node;
  }
}
