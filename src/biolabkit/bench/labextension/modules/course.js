/** What the panel knows of the course, and how it stays fresh: one request at a time, and it keeps asking while the server is away. */
import { ServerGone, ServerRefused } from "./api.js";
import { setClock } from "./due.js";

const RETRY_FIRST_MS = 2_000;
const RETRY_SLOWEST_MS = 30_000;

export class Course {
  /**
   * @param {import("./api.js").Api} api
   * @param {"en"|"ko"} language until the course has said its own
   */
  constructor(api, language) {
    this._api = api;
    this._language = language;
    this._running = null;
    this._again = false;
    this._retry = null;
    this._pause = RETRY_FIRST_MS;
    /** The last answer of the server; null before the first. */
    this.data = null;
    /** Why the last request failed: null, ServerGone or ServerRefused. */
    this.trouble = null;
    /** Called after every change. @type {() => void} */
    this.changed = () => {};
  }

  get language() {
    return this.data?.language === undefined ? this._language : this.data.language === "ko" ? "ko" : "en";
  }

  get assignments() {
    return this.data?.assignments ?? [];
  }

  find(name) {
    return this.assignments.find((entry) => entry.name === name);
  }

  /** Asks the server; requests made meanwhile become one more, however many they are. */
  refresh() {
    if (this._running) {
      this._again = true;
      return this._running;
    }
    this._running = this._ask().finally(() => {
      this._running = null;
      if (!this._again) return undefined;
      this._again = false;
      return this.refresh();
    });
    return this._running;
  }

  async _ask() {
    try {
      this.take(await this._api.course());
    } catch (error) {
      this.failed(error);
    }
  }

  /** @param {object} data what `GET course` answers */
  take(data) {
    this.data = data;
    setClock(data.now);
    this.trouble = null;
    this._pause = RETRY_FIRST_MS;
    clearTimeout(this._retry);
    this._retry = null;
    this.changed();
  }

  /** One assignment as it is now. */
  replace(entry) {
    if (!this.find(entry.name)) return;
    this.data.assignments = this.assignments.map((old) => (old.name === entry.name ? entry : old));
    this.changed();
  }

  /** Whoever meets a trouble tells it here; a server that is away is asked again until it is back. */
  failed(error) {
    if (!(error instanceof ServerGone || error instanceof ServerRefused)) throw error;
    this.trouble = error;
    if (error instanceof ServerGone) this._askLater();
    this.changed();
  }

  _askLater() {
    if (this._retry !== null) return;
    this._retry = setTimeout(() => {
      this._retry = null;
      this.refresh();
    }, this._pause);
    this._pause = Math.min(this._pause * 1.6, RETRY_SLOWEST_MS);
  }
}
