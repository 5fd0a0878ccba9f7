/** The tasks of an assignment: how each stands, and what its checks say to whoever unfolds it. */
import { h, setText, withCode } from "./dom.js";
import { number, word } from "./words.js";

const SIGNS = { passed: "✓", failed: "✗", error: "✗", unanswered: "○", unknown: "–" };
/** A task is as its worst check is. */
const WORST_FIRST = ["error", "failed", "unanswered", "unknown", "passed"];

export class TaskList {
  constructor() {
    this._shown = "";
    this._summary = h("summary");
    this._list = h("ul", { class: "biolab-tasks" });
    this.node = h("details", { class: "biolab-details" }, this._summary, this._list);
  }

  /**
   * Makes the rows anew where something changed; what was unfolded stays so, and the keyboard where it was.
   * @param {{name: string, checks: object[]}[]} tasks
   * @param {"en"|"ko"} language
   */
  update(tasks, language) {
    const shown = JSON.stringify([language, tasks]);
    if (shown === this._shown) return;
    this._shown = shown;
    this.node.hidden = tasks.length === 0;
    const passed = tasks.filter((task) => worst(task.checks) === "passed").length;
    setText(this._summary, word(language, "tasks", { passed, total: tasks.length }));
    const unfolded = new Set(this._rows("details[open]").map((node) => node.dataset.task));
    const focused = this._rows("details:focus-within").map((node) => node.dataset.task)[0];
    this._list.replaceChildren(...tasks.map((task) => row(task, unfolded.has(task.name), language)));
    this._rows("details")
      .find((node) => node.dataset.task === focused)
      ?.firstElementChild.focus();
  }

  /** @returns {any[]} */
  _rows(selector) {
    return Array.from(this._list.querySelectorAll(selector));
  }
}

function row(task, unfolded, language) {
  const outcome = worst(task.checks);
  const told = task.checks.filter((check) => outcomeOf(check) !== "passed" && (check.message || check.hint));
  const line = lineOf(task, outcome, language);
  if (told.length === 0) return h("li", { "data-outcome": outcome }, h("div", { class: "biolab-task" }, ...line));
  const details = h("details", { "data-task": task.name }, h("summary", { class: "biolab-task" }, ...line));
  details.append(...told.flatMap((check) => explanation(check, language)));
  details.open = unfolded;
  return h("li", { "data-outcome": outcome }, details);
}

function lineOf(task, outcome, language) {
  const points = task.checks.reduce((sum, check) => sum + check.points, 0);
  const most = task.checks.reduce((sum, check) => sum + check.max_points, 0);
  const earned = h("span", { class: "biolab-task-points" }, `${number(points)} / ${number(most)}`);
  return [
    h("span", { class: "biolab-sign", "aria-hidden": "true" }, SIGNS[outcome]),
    h("code", { class: "biolab-task-name" }, task.name),
    h("span", { class: "biolab-outcome" }, word(language, `outcome_${outcome}`), " ", earned),
  ];
}

function explanation(check, language) {
  const hint = h("strong", {}, word(language, "hint"));
  const message = (check.message ?? "").split(" · ").join("\n"); // got and expected each on a line of its own
  return [
    message && h("p", { class: "biolab-message" }, ...withCode(message)),
    check.hint && h("p", { class: "biolab-hint" }, hint, " ", ...withCode(check.hint)),
  ].filter(Boolean);
}

function outcomeOf(check) {
  return check.outcome in SIGNS ? check.outcome : "unknown";
}

function worst(checks) {
  const outcomes = checks.map(outcomeOf);
  return WORST_FIRST.find((outcome) => outcomes.includes(outcome)) ?? "unknown";
}
