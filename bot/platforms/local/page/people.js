// Who I am: a switch between all people of the community, with what waits for each.

import { post } from "./api.js";
import { byId, h } from "./dom.js";
import { icon } from "./icons.js";
import { askLine } from "./line.js";
import { avatar } from "./message.js";
import { Suggest } from "./suggest.js";
import { roleOf } from "./words.js";

const SHOWN = 60;

// The name; where there is little room, the style sheet leaves only its first word.
function name(text) {
  const [first, ...rest] = text.split(" ");
  return h("bdi", {}, first, h("span", { class: "rest" }, ` ${rest.join(" ")}`));
}

export class People {
  constructor(app) {
    this.app = app;
    this.host = byId("people");
    this.button = h("button", { type: "button", class: "me", "aria-haspopup": "dialog", "aria-expanded": "false", onClick: () => this.toggle() });
    this.search = h("input", { class: "people-search", type: "text", placeholder: "Search by name or role", "aria-label": "Search people", autocomplete: "off" });
    this.panel = h("div", { class: "people-panel", role: "dialog", "aria-label": "Choose who you are", hidden: true }, this.search);
    this.suggest = new Suggest(this.search, this.panel, "People");
    this.search.addEventListener("input", () => this.draw());
    this.search.addEventListener("keydown", (event) => this.key(event));
    this.panel.append(
      h("button", { type: "button", class: "button plain wide", onClick: () => this.askName() }, "Come as a newcomer…"),
    );
    this.host.append(this.button, this.panel);
    document.addEventListener("pointerdown", (event) => this.host.contains(event.target) || this.close());
    this.panel.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.host.contains(event.relatedTarget)) this.close();
    });
    this.panel.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.close(true);
    });
  }

  get open() {
    return !this.panel.hidden;
  }

  update() {
    const { me, state } = this.app;
    const others = state.people.filter((person) => person.unread && person.account !== me.account).length;
    this.button.disabled = !state.impersonation;
    this.button.replaceChildren(
      avatar(me, "small"),
      h("span", { class: "me-text" }, h("span", { class: "me-label" }, "I am"), h("span", { class: "me-name" }, name(me.name)), h("span", { class: "me-role" }, roleOf(me.role))),
      ...(others ? [h("span", { class: "badge", title: "People with unread messages" }, String(others), h("span", { class: "out-of-sight" }, others === 1 ? " person has unread messages" : " people have unread messages"))] : []),
      ...(state.impersonation ? [icon("down")] : []),
    );
    if (this.open) this.draw(false);
  }

  toggle() {
    if (this.open) {
      this.close();
      return;
    }
    this.panel.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.search.value = "";
    this.draw();
    this.search.focus();
  }

  close(focus = false) {
    if (!this.open) return;
    this.panel.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (focus) this.button.focus();
  }

  draw(fresh = true) {
    const words = this.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (person) => words.every((word) => `${person.name} ${roleOf(person.role)}`.toLowerCase().includes(word));
    const found = this.app.state.people.filter(fits);
    const options = found.slice(0, SHOWN).map((person) => ({
      title: h(
        "span",
        { class: "person" },
        avatar(person, "small"),
        h("span", { class: "person-name" }, h("bdi", {}, person.name), h("span", { class: "person-role" }, roleOf(person.role))),
        person.unread ? h("span", { class: "badge" }, String(person.unread), h("span", { class: "out-of-sight" }, " unread")) : null,
      ),
      pick: () => this.choose(person.account),
    }));
    this.suggest.show(options, fresh ? 0 : this.suggest.active);
  }

  key(event) {
    if (event.key === "Escape" || event.key === "Tab") return;
    this.suggest.key(event);
  }

  choose(account) {
    this.close(true);
    this.app.be(account);
  }

  askName() {
    this.close();
    const come = async (key, name) => {
      const { account } = await post("/api/newcomer", { key, name });
      await this.app.be(account);
    };
    askLine({
      title: "Come as a newcomer",
      label: "Name",
      help: "Somebody who is not a member yet. Then type /enroll.",
      submit: "Come in",
      act: come,
    });
  }
}
