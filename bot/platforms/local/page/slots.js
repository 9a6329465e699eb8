// The parameters of a command that was typed, as `name: value` fields in place of the text.

import { completing, valueOf } from "./complete.js";
import { grow, h } from "./dom.js";

export class Slots {
  // `leave(text)`: back to plain text. `send(path, args)`: ask for it.
  constructor(command, { ask, leave, send }) {
    this.command = command;
    this.leave = leave;
    this.send = send;
    this.help = h("p", { class: "slot-help", "aria-live": "polite" }, command.help);
    this.slots = command.params.map((param) => this.slot(param, ask));
    this.element = h(
      "div",
      { class: "slots", role: "group", "aria-label": `/${command.path}` },
      h("div", { class: "slot-row" }, h("span", { class: "slot-command" }, `/${command.path}`), this.slots.map((slot) => slot.box)),
      this.help,
    );
  }

  slot(param, ask) {
    const long = param.input === "long";
    const input = h(long ? "textarea" : "input", {
      class: "slot-input",
      rows: long ? 1 : undefined,
      inputmode: param.input === "integer" ? "numeric" : undefined,
      autocomplete: "off",
      "aria-required": param.required ? "true" : undefined,
      dir: "auto",
    });
    const name = h("span", { class: "slot-name" }, `${param.name}:`);
    const box = h("div", { class: `slot${param.required ? "" : " maybe"}` }, h("label", {}, name, input));
    const suggest = completing(param, input, box, ask);
    input.addEventListener("focus", () => this.explain(param));
    input.addEventListener("input", () => this.typed(input, long));
    input.addEventListener("keydown", (event) => this.key(event, input, suggest));
    return { param, input, box };
  }

  explain(param) {
    const facts = [param.help || param.label];
    if (param.least !== null && param.most !== null) facts.push(`From ${param.least} to ${param.most}.`);
    if (!param.required) facts.push("May stay empty.");
    this.help.textContent = facts.join(" · ");
  }

  // Who types `title:` means that parameter, wherever they are.
  typed(input, long) {
    if (long) grow(input);
    const named = /^(.*?)(?:^|\s)(\w+):$/s.exec(input.value);
    const meant = named && this.slots.find((slot) => slot.param.name === named[2].toLowerCase() && slot.input !== input);
    if (!meant) return;
    input.value = named[1];
    meant.input.focus();
  }

  key(event, input, suggest) {
    if (suggest && suggest.key(event)) return;
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" || (event.key === "Backspace" && !input.value && input === this.slots[0].input)) {
      event.preventDefault();
      event.stopPropagation();
      this.leave(this.asText());
    }
  }

  args() {
    return Object.fromEntries(
      this.slots.map((slot) => [slot.param.name, valueOf(slot.input).trim()]).filter(([, value]) => value),
    );
  }

  asText() {
    const pairs = Object.entries(this.args()).map(([name, value]) => ` ${name}: ${value}`);
    return `/${this.command.path}${pairs.join("")}`;
  }

  submit() {
    this.send(this.command.path, this.args());
  }

  focus() {
    this.slots[0].input.focus();
  }
}
