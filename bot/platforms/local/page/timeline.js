// The conversation that is open: its messages, older ones on scrolling up, what I have read.

import { get, post } from "./api.js";
import { announce, byId } from "./dom.js";
import { Messages } from "./messages.js";

const NEAR = 120;

export class Timeline {
  constructor(app) {
    this.app = app;
    this.scroll = byId("scroll");
    this.place = null;
    this.version = 0;
    this.before = null;
    this.more = false;
    this.loading = false;
    const options = { place: () => ({ place: this.place }), onThread: (id) => this.app.openThread(id), threads: () => this.app.threads };
    this.messages = new Messages(app, byId("timeline"), options, (view) => !view.under && this.inReach(view));
    new IntersectionObserver((seen) => seen.some((entry) => entry.isIntersecting) && this.older(), {
      root: this.scroll,
      rootMargin: "300px",
    }).observe(byId("older"));
    document.addEventListener("visibilitychange", () => this.read());
  }

  query(extra) {
    return { as: this.app.me.account, place: this.place, ...extra };
  }

  // Messages older than the oldest page loaded so far come with their own page.
  inReach(view) {
    return this.before === null || view.seq >= this.before;
  }

  async open(place) {
    this.place = place;
    this.loading = true;
    const page = await get("/api/messages", this.query());
    if (this.place !== place) return;
    this.messages.clear();
    Object.assign(this, { version: page.version, before: page.before, more: page.more, loading: false });
    this.messages.readThrough = page.read_through;
    if (page.messages.some((view) => view.seq > page.read_through)) this.messages.line = page.read_through;
    this.messages.merge(page.messages);
    const line = this.scroll.querySelector(".new-line");
    if (line) line.scrollIntoView({ block: "center" });
    else this.toBottom();
    this.read();
  }

  // What changed since; answers it, for the thread beside.
  async update() {
    const place = this.place;
    const news = await get("/api/messages", this.query({ since: this.version }));
    if (place !== this.place) return [];
    if (news.reload) {
      await this.open(place);
      return [];
    }
    this.version = news.version;
    const atBottom = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR;
    for (const view of news.messages) this.speak(view);
    this.messages.merge(news.messages);
    if (atBottom) this.toBottom();
    this.read();
    return news.messages;
  }

  async older() {
    if (!this.more || this.loading) return;
    this.loading = true;
    const place = this.place;
    try {
      const page = await get("/api/messages", this.query({ before: this.before }));
      if (place !== this.place) return;
      const height = this.scroll.scrollHeight - this.scroll.scrollTop;
      Object.assign(this, { before: page.before ?? this.before, more: page.more });
      this.messages.merge(page.messages);
      this.scroll.scrollTop = this.scroll.scrollHeight - height;
    } finally {
      this.loading = false;
    }
  }

  toBottom() {
    this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  speak(view) {
    if (view.deleted || view.mine || this.messages.views.has(view.id)) return;
    const node = document.createElement("div");
    node.innerHTML = view.html;
    announce(`${view.author.name}: ${view.title} ${node.textContent}`.slice(0, 300));
  }

  // Tell the server that I have seen this conversation to its end.
  read() {
    if (document.hidden || !this.place) return;
    const here = this.app.state.conversations.find((one) => one.place === this.place);
    if (!here || !here.unread) return;
    here.unread = 0;
    post("/api/read", { as: this.app.me.account, place: this.place, through: this.version }).catch(() => {});
  }
}
