// One message.

import { newKey } from "./api.js";
import { complain, h } from "./dom.js";
import { icon } from "./icons.js";
import { count, dayOf, initials, roleOf, shortOf, timeOf, tone } from "./words.js";

export function avatar(author, size = "") {
  const bot = author.role === "bot";
  const mark = bot ? h("img", { src: "/page/icon.svg", alt: "" }) : initials(author.name);
  return h("span", { class: `avatar ${size} ${bot ? "bot" : `tone-${tone(author.name)}`}`, "aria-hidden": "true" }, mark);
}

// `place`: {place, under} for answers to its buttons. `onThread`: open its thread; none inside one.
// `threads`: may one be begun?
export function message(app, view, { continued, fresh, place, onThread, threads }) {
  if (view.deleted) {
    return h(
      "li",
      { class: "message deleted", data: { id: view.id } },
      h("p", { class: "deleted-note" }, "This message was taken back."),
      threadLink(view, fresh, onThread, threads),
    );
  }
  const classes = ["message"];
  if (continued) classes.push("continued");
  if (view.private) classes.push("private");
  if (view.title || view.fields.length || view.buttons.length) classes.push("card");
  if (view.long) classes.push("long");
  if (view.mine) classes.push("mine");
  const when = h("time", { datetime: view.at, title: `${dayOf(view.at)}, ${timeOf(view.at)}` }, timeOf(view.at));
  const head = h(
    "header",
    { class: "message-head" },
    h("span", { class: "author" }, h("bdi", {}, view.author.name)),
    view.author.role ? h("span", { class: `role role-${view.author.role}` }, roleOf(view.author.role)) : null,
    when,
    view.edited ? h("span", { class: "edited" }, "edited") : null,
  );
  return h(
    "li",
    { class: classes.join(" "), data: { id: view.id } },
    continued ? null : avatar(view.author),
    h(
      "article",
      { class: "message-main" },
      head,
      view.about ? h("p", { class: "about", dir: "auto" }, icon("reply"), view.about) : null,
      h(
        "div",
        { class: "bubble" },
        view.private ? h("p", { class: "only-you" }, icon("eye"), "Only you can see this") : null,
        view.title ? h("h2", { class: "message-title", dir: "auto" }, view.title) : null,
        h("div", { class: "prose", dir: "auto", html: view.html }),
        fields(view),
        buttons(app, view, place),
      ),
      threadLink(view, fresh, onThread, threads),
    ),
  );
}

function fields(view) {
  if (!view.fields.length) return null;
  return h(
    "dl",
    { class: "fields" },
    view.fields.map((field) =>
      h("div", {}, h("dt", { dir: "auto" }, field.label), h("dd", { dir: "auto", html: field.html })),
    ),
  );
}

function buttons(app, view, place) {
  if (!view.buttons.length) return null;
  const row = h("div", { class: "buttons" });
  for (const button of view.buttons) {
    let key = null; // of a press that failed: pressed again, it is the same act
    const press = async () => {
      if (row.getAttribute("aria-busy") === "true") return;
      row.setAttribute("aria-busy", "true");
      key ||= newKey();
      try {
        await app.ask({ key, ...place(), button: button.id, message: view.id });
        key = null;
      } catch (problem) {
        complain(problem.message);
      } finally {
        row.removeAttribute("aria-busy");
      }
    };
    row.append(h("button", { type: "button", class: `button ${button.style}`, onClick: press }, button.label));
  }
  return row;
}

function threadLink(view, fresh, onThread, threads) {
  const replies = view.replies;
  if (!onThread || (!replies && (view.private || !threads()))) return null;
  const open = () => onThread(view.id);
  if (!replies) {
    return h("button", { type: "button", class: "reply-link", onClick: open }, icon("reply"), "Reply in thread");
  }
  return h(
    "button",
    { type: "button", class: `thread-link${fresh ? " fresh" : ""}`, onClick: open },
    h("strong", {}, count(replies.count, "reply", "replies")),
    h("span", { class: "last" }, `latest ${shortOf(replies.last)}`),
    fresh ? h("span", { class: "new-mark" }, "new") : null,
  );
}
