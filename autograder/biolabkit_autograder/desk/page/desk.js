// The desk: the course at a glance, and its steps as buttons.

import {
  ask, base, count, currentLanguage, date, distance, duration, fill, h, languageSwitch, loadWords, points, t,
} from "./common.js";

const STATUSES = ["graded", "waiting", "new", "refused", "missing"];
const IDLE = 5000;
const BUSY = 1500;
const FOLLOW = 400;
const MOST_PROBLEMS = 300;
/** More of them are folded, so that the exercises stay in sight; nothing scrolls unseen. */
const FEW_PROBLEMS = 8;
const DISMISSED = "biolab-desk-dismissed";

/** What the desk said last; `course` stays when course.toml is broken, so that the page does. */
let state = null;
/** @type {string | null} */
let offline = null;
/** The run that is shown: what its events say so far. */
let run = null;
let runs = [];
/** Exercise whose learners are shown, and which of them. */
const shown = { exercise: null, status: null, learners: null };
let refusal = null;

// ------------------------------------------------------------------------------------------ the server

async function refresh() {
  try {
    const told = await ask("state");
    offline = null;
    state = told.error ? { ...(state ?? {}), ...told } : told;
    if (told.run?.state === "running") watch(told.run.id); // also one that another tab has started
  } catch (error) {
    offline = error.message;
  }
  draw();
}

async function loop() {
  for (;;) {
    await refresh();
    const going = run && run.state === "running";
    await sleep(offline ? BUSY : document.hidden && !going ? 6 * IDLE : going ? BUSY : IDLE);
  }
}

function sleep(milliseconds) {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds);
    document.addEventListener("visibilitychange", () => { clearTimeout(timer); resolve(); }, { once: true });
  });
}

async function start(action, { exercise = null, again = false } = {}) {
  refusal = null;
  try {
    const told = await ask("runs", "POST", { action, exercise, again });
    watch(told.run);
  } catch (error) {
    refusal = error.kind === "busy" ? t("busy") : error.message;
    await refresh();
  }
}

/**
 * Follow a run from its first event to its end.
 * @param {string} id
 * @param {boolean} [isOld] It has ended some time ago, and is looked at again.
 */
async function watch(id, isOld = false) {
  if (run && run.id === id && run.state === "running") return;
  run = {
    id, state: "running", step: null, total: 0, done: 0, now: new Map(), last: null, text: "", problems: [],
    results: [], ask: null, message: "", seconds: null, isolation: null, stopping: false, about: null, isOld,
    unfolded: false,
  };
  const mine = run;
  let after = 0;
  while (run === mine) {
    try {
      const told = await ask(`runs/${id}?after=${after}`);
      after = told.next;
      mine.about = told.run;
      for (const event of told.events) take(mine, event);
      mine.state = told.state;
      offline = null;
      draw();
      if (told.state !== "running") break;
    } catch (error) {
      if (error.status === 404) { run = null; break; }
      offline = error.message;
      draw();
    }
    await new Promise((resolve) => setTimeout(resolve, FOLLOW));
  }
  shown.learners = null;
  await refresh();
  runs = await ask("runs").catch(() => runs);
  if (shown.exercise) await loadLearners();
  draw();
}

function take(into, event) {
  switch (event.event) {
    case "step":
      Object.assign(into, { step: event.step, total: 0, done: 0, last: null, text: "" });
      into.now.clear();
      break;
    case "total": into.total = event.total; break;
    case "now": into.text = event.text; break;
    case "running": {
      const key = `${event.exercise}/${event.learner}`;
      if (event.running) into.now.set(key, { ...event, since: Date.now() });
      else {
        into.now.delete(key);
        if (into.about?.again) into.done += 1;
      }
      break;
    }
    case "outcome":
      if (!into.about?.again) into.done += 1;
      into.last = event;
      break;
    case "page": Object.assign(into, { done: event.done, last: event }); break;
    case "problem":
      // what collecting has said of a file, grading says again, and better
      into.problems = into.problems.filter((one) => !one.name || one.step === into.step || one.learner !== event.learner || one.exercise !== event.exercise);
      into.problems.push({ ...event, step: into.step });
      if (into.problems.length > MOST_PROBLEMS) into.problems.shift();
      break;
    case "isolation": into.isolation = event.level; break;
    case "ask": Object.assign(into, { ask: event.changes, done: into.total }); break;
    case "answered": into.ask = null; break;
    case "result": into.results.push(event); break;
    case "end": Object.assign(into, { message: event.message, seconds: event.seconds }); break;
  }
}

async function stop() {
  run.stopping = true;
  draw();
  await ask(`runs/${run.id}`, "DELETE").catch((error) => { refusal = error.message; });
}

function dismiss() {
  localStorage.setItem(DISMISSED, run.id);
  run = null;
  draw();
}

async function answer(write) {
  run.ask = null;
  draw();
  await ask(`runs/${run.id}`, "POST", { write }).catch((error) => { refusal = error.message; });
}

async function loadLearners() {
  const exercise = shown.exercise;
  try {
    const told = await ask(`learners?exercise=${encodeURIComponent(exercise)}`);
    if (shown.exercise === exercise) shown.learners = told;
  } catch (error) {
    refusal = error.message;
  }
  draw();
}

// ------------------------------------------------------------------------------------------ the page

const drawn = {};

/** Draw a part of the page if what it shows has changed. */
function part(id, what, make) {
  const now = JSON.stringify([currentLanguage(), what]);
  if (drawn[id] === now) return;
  drawn[id] = now;
  fill(id, make());
}

function draw() {
  const going = run?.state === "running";
  part("notices", [offline, refusal, state?.error, state?.problems, state?.strangers, state?.arrivals?.others,
    state?.exchange, state?.learners], drawNotices);
  part("run", [run, state?.course?.timezone, Math.floor(Date.now() / 1000) * going], drawRun);
  say(document.querySelector(going ? "#run h2" : "#run .ended p")?.textContent ?? "");
  if (!state) {
    part("steps", null, () => h("p", { class: "quiet" }, t("loading")));
    return;
  }
  if (!state.course) return;
  document.title = `${title(state.course.title)}${going ? " …" : ""}`;
  part("head", [state.course, state.learners], drawHead);
  part("steps", [state, going], drawSteps);
  part("exercises", [state.exercises, state.course, going, shown, Math.floor(Date.now() / 60000)], drawExercises);
  part("results", [state.results, state.files, state.course], drawResults);
  part("runs", [runs, state.course.timezone], drawRuns);
  part("foot", [state.folder, state.inbox, state.exchange, state.arrivals.archives], drawFoot);
  for (const id of ["steps", "exercises", "results"]) {
    document.getElementById(id).classList.toggle("stale", Boolean(state.error || offline));
  }
}

/** Tell a screen reader of a run's beginning and end; the run itself changes every second. */
function say(text) {
  const said = document.getElementById("said");
  if (said.textContent !== text) said.textContent = text;
}

const title = (both) => both[currentLanguage()] ?? both.en;

function drawHead() {
  const { course } = state;
  return [
    h("div", { class: "who" },
      h("h1", null, title(course.title)),
      h("p", { class: "quiet" },
        h("code", null, course.id), " · ", state.learners ? count("learners", state.learners) : "–", " · ", course.timezone)),
    languageSwitch(() => draw()),
  ];
}

function drawNotices() {
  const notices = [];
  const add = (kind, ...content) => notices.push(h("div", { class: `notice ${kind}`, role: kind === "bad" ? "alert" : null }, ...content));
  if (offline) add("bad", h("strong", null, offline), " ", t("again_soon"));
  if (refusal) {
    add("bad", refusal, h("button", { type: "button", class: "plain", "aria-label": t("dismiss"), onclick: () => { refusal = null; draw(); } }, "×"));
  }
  if (!state) return notices;
  if (state.error) add("bad", h("strong", null, t("broken")), lines(state.error));
  if (state.problems?.length) add("bad", lines(state.problems));
  if (state.exchange?.problem) add("bad", t("place_exchange"), ": ", state.exchange.problem);
  if (state.course && !state.error && !state.learners) add("mild", t("no_roster", { file: state.roster }));
  if (state.strangers?.length) add("mild", t("strangers", { names: state.strangers.join(", ") }));
  if (state.arrivals?.others) add("mild", count("others", state.arrivals.others));
  return notices;
}

const lines = (texts) => h("ul", null, texts.map((text) => h("li", null, text)));

function sum(of) {
  return state.exercises.reduce((total, one) => total + of(one), 0);
}

function drawSteps() {
  const all = state.exercises.length;
  const unreleased = sum((one) => (one.released === "no") | 0);
  const changed = sum((one) => (one.released !== "no" && (one.released === "old" || one.built !== "yes")) | 0);
  const arrived = state.arrivals.total;
  const todo = sum((one) => one.counts.new);
  const answers = sum((one) => one.answers_waiting);
  const pages = sum((one) => (one.feedback.none ?? 0) + (one.feedback.old ?? 0));
  const written = sum((one) => one.feedback.written ?? 0);
  const graded = pages + written;
  const first = state.exercises.find((one) => one.answers_waiting);
  const when = (name) => date(state.results[name], state.course.timezone);
  const steps = [
    {
      key: "release", open: unreleased || changed,
      text: [unreleased && t("step_release_none", { n: unreleased, m: all }), changed && t("step_release_old", { n: changed })],
      done: t("step_release_done", { n: all }), buttons: [["step_release_do", release]],
    },
    {
      key: "grade", open: arrived || todo,
      text: [arrived && t("step_grade_new", { n: arrived }), todo && t("step_grade_todo", { n: todo })],
      done: t("step_grade_done"),
      buttons: [["step_grade_do", () => start("collect-grade")], ["step_grade_collect", () => start("collect")], ["step_grade_grade", () => start("grade")]],
    },
    {
      key: "essays", open: answers, text: [count("step_essays_todo", answers)], done: t("step_essays_done"),
      link: first && ["step_essays_do", essaysOf(first.name)],
    },
    {
      key: "feedback", open: pages, text: [count("step_feedback_todo", pages)],
      done: graded ? count("step_feedback_done", written) : t("step_feedback_none"),
      buttons: [["step_feedback_do", () => start("feedback")]],
    },
    {
      key: "report", open: 0,
      done: state.results.report ? t("step_report_at", { when: when("report") }) : t("step_report_never"),
      buttons: [["step_report_do", () => start("report")], ["step_report_export", () => start("export")]],
    },
    {
      key: "complete", open: 0,
      done: !state.course.completes ? t("step_complete_none")
        : state.results.completion ? t("step_complete_at", { when: when("completion") }) : t("step_complete_never"),
      buttons: state.course.completes ? [["step_complete_do", () => start("complete")]] : [],
    },
  ];
  // what changed since its release is worth a word, but whether to release it again is no matter of routine
  const next = steps.find((step) => step.open && (step.key !== "release" || unreleased))?.key;
  return h("ol", { class: "steps" }, steps.map((step) => drawStep(step, step.key === next)));
}

function drawStep(step, isNext) {
  const busy = run?.state === "running";
  const button = ([label, act], place) =>
    h("button", { type: "button", disabled: busy, class: place === 0 ? (isNext ? "primary" : "") : "small", "data-key": label, onclick: act }, t(label));
  const texts = step.open ? step.text.filter(Boolean) : [step.done];
  return h("li", { class: `step ${step.open ? "open" : "settled"} ${isNext ? "next" : ""}` },
    h("h2", null, t(`step_${step.key}`)),
    h("p", { class: "what" }, texts.map((text) => h("span", null, text))),
    h("div", { class: "buttons" },
      (step.buttons ?? []).map(button),
      step.link && h("a", { class: `button ${isNext ? "primary" : ""}`, href: step.link[1], "data-key": step.link[0] }, t(step.link[0]))));
}

const essaysOf = (name) => `${base}essays?exercise=${encodeURIComponent(name)}`;

async function release() {
  const again = state.exercises.filter((one) => one.released !== "no" && (one.released === "old" || one.built !== "yes"));
  if (again.length) {
    const yes = await confirm(t("release_title"), [h("p", null, t("release_text")), lines(again.map((one) => title(one.title)))], t("release_yes"));
    if (!yes) return;
  }
  start("release");
}

/** Ask in a dialog; true where the instructor says yes. */
function confirm(heading, content, yes) {
  const dialog = document.getElementById("dialog");
  return new Promise((resolve) => {
    const close = (value) => { dialog.close(); resolve(value); };
    dialog.replaceChildren(
      h("h2", null, heading), ...content,
      h("div", { class: "buttons end" },
        h("button", { type: "button", onclick: () => close(false) }, t("cancel")),
        h("button", { type: "button", class: "primary", onclick: () => close(true) }, yes)));
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}

// ------------------------------------------------------------------------------------------ a run

function drawRun() {
  if (!run) return [];
  const about = run.about;
  const going = run.state === "running";
  const action = about?.again ? "again" : about?.action;
  const heading = about ? t(`${going ? "act" : "did"}_${action}`) : t("starting");
  const of = about?.exercise ? ` · ${titleOf(about.exercise)}` : "";
  return h("div", { class: `panel run ${run.state}` },
    h("div", { class: "line" },
      h("h2", null, heading, of),
      going && run.total > 0 && h("span", { class: "big" }, t("n_of_m", { n: run.done, m: run.total })),
      going && about && h("span", { class: "quiet" }, duration(Date.now() / 1000 - about.started)),
      going
        ? h("button", { type: "button", class: "small", disabled: run.stopping, "data-key": "stop", onclick: stop }, t(run.stopping ? "stopping" : "stop"))
        : h("button", { type: "button", class: "small", "data-key": "dismiss", onclick: dismiss }, t("dismiss"))),
    going && h("progress", run.total ? { max: run.total, value: run.done, "aria-label": heading } : { "aria-label": heading }),
    going && !run.ask && drawNow(),
    run.isolation && h("p", { class: "quiet" }, t(`isolation_${run.isolation}`)),
    run.ask && drawAsk(),
    !going && drawEnd(),
    run.problems.length > 0 && drawProblems(run.problems));
}

function titleOf(name) {
  const one = state?.exercises?.find((exercise) => exercise.name === name);
  return one ? title(one.title) : name;
}

function drawNow() {
  const now = [...run.now.values()];
  const parts = [];
  if (run.text) parts.push(run.step === "build" ? t("fetching", { name: run.text }) : run.text);
  else if (run.step) parts.push(t(`step_now_${run.step}`));
  if (now.length) {
    parts.push(h("span", null, t("running_now"), " ", now.map((one) =>
      h("span", { class: "chip", title: titleOf(one.exercise) }, one.name, h("small", null, ` ${duration((Date.now() - one.since) / 1000)}`)))));
  } else if (run.last) {
    parts.push(t(run.last.event === "page" ? "last_page" : "last_done", { name: run.last.name, points: points(run.last.points ?? 0) }));
  }
  return h("p", { class: "now" }, parts.map((one, place) => [place ? " · " : "", one]));
}

function drawAsk() {
  return h("div", { class: "ask", role: "group", "aria-label": t("ask_title") },
    h("h3", null, t("ask_title")),
    h("p", null, count("ask_text", run.ask.length)),
    h("div", { class: "scroll" }, h("table", { class: "list" },
      h("thead", null, h("tr", null, h("th", null, t("learner")), h("th", null, t("exercise")), h("th", { class: "n" }, t("before")), h("th", { class: "n" }, t("after")))),
      h("tbody", null, run.ask.map((one) => h("tr", null,
        h("td", null, one.name), h("td", null, titleOf(one.exercise)),
        h("td", { class: "n" }, points(one.before)),
        h("td", { class: `n ${one.after < one.before ? "less" : "more"}` }, points(one.after))))))),
    h("div", { class: "buttons" },
      h("button", { type: "button", class: "primary", "data-key": "write", onclick: () => answer(true) }, t("ask_write")),
      h("button", { type: "button", "data-key": "leave", onclick: () => answer(false) }, t("ask_leave"))));
}

function drawEnd() {
  const time = duration(run.seconds ?? 0);
  const told = run.results.map((result) => resultText(result)).filter(Boolean).join(" · ");
  const when = run.isOld && date(new Date(run.about.started * 1000).toISOString(), state?.course?.timezone);
  const text = {
    done: when || t("end_done", { time }),
    cancelled: t("end_cancelled", { time }),
    failed: t("end_failed"),
    died: t("end_died"),
  }[run.state];
  const message = run.state === "failed" ? run.message.split("\n") : [];
  return h("div", { class: "ended" },
    h("p", null, h("strong", null, text), " ", message.length === 1 ? message[0] : "", " ", told),
    message.length > 1 && lines(message));
}

function resultText(result) {
  const counts = Object.entries(result).filter(([key]) => key !== "event" && key !== "step");
  if (!counts.length) return ["collect", "grade"].includes(result.step) ? t(`res_${result.step}_none`) : "";
  return counts.map(([key, n]) => t(`res_${result.step}_${key}`, { n })).join(", ");
}

function drawProblems(problems) {
  const all = [...problems].reverse();
  // one more is no reason to fold
  const few = all.length > FEW_PROBLEMS + 1 ? FEW_PROBLEMS : all.length;
  const list = (some) => h("ul", null, some.map((one) => h("li", null,
    one.name && h("strong", null, one.name), one.exercise && ` · ${titleOf(one.exercise)}`, one.name && ": ", one.text)));
  return h("div", { class: "problems" },
    h("h3", null, count("problems", all.length)),
    list(all.slice(0, few)),
    all.length > few && h("details", {
      open: run.unfolded, "data-key": "more-problems", ontoggle: (event) => { if (run) run.unfolded = event.target.open; },
    }, h("summary", null, t("more_problems", { n: all.length - few })), list(all.slice(few))));
}

// ------------------------------------------------------------------------------------------ exercises

function drawExercises() {
  return [
    h("h2", { class: "section" }, t("exercises")),
    h("ul", { class: "legend", "aria-hidden": "true" }, STATUSES.map((status) => h("li", null, h("i", { class: `swatch ${status}` }), t(status)))),
    h("div", { class: "panel flush" }, h("table", { class: "exercises" },
      h("thead", null, h("tr", null,
        h("th", null, t("exercise")), h("th", null, t("due")), h("th", { class: "wide" }, t("cohort")),
        h("th", { class: "n" }, t("median")), h("th", { class: "n" }, t("feedback")), h("th", null))),
      state.exercises.map((one) => drawExercise(one)))),
  ];
}

function drawExercise(one) {
  const open = shown.exercise === one.name;
  const handed = one.counts.graded + one.counts.waiting + one.counts.refused;
  return h("tbody", { class: open ? "unfolded" : "" },
    h("tr", null,
      h("th", { scope: "row" },
        h("span", { class: "title" }, title(one.title)),
        h("span", { class: "tags" }, h("code", null, one.name), tags(one))),
      h("td", { class: "due" }, one.due ? [
        h("span", null, date(one.due, state.course.timezone)),
        h("small", { class: new Date(one.due) < new Date() ? "past" : "quiet" }, distance(one.due)),
      ] : h("small", { class: "quiet" }, t("no_due"))),
      h("td", null, bar(one)),
      h("td", { class: "n" }, one.median == null ? "–" : h("span", null, points(one.median), h("small", { class: "quiet" }, ` / ${points(one.max_points ?? 0)}`))),
      h("td", { class: "n" }, handed ? `${one.feedback.written ?? 0} / ${handed}` : "–"),
      h("td", { class: "buttons" },
        one.answers_waiting > 0 && h("a", { class: "button small", href: essaysOf(one.name), "data-key": `essays-${one.name}` }, t("answers", { n: one.answers_waiting })),
        h("button", {
          type: "button", class: "small", "aria-expanded": String(open), "aria-label": t("show_learners_of", { title: title(one.title) }),
          "data-key": `learners-${one.name}`, onclick: () => unfold(one.name),
        }, t("show_learners"), h("span", { class: "arrow", "aria-hidden": "true" }, open ? " ▴" : " ▾")))),
    open && h("tr", null, h("td", { colspan: 6, class: "detail" }, drawLearners(one))));
}

function tags(one) {
  const found = [];
  if (one.built === "no") found.push(["not_built", "warn"]);
  else if (one.released === "no") found.push(["not_released", "warn"]);
  else if (one.released === "old" || one.built === "old") found.push(["changed", "warn"]);
  const result = found.map(([key, kind]) => h("span", { class: `tag ${kind}` }, t(key)));
  if (one.arrived) result.push(h("span", { class: "tag new" }, t("arrived", { n: one.arrived })));
  return result;
}

/** How far the cohort is: one bar, and the same in numbers. */
function bar(one) {
  const total = STATUSES.reduce((all, status) => all + one.counts[status], 0);
  const there = STATUSES.filter((status) => one.counts[status]);
  const text = there.map((status) => `${one.counts[status]} ${t(status)}`).join(", ");
  return h("div", { class: "cohort" },
    h("div", { class: "bar", role: "img", "aria-label": text || "–" },
      there.map((status) => h("span", { class: status, style: { "flex-grow": one.counts[status] } }))),
    h("small", null, there.map((status, place) => [place ? " · " : "", h("span", { class: `word ${status}` }, `${one.counts[status]} ${t(status)}`)]), total ? "" : "–"));
}

function unfold(name) {
  const same = shown.exercise === name;
  Object.assign(shown, { exercise: same ? null : name, status: null, learners: null });
  draw();
  if (!same) loadLearners();
}

function drawLearners(one) {
  const busy = run?.state === "running";
  const act = (label, action, options) =>
    h("button", { type: "button", class: "small", disabled: busy, "data-key": label, onclick: () => start(action, { exercise: one.name, ...options }) }, t(label));
  const all = shown.learners ?? [];
  const chip = (status, label, n) => h("button", {
    type: "button", class: "chip", "aria-pressed": String(shown.status === status), "data-key": `chip-${status}`,
    onclick: () => { shown.status = status; draw(); },
  }, status && h("i", { class: `swatch ${status}` }), `${label} ${n}`);
  const rows = all.filter((learner) => !shown.status || learner.status === shown.status);
  return [
    h("div", { class: "buttons" },
      act("grade_one", "collect-grade"), act("feedback_one", "feedback"),
      h("a", { class: "button small", href: essaysOf(one.name) }, t("all_answers")),
      act("grade_again", "grade", { again: true })),
    h("div", { class: "chips" }, chip(null, t("everybody"), all.length),
      STATUSES.filter((status) => one.counts[status]).map((status) => chip(status, t(status), one.counts[status]))),
    shown.learners === null ? h("p", { class: "quiet" }, t("loading"))
      : rows.length === 0 ? h("p", { class: "quiet" }, t("nobody")) : learnerTable(one, rows),
  ];
}

function learnerTable(one, rows) {
  return h("div", { class: "scroll tall" }, h("table", { class: "list" },
    h("thead", null, h("tr", null,
      h("th", null, t("learner")), h("th", null, t("state")), h("th", { class: "n" }, t("points")), h("th", null, t("handed_in")), h("th", null, t("feedback")))),
    h("tbody", null, rows.map((row) => h("tr", null,
      h("td", null, row.name, " ", h("small", { class: "quiet" }, row.learner)),
      h("td", null, h("i", { class: `swatch ${row.status}` }), t(row.status),
        row.status === "refused" && h("small", { class: "why" }, row.problems.at(-1) ?? "")),
      h("td", { class: "n" }, row.points == null ? "–" : points(row.points)),
      h("td", null, row.submitted_at ? date(row.submitted_at, state.course.timezone) : "–",
        row.late_seconds > 0 && h("small", { class: "past" }, ` ${t("late")} ${duration(row.late_seconds)}`)),
      h("td", null, row.feedback === "none" ? "–"
        : h("a", { href: `${base}feedback/${encodeURIComponent(one.name)}/${encodeURIComponent(row.learner)}`, target: "_blank" },
          t(row.feedback === "old" ? "page_old" : "page"))))))));
}

// ------------------------------------------------------------------------------------------ results

function drawResults() {
  const files = state.files;
  const link = (folder, name) => h("a", { href: `${base}files/${folder}/${name.split("/").map(encodeURIComponent).join("/")}` }, name);
  const cards = [];
  if (state.results.report) {
    cards.push(h("div", { class: "card" }, h("h3", null, t("report")),
      h("p", null, h("a", { href: `${base}report`, target: "_blank" }, t("open")), h("small", { class: "quiet" }, ` ${date(state.results.report, state.course.timezone)}`))));
  }
  if (files.export.length) {
    cards.push(h("div", { class: "card" }, h("h3", null, t("export")),
      h("ul", { class: "files" }, files.export.map((name) => h("li", null, link("export", name)))),
      h("p", null, h("a", { href: `${base}files/export.zip` }, t("all_files")))));
  }
  if (files.completion.length) {
    const of = (folder, suffix) => files.completion.filter((name) => name.startsWith(`${folder}/`) && name.endsWith(suffix));
    const list = (key, names) => names.length > 0 && h("details", null, h("summary", null, count(key, names.length)),
      h("ul", { class: "files scroll" }, names.map((name) => h("li", null, link("completion", name)))));
    cards.push(h("div", { class: "card" }, h("h3", null, t("completion")),
      h("ul", { class: "files" }, files.completion.filter((name) => !name.includes("/")).map((name) => h("li", null, link("completion", name)))),
      list("certificates", of("certificates", ".pdf")), list("transcripts", of("transcripts", ".html")),
      h("p", null, h("a", { href: `${base}files/completion.zip` }, t("all_files")))));
  }
  return cards.length ? [h("h2", { class: "section" }, t("results")), h("div", { class: "cards" }, cards)] : [];
}

function drawRuns() {
  if (!runs.length) return [];
  return h("details", { class: "recent" }, h("summary", null, t("recent")),
    h("table", { class: "list" }, h("tbody", null, runs.map((one) => h("tr", null,
      h("td", { class: "quiet" }, date(new Date(one.started * 1000).toISOString(), state.course.timezone)),
      h("td", null, t(`did_${one.again ? "again" : one.action}`), one.exercise && h("small", { class: "quiet" }, ` ${titleOf(one.exercise)}`)),
      h("td", null, t(`state_${one.state}`), one.state === "failed" && h("small", { class: "why" }, one.message)),
      h("td", null, Object.entries(one.results).map(([step, values]) => resultText({ step, ...values })).filter(Boolean).join(" · ")),
      h("td", null, one.problems > 0 && h("button", { type: "button", class: "small", onclick: () => watch(one.id, true) }, count("problems", one.problems))))))));
}

function drawFoot() {
  const exchange = state.exchange;
  return [
    h("h2", null, t("places")),
    h("dl", null,
      h("dt", null, t("place_course")), h("dd", null, h("code", null, state.folder)),
      h("dt", null, t("place_inbox")), h("dd", null, h("code", null, state.inbox),
        state.arrivals.archives > 0 && h("small", { class: "quiet" }, ` ${count("archives", state.arrivals.archives)}`)),
      h("dt", null, t("place_exchange")), h("dd", null, exchange ? [h("code", null, exchange.folder), ` ${exchange.problem ?? t("exchange_ok")}`] : h("span", { class: "quiet" }, t("exchange_none")))),
    h("p", { class: "quiet" }, t("formgrader", { command: `cd ${state.folder} && jupyter lab` })),
    h("p", { class: "quiet" }, t("commands")),
  ];
}

await loadWords();
draw();
loop();
runs = await ask("runs").catch(() => []);
// what went wrong last stays in sight until it is closed
const [last] = runs;
const isBad = last && (last.problems > 0 || last.state === "failed" || last.state === "died");
if (isBad && last.state !== "running" && run === null && localStorage.getItem(DISMISSED) !== last.id) watch(last.id, true);
setInterval(() => run?.state === "running" && draw(), 1000);
