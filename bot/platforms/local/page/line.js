// A small dialog that asks for one line.

import { newKey } from "./api.js";
import { byId, h } from "./dom.js";

// `act(key, text)` does it; what it throws is shown, and the dialog stays open.
export function askLine({ title, label, help, submit, act }) {
  const dialog = byId("line");
  const key = newKey();
  const input = h("input", { id: "line-input", class: "field-input", autocomplete: "off", dir: "auto", "aria-describedby": "line-help line-problem" });
  const problem = h("p", { id: "line-problem", class: "field-problem", role: "alert" });
  const send = async (event) => {
    event.preventDefault();
    try {
      await act(key, input.value);
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      input.focus();
    }
  };
  const cancel = h("button", { type: "button", class: "button plain", onClick: () => dialog.close() }, "Cancel");
  dialog.replaceChildren(
    h(
      "form",
      { novalidate: true, onSubmit: send },
      h("h2", { id: "line-title" }, title),
      h(
        "div",
        { class: "field" },
        h("label", { for: "line-input" }, label),
        h("p", { id: "line-help", class: "field-help" }, help),
        h("div", { class: "field-control" }, input),
        problem,
      ),
      h("footer", { class: "form-foot" }, cancel, h("button", { type: "submit", class: "button primary" }, submit)),
    ),
  );
  dialog.showModal();
  input.focus();
}
