/** One assignment in the list: what it is, how it stands, its buttons and its tasks. Made once, then only updated. */
import { button, enable, h, setText } from "./dom.js";
import { exactMoment, moment, timeLeft } from "./due.js";
import { TaskList } from "./tasks.js";
import { count, number, word } from "./words.js";

const STATE_SIGNS = { "to-do": "○", "in-progress": "◐", submitted: "↑", graded: "✓" };

let numbered = 0;

export class AssignmentView {
  /** @param {string} name @param {import("./actions.js").Actions} actions */
  constructor(name, actions) {
    const id = `biolab-assignment-${++numbered}`;
    const act = (action, style) => {
      const node = button(action, () => actions[action](this.entry), style);
      node.setAttribute("aria-describedby", `${id}-title`);
      return node;
    };
    this.entry = null;
    /** Whether the trainee, not a rule, decided what is unfolded. */
    this._chosen = false;
    this._wasChecking = false;
    this.sign = h("span", { class: "biolab-sign", "aria-hidden": "true" });
    this.title = h("span", { class: "biolab-title-text", id: `${id}-title` });
    this.head = h(
      "button",
      { type: "button", class: "biolab-title", "aria-controls": `${id}-body` },
      this.sign,
      this.title,
    );
    this.head.addEventListener("click", () => {
      this._chosen = true;
      this.unfold(!this.unfolded);
    });
    this.state = h("span", { class: "biolab-state" });
    this.extent = h("span");
    this.facts = h("p", { class: "biolab-facts" }, this.state, this.extent);
    this.due = h("p", { class: "biolab-due" });
    this.warning = h("p", { class: "biolab-warning" });
    this.points = h("p", { class: "biolab-points" });
    this.byHand = h("p", { class: "biolab-by-hand" });
    this.filled = h("span");
    this.bar = h("div", { class: "biolab-bar", "aria-hidden": "true" }, this.filled);
    this.history = h("p", { class: "biolab-history" });
    this.buttons = { open: act("open"), check: act("check"), submit: act("submit"), feedback: act("feedback") };
    this.progress = h("progress", { "aria-labelledby": `${id}-doing` });
    this.doing = h("span", { class: "biolab-doing", id: `${id}-doing` });
    this.stop = act("stop");
    this.work = h("div", { class: "biolab-work" }, this.doing, this.stop, this.progress);
    this.note = h("p", { class: "biolab-note" });
    this.tasks = new TaskList();
    this.body = h(
      "div",
      { class: "biolab-body", id: `${id}-body` },
      this.history,
      this.points,
      this.bar,
      this.byHand,
      this.warning,
      h("div", { class: "biolab-buttons" }, ...Object.values(this.buttons)),
      this.work,
      this.note,
      this.tasks.node,
    );
    this.node = h(
      "li",
      { class: "biolab-assignment", "data-exercise": name, "aria-labelledby": `${id}-title` },
      h("h3", {}, this.head),
      this.facts,
      this.due,
      this.body,
    );
    this.unfold(false);
  }

  get unfolded() {
    return !this.body.hidden;
  }

  unfold(yes) {
    this.body.hidden = !yes;
    this.head.setAttribute("aria-expanded", String(yes));
  }

  /** Unfolds by rule, unless the trainee has folded this one. Nothing folds by itself under the trainee's eyes. */
  suggest() {
    if (!this._chosen) this.unfold(true);
  }

  /** @param {boolean} yes the notebook in front is this assignment's */
  mark(yes) {
    this.node.classList.toggle("biolab-mod-current", yes);
    if (yes) this.node.setAttribute("aria-current", "true");
    else this.node.removeAttribute("aria-current");
  }

  /**
   * @param {object} entry
   * @param {import("./actions.js").Busy|undefined} busy
   * @param {import("./actions.js").Note|undefined} note
   * @param {"en"|"ko"} language
   */
  update(entry, busy, note, language) {
    const first = this.entry === null;
    this.entry = entry;
    this.node.dataset.state = entry.state;
    setText(this.sign, STATE_SIGNS[entry.state] ?? "○");
    setText(this.title, entry.title);
    this._updateFacts(entry, language);
    this._updateStanding(entry, language);
    this.tick(language);
    this._updateButtons(entry, busy, language);
    this._updateWork(busy, language);
    if (this._wasChecking && !busy && entry.points.earned < entry.points.max) this.tasks.node.open = true;
    this._wasChecking = busy?.kind === "check";
    show(this.note, note?.text);
    this.note.dataset.kind = note?.kind ?? "";
    this.tasks.update(entry.tasks, language);
    if (first) this.tasks.node.open = entry.state === "in-progress";
  }

  /** What changes with the clock alone. */
  tick(language) {
    const { entry } = this;
    if (!entry.due) {
      show(this.due, word(language, "no_due"));
      return;
    }
    const left = timeLeft(entry.due, language);
    const missing = left.past && !entry.submitted;
    this.due.dataset.past = String(missing);
    const parts = [h("span", {}, word(language, "due", { date: moment(entry.due, language) }))];
    // A date that has passed after the work was handed in is nobody's worry.
    if (!left.past || missing) parts.push(h("strong", { class: "biolab-left" }, `${missing ? "⚠ " : ""}${left.text}`));
    if (missing) parts.push(h("span", {}, word(language, "late_possible")));
    const text = parts.map((part) => part.textContent).join(" ");
    if (this.due.textContent !== text)
      this.due.replaceChildren(...parts.flatMap((part, i) => (i ? [" ", part] : [part])));
    this.due.title = exactMoment(entry.due, language);
  }

  /** The state by its word; then how long it takes, or what it came to. */
  _updateFacts({ state, minutes, graded }, language) {
    setText(this.state, word(language, `state_${state}`));
    const extent =
      state === "graded" && graded
        ? gradeOf(graded, language)
        : minutes && word(language, "about_minutes", { n: minutes });
    setText(this.extent, extent ? ` · ${extent}` : "");
  }

  _updateStanding(entry, language) {
    const { earned, max } = entry.points;
    show(this.points, max > 0 && word(language, "points", { earned: number(earned), max: number(max) }));
    const byHand = entry.state !== "graded" && entry.points_by_hand;
    show(this.byHand, byHand > 0 && word(language, "points_by_hand", { points: number(byHand) }));
    this.bar.hidden = !(max > 0);
    this.filled.style.width = max > 0 ? `${Math.min(100, (100 * earned) / max)}%` : "0";
    const warning = entry.notebook ? entry.changed_since_submit && "changed" : "no_notebook";
    show(this.warning, warning && `⚠ ${word(language, warning)}`);
    const lines = [];
    if (entry.submitted) {
      const when = word(language, "submitted_at", { date: moment(entry.submitted.at, language) });
      lines.push(entry.submitted.late ? `${when} (${word(language, "late")})` : when);
    }
    if (entry.graded && entry.state !== "graded") {
      lines.push(word(language, "earlier_grade", { grade: gradeOf(entry.graded, language) }));
    } else if (entry.graded?.waiting) lines.push(count(language, "waiting", entry.graded.waiting));
    show(this.history, lines.join(" · "));
  }

  _updateButtons(entry, busy, language) {
    const { open, check, submit, feedback } = this.buttons;
    const reason = busy ? word(language, "busy") : entry.notebook ? "" : word(language, "no_notebook");
    for (const node of [open, check, submit]) enable(node, reason === "", reason);
    enable(feedback, !busy, reason);
    feedback.hidden = !entry.feedback;
    setText(open, word(language, "open"));
    setText(check, word(language, "check"));
    setText(submit, word(language, entry.submitted ? "submit_again" : "submit"));
    setText(feedback, word(language, "feedback"));
    const next = nextStep(entry);
    for (const [action, node] of Object.entries(this.buttons))
      node.classList.toggle("biolab-mod-next", action === next);
  }

  _updateWork(busy, language) {
    this.work.hidden = !busy || busy.text === "";
    this.node.setAttribute("aria-busy", String(Boolean(busy)));
    if (!busy) return;
    setText(this.doing, busy.text);
    this.stop.hidden = busy.kind !== "check" || !busy.job;
    setText(this.stop, word(language, "stop"));
    enable(this.stop, !busy.stopping);
    if (busy.total > 0) {
      this.progress.max = busy.total;
      this.progress.value = busy.done;
    } else this.progress.removeAttribute("value");
  }
}

/** The button that a trainee most likely wants now. */
function nextStep(entry) {
  const complete = entry.points.max > 0 && entry.points.earned >= entry.points.max;
  if (entry.changed_since_submit) return "submit";
  if (entry.state === "graded") return entry.feedback ? "feedback" : null;
  if (entry.state === "submitted") return null;
  if (entry.state === "to-do") return entry.notebook ? "open" : null;
  return complete ? "submit" : "check";
}

function gradeOf({ points, max_points: max }, language) {
  if (points === null || max === null) return word(language, "no_grade");
  return word(language, "grade", { points: number(points), max: number(max) });
}

function show(node, text) {
  node.hidden = !text;
  setText(node, text || "");
}
