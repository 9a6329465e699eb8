// Forms: a dialog made from a command's parameters. Nothing that was typed is lost.

import { newKey, post } from "./api.js";
import { completing, valueOf } from "./complete.js";
import { byId, freshId, grow, h } from "./dom.js";
import { draftName, dropDraft, loadDraft, saveDraft } from "./drafts.js";
import { icon } from "./icons.js";
import { count } from "./words.js";

const RADIOS = 4; // up to so many choices are shown all at once

export class FormDialog {
  constructor(app) {
    this.app = app;
    this.dialog = byId("form");
    this.dialog.addEventListener("close", () => this.closed());
  }

  // `where`: {place, under}. `notice`: what is wrong with it as a whole, as HTML.
  open(form, where, notice = "") {
    this.name = draftName(this.app, form);
    const draft = loadDraft(this.name);
    this.show(form, where, draft ? draft.values : form.values, notice);
  }

  // Go on with a draft.
  resume(draft) {
    this.name = draft.name;
    this.show(draft.form, draft.where, draft.values, "");
  }

  show(form, where, values, notice) {
    Object.assign(this, { form, where, key: newKey(), account: this.app.me.account });
    this.inputs = new Map();
    const send = h("button", { type: "submit", class: "button primary" }, form.submit);
    const about = h("div", { class: "form-about", id: "form-about" });
    about.innerHTML = form.about || "";
    this.notice = h("div", { class: "form-notice", role: "alert", tabindex: "-1" });
    const later = h("button", { type: "button", class: "button plain", onClick: () => this.dialog.close() }, "Not now");
    this.element = h(
      "form",
      { novalidate: true, onSubmit: (event) => this.submit(event), onInput: () => this.remember(), onPicked: () => this.remember() },
      h("h2", { id: "form-title" }, form.title),
      about,
      this.notice,
      form.params.map((param) => this.field(this.app.fitted(param), values[param.name] ?? "")),
      h("footer", { class: "form-foot" }, h("p", {}, "Kept in this browser until you send it."), later, send),
    );
    this.dialog.replaceChildren(this.element);
    if (!this.dialog.open) this.dialog.showModal();
    for (const area of this.element.querySelectorAll("textarea")) grow(area);
    this.mark(form.problems, notice);
    this.typed = this.untouched = JSON.stringify(this.values());
    this.changed = Boolean(loadDraft(this.name));
    this.remember();
  }

  field(param, value) {
    const id = freshId("field");
    const parts = { input: null, radios: null };
    let control;
    if (param.choices.length && param.choices.length <= RADIOS) {
      control = this.radios(param, value, id, parts);
    } else {
      const long = param.input === "long";
      const picked = param.choices.find((choice) => choice.value === value);
      parts.input = h(long ? "textarea" : "input", {
        id,
        class: "field-input",
        rows: long ? 6 : undefined,
        dir: "auto",
        inputmode: param.input === "integer" ? "numeric" : undefined,
        autocomplete: "off",
        "aria-describedby": `${id}-help ${id}-problem`,
        "aria-required": param.required ? "true" : undefined,
      });
      parts.input.value = picked ? picked.label : value;
      if (picked) Object.assign(parts.input.dataset, { label: picked.label, value: picked.value });
      control = h("div", { class: "field-control" }, parts.input, param.choices.length ? icon("down") : null);
      const ask = (asked, typed) => this.complete(asked, typed);
      const suggest = completing(param, parts.input, control, ask, { opens: ["click"] });
      parts.input.addEventListener("keydown", (event) => suggest && suggest.key(event));
      if (long) parts.input.addEventListener("input", () => grow(parts.input));
    }
    parts.problem = h("p", { id: `${id}-problem`, class: "field-problem" });
    parts.left = h("p", { class: "field-left" });
    this.inputs.set(param.name, { param, ...parts });
    const optional = param.required || parts.radios ? null : h("span", { class: "optional" }, "optional");
    const about = [param.help.replace(/[.!?]*$/, ""), limits(param)].filter(Boolean).join(". ");
    const label = parts.radios ? h("span", { class: "label", id: `${id}-label` }, param.label, optional) : h("label", { for: id }, param.label, optional);
    return h("div", { class: "field" }, label, h("p", { id: `${id}-help`, class: "field-help" }, about), control, h("div", { class: "field-below" }, parts.problem, parts.left));
  }

  radios(param, value, id, parts) {
    const name = freshId("choice");
    parts.radios = param.choices.map((choice) => {
      const radio = h("input", { type: "radio", name, value: choice.value });
      radio.checked = choice.value === value;
      return radio;
    });
    return h(
      "div",
      { class: "radios", role: "radiogroup", "aria-labelledby": `${id}-label`, "aria-describedby": `${id}-help ${id}-problem` },
      param.choices.map((choice, index) => h("label", { class: "radio" }, parts.radios[index], choice.label)),
    );
  }

  values() {
    const found = {};
    for (const [name, { input, radios }] of this.inputs) {
      found[name] = radios ? (radios.find((radio) => radio.checked)?.value ?? "") : valueOf(input);
    }
    return found;
  }

  async complete(param, typed) {
    const asked = { as: this.account, place: this.where.place, path: this.form.path, args: this.values(), param: param.name, typed };
    return (await post("/api/complete", asked)).choices;
  }

  // Keep what is typed, and count what is left. Changed values are another act than those before.
  remember() {
    const values = this.values();
    const text = JSON.stringify(values);
    if (text !== this.typed) this.key = newKey();
    this.typed = text;
    this.changed ||= text !== this.untouched;
    if (this.changed) saveDraft(this.name, { form: this.form, where: this.where, values, open: true });
    for (const [name, { param, left }] of this.inputs) {
      left.textContent = param.input === "long" || values[name].length > param.max_length * 0.7 ? leftOf(param, values[name]) : "";
      left.classList.toggle("over", [...values[name]].length > param.max_length);
    }
  }

  // Show the problems beside their fields, and go to the first.
  mark(problems, notice) {
    const known = Object.keys(problems).some((name) => this.inputs.has(name));
    if (problems[""]) this.notice.textContent = problems[""];
    else this.notice.innerHTML = known ? "" : notice;
    let first = null;
    for (const [name, { input, radios, problem }] of this.inputs) {
      const control = input || radios[0];
      problem.textContent = problems[name] || "";
      if (problems[name]) {
        control.setAttribute("aria-invalid", "true");
        first ||= control;
      } else {
        control.removeAttribute("aria-invalid");
      }
    }
    const inputs = [...this.inputs.values()];
    (first || (this.notice.textContent ? this.notice : inputs[0] && (inputs[0].input || inputs[0].radios[0])))?.focus();
  }

  async submit(event) {
    event.preventDefault();
    if (this.element.getAttribute("aria-busy") === "true") return;
    this.element.setAttribute("aria-busy", "true");
    const values = this.values();
    const args = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
    const name = this.name;
    try {
      const answer = await this.app.send({ key: this.key, ...this.where, path: this.form.path, args, form: true });
      if (answer.type === "rejected") {
        this.key = newKey();
        this.mark(answer.form.problems, answer.html);
        return;
      }
      dropDraft(name);
      this.name = null;
      this.dialog.close();
      await this.app.answered(answer, this.where);
    } catch (problem) {
      this.mark({ "": problem.message }, "");
    } finally {
      this.element.removeAttribute("aria-busy");
    }
  }

  closed() {
    if (this.name && this.changed) saveDraft(this.name, { ...loadDraft(this.name), open: false });
    this.app.drawDrafts();
    this.app.focus();
  }
}

function limits(param) {
  if (param.least !== null && param.most !== null) return `From ${param.least} to ${param.most}.`;
  if (param.least !== null) return `At least ${param.least}.`;
  if (param.most !== null) return `At most ${param.most}.`;
  return "";
}

function leftOf(param, value) {
  const left = param.max_length - [...value].length;
  const spare = left >= 0 ? `${count(left, "character", "characters")} left` : `${count(-left, "character", "characters")} too many`;
  if (param.input !== "long") return spare;
  return `${count((value.match(/\S+/g) || []).length, "word", "words")} · ${spare}`;
}
