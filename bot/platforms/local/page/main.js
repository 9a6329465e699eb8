// The page: who I am, where I am, and what happens next.

import { Clock } from "./clock.js";
import { Composer } from "./composer.js";
import { byId, complain, h } from "./dom.js";
import { draftBar, drafts, dropDraft } from "./drafts.js";
import { FormDialog } from "./form.js";
import { get, post } from "./api.js";
import { icon } from "./icons.js";
import { People } from "./people.js";
import { Sidebar } from "./sidebar.js";
import { keep, kept } from "./store.js";
import { Thread } from "./thread.js";
import { Timeline } from "./timeline.js";
import { NOTES, setZone } from "./words.js";

class App {
  constructor() {
    this.state = null;
    this.me = null;
    this.place = null;
    this.commands = [];
    this.turn = 0; // counts who I was, so that late answers for somebody else are dropped
    this.refreshing = null;
  }

  async start() {
    const [account, place] = this.wanted();
    this.state = await get("/api/state", { as: account || kept("me") || "" });
    if (!this.state.me && this.state.first) {
      this.state = await get("/api/state", { as: this.state.first });
    }
    this.me = this.state.me;
    setZone(this.state.community.zone);
    byId("community").textContent = this.state.community.name;
    this.theme();
    if (!this.me) {
      document.body.classList.add("shut");
      byId("place-name").textContent = "Welcome";
      byId("place-note").textContent = "Please open your personal link to come in. Your organizer has one for you.";
      return;
    }
    this.timeline = new Timeline(this);
    this.composer = new Composer(this, { where: () => ({ place: this.place }), label: "Message", id: "say" });
    this.drafts = h("div", { class: "drafts" });
    byId("composer").append(this.drafts, this.composer.element);
    this.thread = new Thread(this);
    this.forms = new FormDialog(this);
    this.sidebar = new Sidebar(this);
    this.people = new People(this);
    this.clock = new Clock(this);
    addEventListener("hashchange", () => this.follow());
    document.addEventListener("keydown", (event) => this.key(event));
    document.querySelector(".skip").addEventListener("click", (event) => {
      event.preventDefault();
      this.composer.focus();
    });
    await this.arrive(place);
    this.listen();
  }

  // A parameter as it is entered here: channels are chosen among those that I see.
  fitted(param) {
    if (param.input !== "channel") return param;
    const channels = this.state.conversations.filter((one) => one.kind === "channel");
    return { ...param, choices: channels.map((one) => ({ value: one.place, label: one.name })) };
  }

  async loadCommands() {
    const { commands } = await get("/api/commands", { as: this.me.account });
    return commands.map((command) => ({ ...command, params: command.params.map((param) => this.fitted(param)) }));
  }

  // In a conversation with the bot alone there is nobody to discuss with.
  get threads() {
    return this.state.conversations.find((one) => one.place === this.place)?.kind !== "direct";
  }

  get community() {
    return this.state.community.id;
  }

  address(account, place) {
    return `#/${encodeURIComponent(account)}/${encodeURIComponent(place)}`;
  }

  wanted() {
    return location.hash.startsWith("#/") ? location.hash.slice(2).split("/").map(decodeURIComponent) : [];
  }

  // Become somebody else.
  async be(account) {
    location.hash = this.address(account, this.place || "");
  }

  // The address has changed: another person, another conversation, or both.
  async follow() {
    const [account, place] = this.wanted();
    try {
      if (account && account !== this.me.account) {
        const state = await get("/api/state", { as: account });
        if (!state.me) throw new Error("This person is not here any more.");
        Object.assign(this, { state, me: state.me });
        await this.arrive(place);
      } else if (place && place !== this.place) {
        await this.go(place);
      }
    } catch (problem) {
      complain(problem.message);
    }
  }

  // I am somebody now: show their chat, at this place if they may see it.
  async arrive(place) {
    this.turn += 1;
    keep("me", this.me.account);
    document.querySelectorAll("dialog[open]").forEach((dialog) => dialog.close());
    this.commands = await this.loadCommands();
    const { conversations } = this.state;
    const mine = place?.startsWith("d-") && conversations.find((one) => one.kind === "direct")?.place;
    const start = [place, mine, kept(`at:${this.me.account}`)].find((one) => conversations.some((known) => known.place === one));
    await this.go(start || firstPlace(conversations));
    this.listen();
    const open = drafts(this).find((draft) => draft.open);
    if (open) this.forms.resume(open);
  }

  async go(place) {
    const here = this.state.conversations.find((one) => one.place === place);
    if (!here) throw new Error("This conversation is not here, or it is not for you.");
    this.place = place;
    keep(`at:${this.me.account}`, place);
    const address = this.address(this.me.account, place);
    if (location.hash !== address) history.replaceState(null, "", address);
    this.thread.close();
    this.sidebar.toggle(false);
    this.draw();
    byId("place-name").textContent = here.name;
    byId("place-note").textContent = NOTES[here.purpose || here.kind] || "";
    this.composer.load(here.kind === "direct" ? "Type / to ask Staffroom" : `Message ${here.name}`);
    await this.timeline.open(place);
    this.focus();
  }

  draw() {
    this.people.update();
    this.sidebar.update();
    this.clock.update(this.state.clock);
    this.drawDrafts();
  }

  drawDrafts() {
    const resume = (draft) => this.forms.resume(draft);
    const discard = (draft) => {
      dropDraft(draft.name);
      this.drawDrafts();
      this.focus();
    };
    this.drafts.replaceChildren(...draftBar(this, { resume, discard }));
  }

  focus() {
    // A finger would get a keyboard that covers the page; who chooses a person stays with that.
    const elsewhere = this.people.open || document.querySelector("dialog[open]");
    if (matchMedia("(pointer: fine)").matches && !elsewhere) this.composer.focus();
  }

  // Ask for everything that may have changed; calls that come meanwhile share one more round.
  async refresh() {
    this.again = true;
    this.refreshing ||= (async () => {
      try {
        while (this.again) {
          this.again = false;
          await this.look();
        }
      } finally {
        this.refreshing = null;
      }
    })();
    return this.refreshing;
  }

  async look() {
    const turn = this.turn;
    const [state, commands] = await Promise.all([get("/api/state", { as: this.me.account }), this.loadCommands()]);
    if (turn !== this.turn) return;
    if (!state.me) {
      location.reload();
      return;
    }
    Object.assign(this, { state, me: state.me, commands });
    const changed = await this.timeline.update();
    if (turn !== this.turn) return;
    this.thread.update(changed);
    this.draw();
  }

  async say(what) {
    await post("/api/say", { as: this.me.account, ...what });
    await this.refresh();
    this.toEnd(what.under);
  }

  // Ask for a command; shows whatever is answered.
  async ask(what) {
    await this.answered(await this.send(what), { place: what.place, under: what.under });
  }

  send(what) {
    return post("/api/ask", { as: this.me.account, ...what });
  }

  async answered(answer, where) {
    if (answer.type === "form") {
      this.forms.open(answer.form, where);
    } else if (answer.type === "rejected") {
      this.forms.open(answer.form, where, answer.html);
    } else {
      await this.refresh();
      if (!answer.replaced) this.toEnd(where.under);
    }
  }

  toEnd(under) {
    if (!under) this.timeline.toBottom();
  }

  openThread(root) {
    this.timeline.messages.opened.add(root);
    this.timeline.messages.draw();
    return this.thread.open(root);
  }

  // Hear of changes while the page is looked at; ask for everything after a silence.
  listen() {
    this.events?.close();
    if (document.hidden) return;
    this.events = new EventSource(`/api/events?${new URLSearchParams({ as: this.me.account })}`);
    const refresh = () => this.refresh().catch(() => {});
    this.events.onopen = refresh;
    this.events.onmessage = (event) => {
      const note = JSON.parse(event.data);
      if (note.type === "clock") this.clock.tick(note);
      else refresh();
    };
  }

  key(event) {
    const writing = event.target.closest("input, textarea, dialog");
    if (event.key === "/" && !writing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      this.composer.focus();
      if (!this.composer.slots && !this.composer.area.value) {
        this.composer.area.value = "/";
        this.composer.offer();
      }
    }
  }

  theme() {
    const button = byId("theme");
    const root = document.documentElement;
    const draw = () => {
      const dark = root.dataset.theme === "dark";
      button.replaceChildren(icon(dark ? "sun" : "moon"));
      button.setAttribute("aria-label", dark ? "Light colors" : "Dark colors");
    };
    button.addEventListener("click", () => {
      root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
      try {
        localStorage.setItem("staffroom:theme", root.dataset.theme);
      } catch {
        // The choice then lasts as long as the page.
      }
      draw();
    });
    new MutationObserver(draw).observe(root, { attributeFilter: ["data-theme"] });
    draw();
  }
}

const firstPlace = (conversations) =>
  (conversations.find((one) => one.purpose === "reflections") || conversations[0]).place;

const app = new App();
document.addEventListener("visibilitychange", () => app.me && app.listen());
app.start().catch((problem) => complain(problem.message));
