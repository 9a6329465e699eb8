// My conversations, with what is unread in each; a drawer where the page is narrow.

import { post } from "./api.js";
import { arrange, byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { askLine } from "./line.js";

const GROUPS = [
  ["Channels", "channel"],
  ["Direct messages", "direct"],
  ["Private conversations", "group"],
];

export class Sidebar {
  constructor(app) {
    this.app = app;
    this.nav = byId("sidebar");
    this.menu = byId("menu");
    this.menu.append(icon("menu"), h("span", { class: "out-of-sight" }, "Conversations"));
    this.dot = h("span", { class: "menu-dot", hidden: true });
    this.menu.append(this.dot);
    this.menu.addEventListener("click", () => this.toggle());
    byId("veil").addEventListener("click", () => this.toggle(false));
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !document.querySelector("dialog[open]")) this.toggle(false);
    });
    this.links = new Map();
    this.plus = h("button", { type: "button", class: "quiet-button plus", "aria-label": "New channel", onClick: () => this.askChannel() }, icon("plus"));
  }

  get drawer() {
    return this.menu.offsetParent !== null;
  }

  update() {
    const { state, place } = this.app;
    const sections = GROUPS.map(([title, kind]) => [title, kind, state.conversations.filter((one) => one.kind === kind)]);
    const known = this.links;
    this.links = new Map();
    const nodes = [];
    this.plus.hidden = this.app.me.role !== "organizer";
    for (const [title, kind, rows] of sections) {
      if (!rows.length) continue;
      const section = known.get(title) || h("section", {}, h("h2", {}, title, kind === "channel" ? this.plus : null), h("ul", {}));
      this.links.set(title, section);
      nodes.push(section);
      arrange(section.querySelector("ul"), rows.map((row) => this.link(known.get(row.place), row, row.place === place)));
    }
    arrange(this.nav, nodes);
    this.dot.hidden = !state.conversations.some((one) => one.unread && one.place !== place);
    const unread = state.conversations.reduce((sum, one) => sum + one.unread, 0);
    document.title = `${unread ? `(${unread}) ` : ""}${state.community.name}`;
  }

  link(known, row, current) {
    const item = known || h("li", {}, h("a", { href: "" }));
    this.links.set(row.place, item);
    const link = item.firstElementChild;
    link.href = this.app.address(this.app.me.account, row.place);
    link.className = row.unread ? "unread" : "";
    if (current) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
    link.replaceChildren(
      sign(row.kind),
      h("span", { class: "link-name" }, h("bdi", {}, row.name)),
      ...(row.unread ? [h("span", { class: "badge" }, String(row.unread), h("span", { class: "out-of-sight" }, " unread"))] : []),
    );
    return item;
  }

  askChannel() {
    const make = async (_key, name) => {
      const { place } = await post("/api/channel", { as: this.app.me.account, name });
      await this.app.refresh();
      await this.app.go(place);
    };
    askLine({
      title: "New channel",
      label: "Name",
      help: "Everybody will see it. /settings channels then says what goes there.",
      submit: "Create",
      act: make,
    });
  }

  toggle(open = !this.nav.classList.contains("open")) {
    if (!this.drawer) return;
    const was = this.nav.classList.contains("open");
    this.nav.classList.toggle("open", open);
    byId("veil").hidden = !open;
    this.menu.setAttribute("aria-expanded", String(open));
    if (open) (this.nav.querySelector("[aria-current]") || this.nav.querySelector("a"))?.focus();
    else if (was) this.menu.focus();
  }
}

function sign(kind) {
  if (kind === "direct") return h("img", { class: "link-sign bot", src: "/page/icon.svg", alt: "" });
  return h("span", { class: "link-sign" }, icon(kind === "channel" ? "channel" : "people"));
}
