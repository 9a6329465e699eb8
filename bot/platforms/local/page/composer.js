// Where people write: messages, and commands that begin with a slash.

import { newKey, post } from "./api.js";
import { complain, freshId, grow, h } from "./dom.js";
import { icon } from "./icons.js";
import { Slots } from "./slots.js";
import { keep, kept } from "./store.js";
import { Suggest } from "./suggest.js";

export class Composer {
  // `where()`: {place, under} of what is written here.
  constructor(app, { where, label, id }) {
    this.app = app;
    this.where = where;
    this.slots = null;
    this.pending = null;
    this.next = false; // something more was sent while the last was on its way
    const hint = freshId("hint");
    this.area = h("textarea", {
      id,
      class: "say",
      rows: 1,
      dir: "auto",
      placeholder: label,
      "aria-label": label,
      "aria-describedby": hint,
      onInput: (event) => this.typed(event),
      onKeydown: (event) => this.key(event),
      onBlur: () => this.suggest.hide(),
    });
    this.hint = h("p", { id: hint, class: "composer-hint" });
    this.sendButton = h("button", { type: "submit", class: "send", "aria-label": "Send" }, icon("send"));
    this.box = h("div", { class: "composer-box" }, this.area, this.sendButton);
    this.element = h("form", { class: "composer", onSubmit: (event) => this.submit(event) }, this.box, this.hint);
    this.suggest = new Suggest(this.area, this.element, "Commands");
    this.tell();
  }

  get draft() {
    const { place, under } = this.where();
    return `${this.app.community}:${this.app.me.account}:say:${place}:${under || ""}`;
  }

  // Show what was left unsent here.
  load(label) {
    this.area.placeholder = label;
    this.area.setAttribute("aria-label", label);
    this.write(kept(this.draft) || "");
  }

  write(text) {
    if (this.slots) {
      this.slots.element.replaceWith(this.area);
      this.slots = null;
    }
    this.area.value = text;
    this.suggest.hide();
    this.tell();
    grow(this.area);
  }

  focus() {
    if (this.slots) this.slots.focus();
    else this.area.focus();
  }

  typed(event) {
    const text = this.area.value;
    this.pending = null;
    grow(this.area);
    keep(this.draft, text);
    this.tell();
    const chosen = text.endsWith(" ") && event.data === " " && this.command(text.trim());
    if (chosen && chosen.params.length && !chosen.form) this.open(chosen);
    else this.offer();
  }

  command(text) {
    return this.app.commands.find((command) => `/${command.path}` === text);
  }

  offer() {
    const text = this.area.value;
    if (!text.startsWith("/") || text.includes("\n")) {
      this.suggest.hide();
      return;
    }
    const typed = text.slice(1).toLowerCase();
    const starts = (command) => command.path.startsWith(typed);
    const within = (command) => !starts(command) && typed && command.path.split(" ").some((word) => word.startsWith(typed));
    const found = [...this.app.commands.filter(starts), ...this.app.commands.filter(within)];
    this.suggest.show(
      found.map((command) => ({ title: `/${command.path}`, note: command.help, pick: () => this.take(command) })),
    );
  }

  take(command) {
    if (command.params.length && !command.form) {
      this.open(command);
    } else {
      this.area.value = `/${command.path} `;
      keep(this.draft, this.area.value);
      this.tell();
      this.area.focus();
    }
  }

  open(command) {
    this.suggest.hide();
    const { place } = this.where();
    this.slots = new Slots(command, {
      ask: async (param, typed) => {
        const asked = { as: this.app.me.account, place, path: command.path, args: this.slots.args(), param: param.name, typed };
        return (await post("/api/complete", asked)).choices;
      },
      leave: (text) => {
        this.write(text);
        this.area.focus();
        keep(this.draft, text);
      },
      send: (path, args) => this.ask({ path, args }),
    });
    this.area.replaceWith(this.slots.element);
    this.hint.textContent = "Tab: next field · Enter: send · Esc: back to text";
    this.slots.focus();
  }

  tell() {
    const text = this.area.value;
    const command = text.startsWith("/") && this.command(text.trim());
    if (command) this.hint.textContent = `${command.help} · Enter to go`;
    else this.hint.textContent = text ? "Enter: send · Shift+Enter: new line · Markdown works" : "Type / for commands";
    this.sendButton.classList.toggle("ready", Boolean(text.trim()));
  }

  key(event) {
    if (event.isComposing) return;
    const whole = event.key === "Enter" && this.command(this.area.value.trim());
    if (!whole && this.suggest.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) this.submit(event);
  }

  submit(event) {
    event.preventDefault();
    if (this.slots) {
      this.slots.submit();
      return;
    }
    const text = this.area.value.trim();
    this.suggest.hide();
    if (!text) return;
    if (/^\/\S/.test(text)) this.ask({ line: text });
    else this.say(text);
  }

  ask(what) {
    return this.busy(() => this.app.ask({ key: this.pending.key, ...this.where(), ...what }));
  }

  say(text) {
    return this.busy(() => this.app.say({ key: this.pending.key, ...this.where(), text }));
  }

  // Send once; when that fails, what was typed stays, and sending again repeats the same act. Who
  // goes on typing meanwhile loses nothing, and who sends that, too, has it sent next.
  async busy(act) {
    if (this.element.getAttribute("aria-busy") === "true") {
      this.next = true;
      return;
    }
    this.pending ||= { key: newKey() };
    this.element.setAttribute("aria-busy", "true");
    const { draft, content: sent } = this;
    try {
      await act();
      this.pending = null;
      if (draft === this.draft) {
        if (sent === this.content) this.clear();
        if (!document.querySelector("dialog[open]")) this.area.focus();
      } else if (sent === kept(draft) || typeof sent !== "string") {
        keep(draft, null);
      }
    } catch (problem) {
      complain(problem.message);
    } finally {
      this.element.removeAttribute("aria-busy");
    }
    if (this.next) {
      this.next = false;
      this.element.requestSubmit();
    }
  }

  clear() {
    keep(this.draft, null);
    this.write("");
  }

  get content() {
    return this.slots || this.area.value;
  }
}
