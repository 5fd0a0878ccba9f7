/**
 * The same notebook in several tabs of a browser. What is not saved in one of them no server can see, so the tabs ask
 * each other before a notebook is read from the disk; and one with nothing unsaved shows what was saved elsewhere,
 * so that JupyterLab finds no conflict to ask about.
 */
import { contextsOf, isEdited, localPath, pause, reload, save, settled } from "./save.js";

/** In which a tab with unsaved edits says so; then it has time to save them. */
const ANSWER_MS = 300;
const SAVING_MS = 10_000;

export class Tabs {
  /**
   * @param {any} services ServiceManager of the application
   * @param {any} tracker INotebookTracker
   */
  constructor(services, tracker) {
    this._contents = services.contents;
    this._tracker = tracker;
    this._id = crypto.getRandomValues(new Uint32Array(2)).join("-");
    /** What the other tabs have said, by question. @type {Map<string, Map<string, string>>} */
    this._answers = new Map();
    this._heard = () => {};
    this._channel = new BroadcastChannel(`biolabkit:${services.serverSettings.baseUrl}`);
    this._channel.onmessage = ({ data }) => this._hear(data);
    this._watch();
  }

  /**
   * Lets the other tabs save a notebook, unless it has unsaved edits here too: then theirs and these exclude each other.
   * @param {string} path
   * @returns {Promise<boolean>} whether another tab has edits of it that are still not saved
   */
  async gather(path) {
    const kind = contextsOf(this._tracker, path).some(isEdited) ? "tell" : "save";
    const states = await this._ask({ kind, path });
    if (states.includes("saved")) await this.showNewest(path);
    return states.some((state) => state !== "saved");
  }

  _watch() {
    this._tracker.widgetAdded.connect((_, { context }) => {
      context.saveState.connect((_sender, state) => {
        if (state === "completed") this._channel.postMessage({ kind: "saved", path: localPath(context) });
      });
    });
    // Whoever goes to another tab, program or machine finds there what was written here, and the other way round.
    window.addEventListener("blur", () => this._saveAll());
    document.addEventListener("visibilitychange", () => document.hidden && this._saveAll());
    window.addEventListener("focus", () => this.showNewest());
  }

  async _ask(question) {
    const id = `${this._id}:${performance.now()}`;
    const states = new Map();
    this._answers.set(id, states);
    this._channel.postMessage({ ...question, id });
    await pause(ANSWER_MS);
    const end = performance.now() + SAVING_MS;
    while ([...states.values()].includes("saving") && performance.now() < end) await pause(50);
    this._answers.delete(id);
    return [...states.values()];
  }

  _hear({ kind, id, path, from, state }) {
    if (kind === "saved") this.showNewest(path);
    else if (kind === "answer") this._answers.get(id)?.set(from, state);
    else this._answer(kind, id, path);
  }

  async _answer(kind, id, path) {
    const answer = (state) => this._channel.postMessage({ kind: "answer", id, from: this._id, state });
    const edited = contextsOf(this._tracker, path).filter(isEdited);
    if (edited.length === 0) return;
    if (kind === "tell") {
      answer("unsaved");
      return;
    }
    answer("saving");
    for (const context of edited) await this._saveQuietly(context);
    answer(edited.some(isEdited) ? "unsaved" : "saved");
  }

  _saveAll() {
    for (const context of contextsOf(this._tracker).filter(isEdited)) this._saveQuietly(context);
  }

  /** Saves where JupyterLab has nothing to ask: nobody may be looking. */
  async _saveQuietly(context) {
    await settled(context);
    if ((await this._differs(context)) === false) await save(context);
  }

  /**
   * Loads what was saved elsewhere into the notebooks that have no edits here.
   * @param {string} [path] only into those of this file
   */
  async showNewest(path) {
    for (const context of contextsOf(this._tracker, path)) {
      await settled(context);
      if (isIdle(context, this._tracker) && (await this._differs(context))) await this._load(context);
    }
  }

  async _load(context) {
    try {
      await this._contents.get(context.path); // one that is damaged is no reason to take the good one from the screen
    } catch {
      return;
    }
    const views = viewsOf(context, this._tracker).map(({ content }) => ({ content, active: content.activeCellIndex }));
    for (const { content } of views) content.node.inert = true; // what is typed now would be lost
    try {
      if (isIdle(context, this._tracker)) await reload(context);
    } catch (error) {
      console.warn(`biolabkit: ${context.path} could not be loaded again`, error); // JupyterLab has said so
    }
    for (const { content, active } of views) {
      content.node.inert = false;
      content.activeCellIndex = active;
    }
  }

  /**
   * Whether the file is another than the one that was loaded or saved here last, seen as JupyterLab sees it; null
   * where it or the server is not there, which JupyterLab says where it matters.
   */
  async _differs({ path, contentsModel }) {
    try {
      const { hash } = await this._contents.get(path, { content: false, hash: true });
      return Boolean(hash && contentsModel?.hash) && hash !== contentsModel.hash;
    } catch {
      return null;
    }
  }
}

/**
 * Whether nothing here would be lost with the cells: no edit, and no cell whose output is still to come. Where people
 * edit one document together there is nothing newer on the disk.
 */
function isIdle(context, tracker) {
  if (context.model.collaborative) return false;
  const runs = ({ content }) => content.widgets.some(({ model }) => model.executionState === "running");
  return !isEdited(context) && !viewsOf(context, tracker).some(runs);
}

function viewsOf(context, tracker) {
  return tracker.filter((view) => view.context === context);
}
