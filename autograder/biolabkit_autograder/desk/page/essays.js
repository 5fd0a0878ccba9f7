// Grading written answers by hand: the answer, its mark scheme, points, a comment, and on to the next.

import { ask, base, count, currentLanguage, fill, h, languageSwitch, loadWords, points, t } from "./common.js";

const exercise = new URLSearchParams(location.search).get("exercise") ?? "";
const MOST_USED = 6;

/** Questions with their answers, as the desk has them. */
let essays = [];
let title = { en: exercise, ko: exercise };
let question = 0;
/** Place of the answer that is shown, among `list()`. */
let place = 0;
/** The answer that is shown, with its text; null while it comes. */
let current = null;
let names = false;
let onlyWaiting = true;
/** Answers that waited when the page was opened stay in the list while they are graded. */
const begun = new Set();
const texts = new Map();
const notice = { kind: "", text: "", again: false };
let saving = false;

const list = () => (essays[question]?.answers ?? []).filter((one) => !one.blank && (!onlyWaiting || one.waiting || begun.has(one.id)));
const waiting = () => (essays[question]?.answers ?? []).filter((one) => one.waiting);

async function load() {
  try {
    const [told, state] = await Promise.all([ask(`essays?exercise=${encodeURIComponent(exercise)}`), ask("state")]);
    essays = told;
    title = state.exercises?.find((one) => one.name === exercise)?.title ?? title;
    const first = essays.findIndex((one) => one.answers.some((answer) => answer.waiting));
    question = Math.max(first, 0);
    for (const essay of essays) for (const answer of essay.answers) if (answer.waiting) begun.add(answer.id);
    if (first < 0) onlyWaiting = false;
  } catch (error) {
    say("bad", error.message);
  }
  await go(0);
}

function say(kind, text, again = false) {
  Object.assign(notice, { kind, text, again });
}

const read = (id) => {
  const key = `${id}/${names}`;
  if (!texts.has(key)) {
    const promise = ask(`answers/${id}${names ? "?names=1" : ""}`);
    promise.catch(() => texts.delete(key));
    texts.set(key, promise);
  }
  return texts.get(key);
};

function forget(id) {
  texts.delete(`${id}/true`);
  texts.delete(`${id}/false`);
}

/** Show the answer at a place, and fetch the next while it is read. */
async function go(to) {
  const answers = list();
  place = Math.min(Math.max(to, 0), Math.max(answers.length - 1, 0));
  current = null;
  const mine = answers[place];
  if (mine) {
    try {
      const told = await read(mine.id);
      if (list()[place]?.id !== mine.id) return;
      current = { ...told, given: told.points, text: told.comment };
    } catch (error) {
      say("bad", error.message);
    }
    if (answers[place + 1]) read(answers[place + 1].id).catch(() => {});
  }
  draw();
  const split = document.querySelector(".desk-split");
  document.querySelector(".strip .here")?.scrollIntoView({ block: "nearest" });
  if (split && split.getBoundingClientRect().top < 0) split.scrollIntoView();
  document.getElementById("points")?.focus({ preventScroll: true });
  document.getElementById("points")?.select();
}

/** The next answer that waits, from a place on and then from the start; -1 where none does. */
function nextWaiting(from) {
  const answers = list();
  const order = [...answers.keys()].slice(from).concat([...answers.keys()].slice(0, from));
  return order.find((one) => answers[one].waiting) ?? -1;
}

async function save() {
  if (!current || saving) return;
  take();
  const most = essays[question].max_points;
  if (current.given === null || Number.isNaN(current.given) || current.given < 0 || current.given > most) {
    say("bad", `${t("essay_need_points")} ${t("essay_points", { max: points(most) })}`);
    draw();
    document.getElementById("points")?.focus();
    return;
  }
  saving = true;
  const id = current.id;
  try {
    const body = { points: current.given, comment: current.text, version: current.version, names };
    const told = await ask(`answers/${id}`, "PUT", body);
    forget(id);
    Object.assign(essays[question].answers.find((one) => one.id === id), { points: told.points, waiting: told.waiting, comment: told.comment });
    say("", t("essay_saved"));
    saving = false;
    const next = nextWaiting(place + 1);
    if (next >= 0) await go(next);
    else if (waiting().length === 0 && nextQuestion() >= 0) { question = nextQuestion(); await go(Math.max(nextWaiting(0), 0)); }
    else await go(place);
  } catch (error) {
    saving = false;
    say("bad", error.message, error.kind === "changed");
    draw();
  }
}

const nextQuestion = () => essays.findIndex((one) => one.answers.some((answer) => answer.waiting));

/** Keep what is written in the fields before they are drawn anew. */
function take() {
  const field = document.getElementById("points");
  if (!field || !current) return;
  current.given = field.value.trim() === "" ? null : Number(field.value.replace(",", "."));
  current.text = document.getElementById("comment").value;
}

function give(value) {
  take();
  current.given = value;
  draw();
  document.getElementById("points")?.focus({ preventScroll: true });
}

// ------------------------------------------------------------------------------------------ the page

function draw() {
  const essay = essays[question];
  document.title = `${t("step_essays")} · ${title[currentLanguage()]}`;
  fill("head",
    h("div", { class: "who" }, h("a", { href: base }, `← ${t("back")}`), h("h1", null, title[currentLanguage()])),
    languageSwitch(() => { take(); draw(); }));
  fill("notices", notice.kind && h("div", { class: `notice ${notice.kind}`, role: "alert" }, notice.text, " ",
    notice.again && h("button", { type: "button", class: "small", onclick: again }, t("essay_look_again"))));
  fill("question", essay ? drawQuestion(essay) : []);
  fill("work", essay ? drawWork(essay) : h("p", { class: "quiet" }, t(notice.kind ? "step_essays_done" : "essay_no_questions")));
}

/** Look at an answer again that has changed; what was typed for it stays. */
async function again() {
  take();
  const { id, given, text } = current;
  forget(id);
  say("", "");
  essays = await ask(`essays?exercise=${encodeURIComponent(exercise)}`).catch(() => essays);
  await go(place);
  if (current?.id === id) Object.assign(current, { given, text });
  draw();
}

function drawQuestion(essay) {
  const tabs = essays.length > 1 && h("div", { class: "questions" }, essays.map((one, at) => h("button", {
    type: "button", "aria-pressed": String(at === question), onclick: () => { question = at; go(0); },
  }, one.check.replace(/^essay-/, "").replaceAll("-", " · "), one.answers.some((a) => a.waiting) ? ` (${one.answers.filter((a) => a.waiting).length})` : " ✓")));
  return [
    tabs,
    h("details", { class: "panel prompt", open: drawQuestion.open !== false, ontoggle: (event) => { drawQuestion.open = event.target.open; } },
      h("summary", null, t("essay_question")), prose(essay.prompt)),
  ];
}

/** HTML that the desk has made harmless. */
function prose(html, lang) {
  const element = h("div", { class: "prose", lang });
  element.innerHTML = html;
  return element;
}

function drawWork(essay) {
  const answers = list();
  const left = waiting().length;
  const blanks = essay.answers.filter((one) => one.blank).length;
  const done = left === 0 && essay.answers.length > 0 && nextQuestion() < 0;
  return [
    done && h("div", { class: "notice mild" }, t("essay_all_done"), " ", h("a", { href: base }, t("back"))),
    drawOptions(left, blanks),
    answers.length === 0 && !done && h("p", { class: "quiet" }, t("essay_none")),
    answers.length > 0 && h("div", { class: "strip", role: "group" }, answers.map((one, at) => h("button", {
      type: "button", class: `${one.waiting ? "waiting" : "graded"} ${at === place ? "here" : ""}`,
      "aria-label": t("essay_answer", { n: at + 1, m: answers.length }), "aria-current": at === place ? "true" : null, onclick: () => go(at),
    }, String(at + 1)))),
    answers.length > 0 && h("div", { class: "desk-split" }, drawAnswer(answers), drawMarks(essay)),
  ];
}

function drawOptions(left, blanks) {
  const option = (label, checked, change) => h("label", null, h("input", { type: "checkbox", checked, "data-key": label, onchange: change }), ` ${t(label)}`);
  return h("div", { class: "options" },
    h("strong", null, count("essay_left", left)),
    option("essay_only", onlyWaiting, () => { onlyWaiting = !onlyWaiting; go(0); }),
    option("essay_names", names, () => { names = !names; go(place); }),
    blanks > 0 && h("span", { class: "quiet" }, t("essay_blanks", { n: blanks })));
}

function drawAnswer(answers) {
  return h("article", { class: "panel answer-panel" },
    h("div", { class: "answer-head" },
      h("h2", null, t("essay_answer", { n: place + 1, m: answers.length })),
      current?.name && h("span", null, current.name, " ", h("small", { class: "quiet" }, current.learner)),
      current && !current.waiting && current.points !== null && h("span", { class: "tag right" }, t("essay_given", { points: points(current.points) }))),
    current ? prose(current.html) : h("p", { class: "quiet" }, t("loading")));
}

function drawMarks(essay) {
  const lang = currentLanguage();
  const whole = Number.isInteger(essay.max_points) && essay.max_points <= 10;
  const choices = whole ? Array.from({ length: essay.max_points + 1 }, (_, value) => value) : [];
  return h("div", { class: "side" },
    h("div", { class: "panel scheme" }, h("h3", null, t("essay_scheme")), prose(essay.scheme[lang], lang)),
    current && h("form", { class: "panel marks", onsubmit: (event) => { event.preventDefault(); save(); } },
      current.waiting && current.points !== null && h("p", { class: "past" }, t("essay_changed", { points: points(current.points) })),
      h("label", { for: "points" }, t("essay_points", { max: points(essay.max_points) })),
      h("div", { class: "row" },
        h("input", { id: "points", type: "number", min: 0, max: essay.max_points, step: "any", value: current.given === null ? "" : points(current.given), autocomplete: "off" }),
        choices.map((value) => h("button", { type: "button", class: "given", tabindex: -1, "aria-pressed": String(current.given === value), onclick: () => give(value) }, String(value)))),
      h("label", { for: "comment" }, t("essay_comment")),
      comment(),
      used(essay),
      h("div", { class: "buttons" },
        h("button", { type: "submit", class: "primary" }, t("essay_save")),
        h("button", { type: "button", onclick: () => go(place - 1) }, t("essay_previous")),
        h("button", { type: "button", onclick: () => go(place + 1) }, t("essay_next"))),
      h("p", { class: "quiet" }, h("small", null, t("essay_keys")))));
}

function comment() {
  const area = h("textarea", { id: "comment", maxlength: 5000 });
  area.value = current.text;
  return area;
}

/** Comments given to others, to give again with one click. */
function used(essay) {
  const times = new Map();
  for (const one of essay.answers) if (one.comment) times.set(one.comment, (times.get(one.comment) ?? 0) + 1);
  const often = [...times].sort((a, b) => b[1] - a[1]).slice(0, MOST_USED).map(([text]) => text);
  return often.length > 0 && h("div", { class: "used" }, h("span", { class: "quiet" }, `${t("essay_used")} `),
    often.map((text) => h("button", {
      type: "button", class: "chip", tabindex: -1, title: text,
      onclick: () => { take(); current.text = current.text ? `${current.text}\n${text}` : text; draw(); document.getElementById("comment").focus(); },
    }, text.length > 70 ? `${text.slice(0, 70)}…` : text)));
}

document.addEventListener("keydown", (event) => {
  const target = event.target;
  const inComment = target.id === "comment";
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && inComment) { event.preventDefault(); save(); return; }
  if (inComment && event.key === "Escape") { document.getElementById("points").focus(); return; }
  if (inComment || event.ctrlKey || event.metaKey || event.altKey || !current) return;
  if (event.key === "ArrowLeft") { event.preventDefault(); go(place - 1); }
  else if (event.key === "ArrowRight") { event.preventDefault(); go(place + 1); }
  else if (event.key.toLowerCase() === "c" || event.key === "ㅊ") { event.preventDefault(); document.getElementById("comment")?.focus(); }
  else if (/^[0-9]$/.test(event.key) && target.id !== "points" && target.tagName !== "INPUT") { event.preventDefault(); give(Number(event.key)); }
});

addEventListener("beforeunload", (event) => {
  take();
  const isOpen = current && (current.given !== current.points || current.text !== current.comment);
  if (isOpen) event.preventDefault();
});

await loadWords();
await load();
