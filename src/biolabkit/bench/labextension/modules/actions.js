/** What the buttons do: open, check, submit, feedback. Each is asynchronous, and one at a time for an assignment. */
import { ServerGone, ServerRefused } from "./api.js";
import { moment } from "./due.js";
import { openFeedback } from "./feedback.js";
import { follow } from "./jobs.js";
import { confirmWarnings, showReceipt } from "./receipt.js";
import { SaveFailed, inCourse, saveLost, saveOpen } from "./save.js";
import { number, sentence, word } from "./words.js";

/** A sentence for the trainee, as the server wrote it. */
class Said extends Error {}

/**
 * @typedef {{kind: "check"|"submit"|"open", text: string, done: number, total: number, job: string|null, stopping: boolean}} Busy
 * @typedef {{kind: "good"|"bad"|"plain", text: string}} Note
 */
export class Actions {
  /**
   * @param {any} app JupyterFrontEnd
   * @param {import("./api.js").Api} api
   * @param {import("./course.js").Course} course
   * @param {any} documents IDocumentManager
   * @param {any} tracker INotebookTracker
   * @param {import("./tabs.js").Tabs} tabs
   */
  constructor(app, api, course, documents, tracker, tabs) {
    this.app = app;
    this.api = api;
    this.course = course;
    this.documents = documents;
    this.tracker = tracker;
    this.tabs = tabs;
    /** What runs, by assignment. @type {Map<string, Busy>} */
    this.busy = new Map();
    /** How the last thing went, by assignment. @type {Map<string, Note>} */
    this.notes = new Map();
    /** Jobs that were followed to their end: an answer from before it may still name them. @type {Set<string>} */
    this._ended = new Set();
    /** Called after every change. @type {() => void} */
    this.changed = () => {};
    /** Called with a sentence that a screen reader should say. @type {(text: string) => void} */
    this.say = () => {};
  }

  open(entry) {
    return this._work(entry, "open", "open_failed", async () => {
      const { notebook } = await this._asItIs(entry);
      const widget = this.documents.openOrReveal(notebook);
      await widget?.context.ready;
    });
  }

  feedback(entry) {
    return this._work(entry, "open", null, () => openFeedback(this.app, this.api, entry, this.course.language));
  }

  check(entry) {
    return this._work(entry, "check", "save_failed_check", async (busy) => {
      this._show(busy, "saving");
      const { notebook } = await this._asItIs(entry);
      const isElsewhere = await this.tabs.gather(notebook);
      await saveOpen(this.tracker, (path) => path === notebook);
      this._show(busy, "checking_start");
      busy.job = await this.api.check(entry.name);
      await this._endCheck(entry, busy, isElsewhere ? [this._word("unsaved_elsewhere")] : []);
    });
  }

  async stop(entry) {
    const busy = this.busy.get(entry.name);
    if (!busy?.job || busy.stopping) return;
    busy.stopping = true;
    this._show(busy, "stopping");
    try {
      await this.api.stop(busy.job);
    } catch (error) {
      busy.stopping = false;
      this._fail(entry, error, null);
    }
  }

  submit(entry) {
    return this._work(entry, "submit", "save_failed_submit", async (busy) => {
      this._show(busy, "saving");
      const { notebook } = await this._asItIs(entry);
      const isElsewhere = await this.tabs.gather(notebook);
      if (isElsewhere && !(await this._confirm(entry, [this._word("unsaved_elsewhere")]))) return;
      await saveOpen(this.tracker, inCourse(this.course.assignments));
      let result = await this._submission(entry, busy, false);
      if (result.confirm) {
        if (!(await this._confirm(entry, result.confirm))) return;
        result = await this._submission(entry, busy, true);
      }
      const { receipt } = result;
      this._note(entry, "good", this._word("submitted_now", { date: moment(receipt.at, this.course.language) }));
      this.course.refresh();
      showReceipt(entry.title, receipt, this.course.language);
    });
  }

  /** Work that another tab, or this page before it was loaded again, has begun. */
  join() {
    for (const entry of this.course.assignments) {
      const { check, submit } = entry.jobs ?? {};
      if (this.busy.has(entry.name) || !(check || submit) || this._ended.has(check ?? submit)) continue;
      this._work(entry, check ? "check" : "submit", null, async (busy) => {
        busy.job = check ?? submit;
        this._show(busy, check ? "checking_start" : "submitting");
        if (check) await this._endCheck(entry, busy);
        else await this._follow(busy);
        this.course.refresh();
      });
    }
  }

  /**
   * The assignment asked anew: its notebook may have been renamed or removed, and where the server is away nothing is
   * begun that could only fail half-way.
   */
  async _asItIs(entry) {
    await this.course.refresh();
    if (this.course.trouble) throw this.course.trouble;
    await this.rescue();
    const now = this.course.find(entry.name);
    if (!now?.notebook) throw new Said(this._word("no_notebook"));
    return now;
  }

  /** Saves what is open of the assignments that have no notebook on the disk any more. */
  async rescue() {
    let isSaved = false;
    for (const { name, notebook } of this.course.assignments) {
      if (!notebook && (await saveLost(this.tracker, name))) isSaved = true;
    }
    if (isSaved) await this.course.refresh();
  }

  /** Whether the trainee submits all the same; if not, it is noted. */
  async _confirm(entry, warnings) {
    const agreed = await confirmWarnings(entry.title, warnings, this.course.language);
    if (!agreed) this._note(entry, "plain", this._word("not_submitted"));
    return agreed;
  }

  /** @param {string[]} warnings what the trainee should know besides */
  async _endCheck(entry, busy, warnings = []) {
    const job = await this._follow(busy, "checking");
    if (job.state === "lost") throw new Said(this._word("check_lost"));
    if (job.state === "failed") {
      this._note(entry, busy.stopping ? "plain" : "bad", sentence(job.message));
      this.course.refresh(); // what was checked before the end is kept
      return;
    }
    const { seconds, problems = [], ...now } = job.result;
    const { earned, max } = now.points;
    const outcome = this._word("checked", { seconds: number(seconds), earned: number(earned), max: number(max) });
    const told = [...warnings, ...problems];
    const isWhole = told.length === 0 && earned >= max;
    this._note(entry, isWhole ? "good" : "plain", [outcome, ...told].join(" "));
    this.course.replace({ ...entry, ...now });
  }

  /** @returns {Promise<{receipt?: object, confirm?: string[]}>} */
  async _submission(entry, busy, confirmed) {
    this._show(busy, "submitting");
    busy.job = await this.api.submit(entry.name, confirmed).catch((error) => {
      // The request may have arrived all the same: only the server can say, once it is back.
      if (error instanceof ServerGone) this.course.failed(error);
      throw error instanceof ServerGone ? new Said(this._word("submit_unknown")) : error;
    });
    const job = await this._follow(busy);
    if (job.state === "failed") throw new Said(sentence(job.message));
    if (job.state === "lost") return { receipt: await this._recorded(entry) };
    return job.result;
  }

  /** After a restart of the server: the submission it has recorded since, if any. */
  async _recorded(entry) {
    await this.course.refresh();
    const now = this.course.find(entry.name)?.submitted;
    if (!now || now.at === entry.submitted?.at) throw new Said(this._word("submit_lost"));
    return { ...now, learner: this.course.data.learner, replaced: Boolean(entry.submitted) };
  }

  async _follow(busy, words = null) {
    const job = await follow(this.api, busy.job, {
      progress: ({ done, total }) => {
        Object.assign(busy, { done: done ?? 0, total: total ?? 0 });
        if (words && total && !busy.stopping) this._show(busy, words, { done, total });
        if (this.course.trouble) this.course.refresh();
      },
      away: (error) => {
        this._show(busy, "gone_job");
        this.course.failed(error);
      },
    });
    this._ended.add(busy.job);
    return job;
  }

  /** Runs `task` as the one work of the assignment; whatever goes wrong becomes a sentence beside it. */
  async _work(entry, kind, failure, task) {
    if (this.busy.has(entry.name)) return;
    const busy = { kind, text: "", done: 0, total: 0, job: null, stopping: false };
    this.busy.set(entry.name, busy);
    this.notes.delete(entry.name);
    this.changed();
    try {
      await task(busy);
    } catch (error) {
      await this._fail(entry, error, failure);
    } finally {
      this.busy.delete(entry.name);
      this.changed();
    }
  }

  async _fail(entry, error, failure) {
    if (error instanceof SaveFailed) await this.course.refresh(); // a server that is away may be the cause
    const cause = error instanceof SaveFailed && this.course.trouble instanceof ServerGone ? this.course.trouble : error;
    if (cause instanceof ServerGone) this.course.failed(cause);
    this._note(entry, "bad", this._sentence(cause, failure));
  }

  _sentence(error, failure) {
    if (error instanceof Said) return error.message;
    if (error instanceof SaveFailed) {
      const told = this._word(failure, { names: error.names.join(", ") });
      return error.isDiskFull ? `${this._word("disk_full")} ${told}` : told;
    }
    if (error instanceof ServerGone) return this._word("gone_now");
    if (error instanceof ServerRefused) return sentence(error.message) || this._word("refused", { status: error.status });
    console.error(error);
    return this._word(failure === "open_failed" ? failure : "unexpected", { reason: String(error?.message ?? error) });
  }

  _word(key, values) {
    return word(this.course.language, key, values);
  }

  _show(busy, key, values) {
    busy.text = this._word(key, values);
    this.changed();
  }

  _note(entry, kind, text) {
    this.notes.set(entry.name, { kind, text });
    this.say(`${entry.title}: ${text}`);
    this.changed();
  }
}
