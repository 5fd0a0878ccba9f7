/** Requests to the server's part of the course, with Jupyter's own authentication. Nothing here touches the page. */
import { jupyter } from "./shared.js";

/** The server does not answer: not there, not reachable or not within the time. */
export class ServerGone extends Error {}

/** The server answered, but with an error. `message` is in the trainee's language, or empty where there is none. */
export class ServerRefused extends Error {
  /** @param {number} status @param {string} message */
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

const QUICK_MS = 15_000;
/** Bringing new exercises copies files. */
const FETCH_MS = 120_000;
/** What a proxy answers in the place of a server that is down. */
const PROXY_STATUSES = [502, 503, 504];

export class Api {
  /** @param {any} settings ServerConnection.ISettings of the application */
  constructor(settings) {
    this._settings = settings;
  }

  course() {
    return this._json("GET", "course");
  }

  fetchNew() {
    return this._json("POST", "fetch", {}, FETCH_MS);
  }

  /** @param {string} exercise @returns {Promise<string>} the job's id */
  async check(exercise) {
    return (await this._json("POST", "check", { exercise })).job;
  }

  /** @param {string} exercise @param {boolean} confirmed the warnings were read @returns {Promise<string>} the job's id */
  async submit(exercise, confirmed) {
    return (await this._json("POST", "submit", { exercise, confirmed })).job;
  }

  job(id) {
    return this._json("GET", `jobs/${encodeURIComponent(id)}`);
  }

  stop(id) {
    return this._json("DELETE", `jobs/${encodeURIComponent(id)}`);
  }

  /** @param {string} path relative to the server's base, as the course gives it */
  url(path) {
    return jupyter.coreutils.URLExt.join(this._settings.baseUrl, path);
  }

  /** Asks for a page only to see that it is there. */
  async reach(path) {
    await this._request("GET", path, undefined, QUICK_MS);
  }

  async _json(method, name, body, limit = QUICK_MS) {
    const text = await this._request(method, `biolab/api/${name}`, body, limit);
    try {
      return text === "" ? null : JSON.parse(text);
    } catch {
      throw new ServerRefused(200, ""); // a proxy's page, such as one to sign in on
    }
  }

  async _request(method, path, body, limit) {
    const { makeRequest } = jupyter.services.ServerConnection;
    const init = { method, signal: AbortSignal.timeout(limit), cache: "no-store" };
    if (body !== undefined) init.body = JSON.stringify(body);
    let response, text;
    try {
      response = await makeRequest(this.url(path), init, this._settings);
      text = await response.text();
    } catch (error) {
      throw new ServerGone(String(error));
    }
    if (PROXY_STATUSES.includes(response.status) && messageIn(text) === "") throw new ServerGone(response.statusText);
    if (!response.ok) throw new ServerRefused(response.status, messageIn(text));
    return text;
  }
}

function messageIn(text) {
  try {
    return JSON.parse(text).message ?? "";
  } catch {
    return ""; // an HTML page of a proxy or of Jupyter itself
  }
}
