// Suggestions for one parameter: its choices, or what the server knows.

import { Suggest } from "./suggest.js";

const PAUSE = 120;

// `ask(param, typed)` answers the server's choices. What is picked shows its label and sends its
// value; what is typed otherwise is sent as typed. The list opens on these events, on typing and on
// the arrow down. Enter waits for suggestions that are on their way: it takes the one that is then
// marked, or sends what stands there.
export function completing(param, input, host, ask, { opens = ["focus"] } = {}) {
  if (!param.choices.length && !param.completes) return null;
  const suggest = new Suggest(input, host, param.label);
  let timer = 0;
  let asked = 0;
  let waiting = false; // for suggestions
  let entered = false; // meanwhile

  const offer = (choices, typed) => {
    const wanted = typed.toLowerCase();
    const begins = (choice) => ` ${choice.label}`.toLowerCase().includes(` ${wanted}`) || choice.value.toLowerCase().startsWith(wanted);
    const options = choices.map((choice) => ({
      title: choice.label,
      pick: () => {
        input.value = choice.label;
        input.dataset.label = choice.label;
        input.dataset.value = choice.value;
        input.dispatchEvent(new Event("picked", { bubbles: true }));
      },
    }));
    suggest.show(options, typed ? choices.findIndex(begins) : -1);
  };

  const look = async () => {
    const typed = input.value === input.dataset.label ? "" : input.value.trim();
    if (!param.completes) {
      const wanted = typed.toLowerCase();
      const fits = (choice) => choice.label.toLowerCase().includes(wanted) || choice.value.toLowerCase().startsWith(wanted);
      offer(param.choices.filter(fits), typed);
      return;
    }
    const turn = (asked += 1);
    const choices = await ask(param, typed).catch(() => []);
    if (turn !== asked || document.activeElement !== input) return;
    offer(choices, typed);
    const enter = entered;
    waiting = entered = false;
    if (!enter) return;
    if (suggest.chosen) suggest.take(suggest.active);
    else input.form.requestSubmit();
  };
  const soon = () => {
    clearTimeout(timer);
    waiting = param.completes;
    entered = false;
    if (waiting) timer = setTimeout(look, PAUSE);
    else look();
  };
  input.setAttribute("autocomplete", "off");
  input.addEventListener("input", soon);
  for (const event of opens) input.addEventListener(event, soon);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" && !suggest.open) soon();
    if (event.key !== "Enter" || !waiting || event.isComposing) return;
    entered = true;
    event.preventDefault();
    event.stopImmediatePropagation();
  });
  input.addEventListener("blur", () => {
    clearTimeout(timer);
    asked += 1;
    waiting = entered = false;
    suggest.hide();
  });
  return suggest;
}

// What an input stands for: the value behind its label if one was picked.
export const valueOf = (input) =>
  input.dataset.value !== undefined && input.value === input.dataset.label ? input.dataset.value : input.value;
