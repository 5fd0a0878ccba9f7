/** Due dates as a person reads them, in the browser's own time zone. */
import { count, word } from "./words.js";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How far this machine's clock is behind the server's, which decides what is late. */
let behind = 0;

/** @param {string} iso the server's time now */
export function setClock(iso) {
  behind = new Date(iso).getTime() - Date.now() || 0;
}

function clock() {
  return new Date(Date.now() + behind);
}

/**
 * @param {string} iso
 * @param {"en"|"ko"} language
 * @param {Date} [now] the year is said only when it is another one
 */
export function moment(iso, language, now = clock()) {
  const date = new Date(iso);
  const year = date.getFullYear() === now.getFullYear() ? undefined : "numeric";
  return new Intl.DateTimeFormat(language, {
    year,
    month: language === "ko" ? "long" : "short",
    day: "numeric",
    weekday: "short",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(date);
}

/** Date, time with seconds and time zone, for a receipt and for tooltips. */
export function exactMoment(iso, language) {
  return new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long", hourCycle: "h23" }).format(
    new Date(iso),
  );
}

/**
 * How long is left, or how long ago it was due.
 * @returns {{text: string, past: boolean}}
 */
export function timeLeft(iso, language, now = clock()) {
  const left = new Date(iso).getTime() - now.getTime();
  const span = duration(Math.abs(left), language);
  return left >= 0
    ? { text: word(language, "time_left", { span }), past: false }
    : { text: word(language, "time_past", { span }), past: true };
}

function duration(ms, language) {
  if (ms >= 2 * DAY) return count(language, "days", Math.floor(ms / DAY));
  if (ms >= DAY + HOUR)
    return `${count(language, "days", 1)} ${count(language, "hours", Math.floor((ms - DAY) / HOUR))}`;
  if (ms >= HOUR) return count(language, "hours", Math.floor(ms / HOUR));
  return count(language, "minutes", Math.max(1, Math.floor(ms / MINUTE)));
}
