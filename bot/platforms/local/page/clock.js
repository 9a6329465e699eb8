// The program's clock: what time it is there, and how to move it.

import { post } from "./api.js";
import { byId, complain, h } from "./dom.js";
import { clockOf, momentOf } from "./words.js";

const STEPS = [
  ["next", "Next event"],
  ["day", "+1 day"],
  ["week", "+1 week"],
];

export class Clock {
  constructor(app) {
    this.app = app;
    this.ahead = 0; // milliseconds between this machine's clock and the program's
    this.day = h("span", { class: "clock-day" });
    this.time = h("span", { class: "clock-time" });
    this.face = h("time", { class: "clock-face" }, this.day, this.time);
    this.buttons = STEPS.map(([step, label]) =>
      h("button", { type: "button", class: "clock-button", onClick: () => this.move(step) }, label),
    );
    this.host = byId("clock");
    this.host.append(this.face, h("div", { class: "clock-buttons" }, this.buttons));
    setInterval(() => this.draw(), 5000);
  }

  update({ now, moving }) {
    this.set(now);
    this.host.hidden = !this.app.state.impersonation;
    if (!moving) this.done();
  }

  set(now) {
    this.ahead = new Date(now) - Date.now();
    this.draw();
  }

  draw() {
    const now = new Date(Date.now() + this.ahead);
    this.day.textContent = momentOf(now);
    this.time.textContent = clockOf(now);
    this.face.dateTime = now.toISOString();
  }

  async move(step) {
    if (this.host.getAttribute("aria-busy") === "true") return;
    this.progress(0);
    try {
      const { problem } = await post("/api/clock", { step });
      if (problem) complain(problem);
    } catch (problem) {
      complain(problem.message);
    } finally {
      this.done();
      await this.app.refresh();
    }
  }

  // While it moves: `done` from 0 to 1.
  progress(done) {
    const bar = byId("progress");
    bar.hidden = false;
    bar.setAttribute("aria-valuenow", String(Math.round(done * 100)));
    bar.firstElementChild.style.transform = `scaleX(${Math.max(done, 0.03)})`;
    this.host.setAttribute("aria-busy", "true");
  }

  done() {
    byId("progress").hidden = true;
    this.host.removeAttribute("aria-busy");
  }

  tick({ now, done }) {
    this.set(now);
    this.progress(done);
  }
}
