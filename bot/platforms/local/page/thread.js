// A message and the replies below it, beside the conversation; over it where there is no room.

import { get } from "./api.js";
import { Composer } from "./composer.js";
import { byId, complain, h } from "./dom.js";
import { icon } from "./icons.js";
import { Messages } from "./messages.js";

export class Thread {
  constructor(app) {
    this.app = app;
    this.root = null;
    this.element = byId("thread");
    const list = h("ol", { class: "timeline" });
    this.scroll = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": "Replies" }, list);
    this.composer = new Composer(app, { where: () => this.where(), label: "Reply…" });
    const close = h("button", { type: "button", class: "quiet-button", "aria-label": "Close the thread", onClick: () => this.close(true) }, icon("close"));
    this.title = h("h2", { tabindex: "-1" }, "Thread");
    this.element.append(h("div", { class: "room-head" }, this.title, close), this.scroll, h("div", { class: "composer-room" }, this.composer.element));
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && this.close(true));
    this.messages = new Messages(app, list, { place: () => this.where() }, (view) => view.under === this.root || view.id === this.root);
  }

  where() {
    return { place: this.app.place, under: this.root };
  }

  async open(root) {
    this.root = root;
    this.messages.clear();
    let page;
    try {
      page = await get("/api/thread", { as: this.app.me.account, place: this.app.place, root });
    } catch (problem) {
      this.close();
      complain(problem.message);
      return;
    }
    if (this.root !== root) return;
    this.element.hidden = false;
    byId("house").classList.add("with-thread");
    this.messages.merge(page.messages);
    this.composer.load("Reply in this thread…");
    this.scroll.scrollTop = 0;
    this.title.focus({ preventScroll: true });
  }

  update(views) {
    if (!this.root) return;
    const before = this.messages.last;
    this.messages.merge(views);
    const mine = [...this.messages.views.values()].some((view) => view.seq > before && (view.mine || view.private));
    if (mine) this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  close(focus = false) {
    const opener = document.querySelector(`#timeline [data-id="${this.root}"] :is(.thread-link, .reply-link)`);
    this.root = null;
    this.element.hidden = true;
    byId("house").classList.remove("with-thread");
    if (focus) (opener || byId("scroll")).focus();
  }
}
