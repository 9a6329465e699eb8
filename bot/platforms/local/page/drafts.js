// Forms that were begun: kept in this browser, for each person, until they are accepted.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { keep, kept, keptUnder } from "./store.js";

const owner = (app) => `${app.community}:${app.me.account}:form:`;

// One draft for each form as it was opened: editing another reflection is another draft.
export const draftName = (app, form) => `${owner(app)}${form.path}#${JSON.stringify(form.values)}`.slice(0, 400);

export const loadDraft = kept;
export const saveDraft = keep;
export const dropDraft = (name) => keep(name, null);

export const drafts = (app) => keptUnder(owner(app)).map((name) => ({ name, ...kept(name) })).filter((draft) => draft.form);

// The forms that wait to be finished, above the place to write.
export function draftBar(app, { resume, discard }) {
  return drafts(app).map((draft) =>
    h(
      "div",
      { class: "draft" },
      icon("pencil"),
      h("span", { class: "draft-title" }, "Unfinished: ", h("strong", {}, draft.form.title)),
      h("button", { type: "button", class: "button plain", onClick: () => resume(draft) }, "Continue"),
      h("button", { type: "button", class: "quiet-button", onClick: () => discard(draft) }, "Discard"),
    ),
  );
}
