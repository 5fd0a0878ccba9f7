/** The panel: the course's name, what is wrong now, the list of assignments, and a voice for screen readers. */
import { ServerGone } from "./api.js";
import { AssignmentView } from "./assignment.js";
import { button, enable, h, setText } from "./dom.js";
import { icon } from "./icon.js";
import { jupyter } from "./shared.js";
import { sentence, word } from "./words.js";

/** A course this short is shown with every assignment unfolded. */
const SHORT = 4;
const MINUTE = 60_000;

export class Panel extends jupyter.widgets.Widget {
  /** @param {import("./course.js").Course} course @param {import("./actions.js").Actions} actions @param {import("./api.js").Api} api */
  constructor(course, actions, api) {
    super();
    this.id = "biolab-panel";
    this.addClass("biolab-panel");
    this.title.icon = icon;
    this.node.tabIndex = -1;
    this.node.setAttribute("role", "region");
    this._course = course;
    this._actions = actions;
    this._api = api;
    this._views = new Map();
    this._front = null;
    this._fetching = false;
    this._build();
    course.changed = () => {
      this.render();
      actions.join();
    };
    actions.changed = () => this.render();
    actions.say = (text) => setText(this._voice, text);
    this.render();
  }

  _build() {
    this._heading = h("h2", { class: "biolab-course" });
    this._learner = h("p", { class: "biolab-learner" });
    this._fetch = button("fetch", () => this.fetchNew());
    this._trouble = h("p", { class: "biolab-trouble", role: "alert" });
    this._problems = h("ul", { class: "biolab-problems" });
    this._news = h("ul", { class: "biolab-news" });
    this._empty = h("p", { class: "biolab-empty" });
    this._list = h("ol", { class: "biolab-assignments" });
    this._voice = h("div", { class: "biolab-voice", role: "status", "aria-live": "polite" });
    this._count = h("p", { class: "biolab-count" });
    const top = h("div", { class: "biolab-top" }, h("div", {}, this._learner, this._count), this._fetch);
    this.node.append(
      h("div", { class: "biolab-head" }, this._heading, top, this._trouble, this._problems, this._news),
      this._empty,
      this._list,
      this._voice,
    );
  }

  render() {
    const { _course: course } = this;
    const { language } = course;
    this.node.lang = language;
    this.title.caption = course.data?.course?.title ?? word(language, "panel");
    this.node.setAttribute("aria-label", word(language, "panel"));
    this._list.setAttribute("aria-label", word(language, "assignments"));
    this._renderHeader(language);
    this._renderTrouble(language);
    const empty = course.data ? course.assignments.length === 0 && "no_assignments" : !course.trouble && "loading";
    setText(this._empty, empty ? word(language, empty) : "");
    this._empty.hidden = !empty;
    this._renderAssignments(language);
  }

  /** Brings what the instructor has released since. */
  async fetchNew() {
    if (this._fetching) return;
    this._fetching = true;
    const before = this._course.assignments.map(gradedAt);
    this.render();
    try {
      await this._course.refresh();
      await this._actions.rescue(); // what is only on the screen is no reason to bring the exercise anew
      const { fetched, ...course } = await this._api.fetchNew();
      this._course.take(course);
      const feedback = this._course.assignments.filter((entry) => entry.feedback && !before.includes(gradedAt(entry)));
      this._tellNews([...(fetched ?? []), ...feedback.map(({ name }) => ({ name, outcome: "feedback" }))]);
      await this._actions.tabs.showNewest();
    } catch (error) {
      if (error instanceof ServerGone) this._course.failed(error);
      else this._tell([sentence(error.message) || word(this._course.language, "refused", { status: error.status })], "bad");
    } finally {
      this._fetching = false;
      this.render();
    }
  }

  /** The assignment whose notebook is in front, if any. */
  get front() {
    return this._front === null ? undefined : this._course.assignments.find(({ notebook }) => notebook === this._front);
  }

  /** @param {string|null} path of the notebook in front: its assignment is marked and unfolded */
  setFront(path) {
    const changed = path !== this._front;
    this._front = path;
    this._unfold();
    const view = this.front && this._views.get(this.front.name);
    if (changed && view && this.isVisible) view.node.scrollIntoView({ block: "nearest" });
  }

  onActivateRequest() {
    this.node.focus({ preventScroll: true });
  }

  onAfterShow() {
    this._course.refresh();
  }

  onAfterAttach() {
    this._clock = setInterval(() => this._views.forEach((view) => view.tick(this._course.language)), MINUTE);
  }

  onBeforeDetach() {
    clearInterval(this._clock);
  }

  _renderHeader(language) {
    const { data, assignments } = this._course;
    setText(this._heading, data?.course?.title || data?.course?.id || "biolab");
    const done = assignments.filter((entry) => entry.submitted || entry.graded).length;
    setText(this._learner, data?.learner ?? "");
    setText(
      this._count,
      assignments.length > 1 ? word(language, "submitted_of", { done, total: assignments.length }) : "",
    );
    this._fetch.hidden = !data;
    setText(this._fetch, word(language, this._fetching ? "fetching" : "fetch"));
    enable(this._fetch, !this._fetching);
    this._fetch.title = word(language, "fetch_tip");
    const problems = data?.problems ?? [];
    if (problems.join("\n") !== this._problemsShown) {
      this._problemsShown = problems.join("\n");
      this._problems.replaceChildren(...problems.map((text) => h("li", {}, `⚠ ${sentence(text)}`)));
    }
    this._problems.hidden = problems.length === 0;
  }

  _renderTrouble(language) {
    const { trouble } = this._course;
    const text = trouble ? said(trouble, language) : "";
    if (this._trouble.textContent !== "" && !text) setText(this._voice, word(language, "back"));
    setText(this._trouble, text);
    this._trouble.hidden = !text;
  }

  _renderAssignments(language) {
    const { assignments } = this._course;
    for (const entry of assignments) {
      if (!this._views.has(entry.name)) this._views.set(entry.name, new AssignmentView(entry.name, this._actions));
      const { busy, notes } = this._actions;
      this._views.get(entry.name).update(entry, busy.get(entry.name), notes.get(entry.name), language);
    }
    const nodes = assignments.map((entry) => this._views.get(entry.name).node);
    // Only when the list itself changed: moving a node takes the keyboard's focus from it.
    if (nodes.length !== this._list.children.length || nodes.some((node, i) => node !== this._list.children[i])) {
      this._list.replaceChildren(...nodes);
    }
    this._unfold();
  }

  _unfold() {
    const { assignments } = this._course;
    const inWork = assignments.filter((entry) => entry.state === "in-progress" || entry.changed_since_submit);
    const first = assignments.find((entry) => entry.state === "to-do");
    const wanted = new Set(inWork.length > 0 ? inWork : first ? [first] : []);
    for (const entry of assignments) {
      const view = this._views.get(entry.name);
      const inFront = entry === this.front;
      view?.mark(inFront);
      if (inFront || assignments.length <= SHORT || wanted.has(entry) || this._actions.busy.has(entry.name))
        view?.suggest();
    }
  }

  _tellNews(fetched) {
    const { language } = this._course;
    const title = (name) => this._course.find(name)?.title ?? name;
    const lines = ["new", "updated", "kept", "feedback"].flatMap((outcome) => {
      const names = fetched.filter((one) => one.outcome === outcome).map((one) => title(one.name));
      return names.length > 0 ? [word(language, `fetched_${outcome}`, { names: names.join(", ") })] : [];
    });
    this._tell(lines.length > 0 ? lines : [word(language, "fetched_nothing")]);
  }

  _tell(lines, kind = "plain") {
    this._news.dataset.kind = kind;
    this._news.replaceChildren(...lines.map((text) => h("li", {}, text)));
    setText(this._voice, lines.join(" "));
  }
}

/** Tells one grade from another. */
function gradedAt({ name, graded }) {
  return `${name} ${graded?.at}`;
}

function said(trouble, language) {
  if (trouble instanceof ServerGone) return word(language, "gone");
  if (trouble.message) return sentence(trouble.message);
  if (trouble.status === 401 || trouble.status === 403) return word(language, "signed_out");
  if (trouble.status === 404) return word(language, "no_server_part");
  return word(language, "refused", { status: trouble.status });
}
