// What both pages share: words, requests, elements, dates.

const root = document.documentElement;
export const base = root.dataset.base;

/** @type {Record<string, {en: string, ko: string}>} */
let words = {};
let language = root.dataset.language === "ko" ? "ko" : "en";

/** Load the words of the pages; the language is the instructor's last choice, else the course's. */
export async function loadWords() {
  words = await (await fetch(`${base}static/words.json`)).json();
  const chosen = localStorage.getItem("biolab-desk-language");
  if (chosen === "en" || chosen === "ko") language = chosen;
  root.lang = language;
}

/** The language of the page: "en" or "ko". */
export function currentLanguage() {
  return language;
}

/** @param {string} chosen */
export function setLanguage(chosen) {
  language = chosen;
  localStorage.setItem("biolab-desk-language", chosen);
  root.lang = chosen;
}

/**
 * A text of the page, with `{name}` replaced by values.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = words[key]?.[language] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * A text with a count: `key_one` in English where the count is 1.
 * @param {string} key
 * @param {number} n
 * @param {Record<string, string | number>} [values]
 */
export function count(key, n, values = {}) {
  const one = `${key}_one`;
  return t(n === 1 && one in words ? one : key, { n, ...values });
}

/**
 * Make an element. `on…` are listeners, `style` sets properties, booleans set or leave out an attribute.
 * @param {string} tag
 * @param {Record<string, any> | null} [attributes]
 * @param {...any} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "style") for (const [key, v] of Object.entries(value)) element.style.setProperty(key, v);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.flat(Infinity).filter((child) => child != null && child !== false));
  return element;
}

/** What had the focus in a part when it was disabled; it gets it back unless it has moved on. */
const lost = {};

/**
 * Put new contents into a part of the page; whoever had the focus there keeps it.
 * @param {string} id
 * @param {...any} children
 */
export function fill(id, ...children) {
  const element = document.getElementById(id);
  const active = document.activeElement;
  const key = element.contains(active) ? active.dataset.key : active === document.body ? lost[id] : null;
  element.replaceChildren(...children.flat(Infinity).filter((child) => child != null && child !== false));
  const next = key && element.querySelector(`[data-key="${CSS.escape(key)}"]`);
  lost[id] = next?.disabled ? key : null;
  next?.focus({ preventScroll: true });
}

export class RequestError extends Error {
  /** @param {string} message @param {number} status @param {string} kind */
  constructor(message, status, kind) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

/**
 * Ask the desk; an error has the desk's sentence. Status 0: nobody answered.
 * @param {string} path
 * @param {string} [method]
 * @param {any} [body]
 */
export async function ask(path, method = "GET", body = undefined) {
  let answer;
  try {
    answer = await fetch(`${base}api/${path}`, {
      method,
      headers: method === "GET" ? {} : { "Content-Type": "application/json", "X-XSRFToken": root.dataset.xsrf },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new RequestError(t("gone"), 0, "gone");
  }
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new RequestError(told.message ?? answer.statusText, answer.status, told.kind ?? "");
  return told;
}

/** @param {number} value */
export function points(value) {
  return String(Math.round(value * 100) / 100);
}

/**
 * A date on the clock of the course.
 * @param {string} iso
 * @param {string} zone
 */
export function date(iso, zone) {
  const format = { weekday: "short", month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" };
  return new Intl.DateTimeFormat(language, { ...format, hourCycle: "h23", timeZone: zone }).format(new Date(iso));
}

/**
 * How far away a time is, in words.
 * @param {string} iso
 */
export function distance(iso) {
  const seconds = (new Date(iso).getTime() - Date.now()) / 1000;
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  for (const [unit, size] of [["day", 86400], ["hour", 3600], ["minute", 60]]) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "minute");
}

/** @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  return whole < 60 ? t("seconds", { n: whole }) : t("minutes", { n: Math.floor(whole / 60), s: whole % 60 });
}

/** The two buttons that change the language of the page. @param {() => void} changed */
export function languageSwitch(changed) {
  const button = (code, label) =>
    h(
      "button",
      {
        type: "button",
        lang: code,
        "aria-pressed": String(language === code),
        "data-key": `language-${code}`,
        onclick: () => {
          setLanguage(code);
          changed();
        },
      },
      label,
    );
  return h("div", { class: "languages", role: "group", "aria-label": t("language") }, button("en", "EN"), button("ko", "한국어"));
}
