/** The two dialogs of a submission: what to look at before, and the receipt after. */
import { h, setText, withCode } from "./dom.js";
import { exactMoment } from "./due.js";
import { jupyter } from "./shared.js";
import { sentence, word } from "./words.js";

/**
 * @param {string} title of the assignment
 * @param {string[]} warnings
 * @param {"en"|"ko"} language
 * @returns {Promise<boolean>} whether to submit all the same
 */
export async function confirmWarnings(title, warnings, language) {
  const { Dialog, showDialog } = jupyter.apputils;
  const list = h("ul", { class: "biolab-warnings" }, ...warnings.map((text) => h("li", {}, ...withCode(sentence(text)))));
  const result = await showDialog({
    title: word(language, "warnings_title"),
    body: body(language, h("p", { class: "biolab-dialog-exercise" }, title), list),
    buttons: [
      Dialog.cancelButton({ label: word(language, "go_back") }),
      Dialog.warnButton({ label: word(language, "submit_anyway") }),
    ],
    defaultButton: 0,
  });
  return result.button.accept;
}

/**
 * @param {string} title of the assignment
 * @param {{at: string, sha256: string, late: boolean, learner: string, replaced: boolean}} receipt
 * @param {"en"|"ko"} language
 */
export async function showReceipt(title, receipt, language) {
  const { Dialog, showDialog } = jupyter.apputils;
  const rows = [
    row(word(language, "receipt_exercise"), title),
    receipt.learner && row(word(language, "receipt_learner"), receipt.learner),
    row(word(language, "receipt_at"), exactMoment(receipt.at, language)),
    row(word(language, "receipt_hash"), hash(receipt.sha256, language)),
  ];
  await showDialog({
    title: `✓ ${word(language, "receipt_title")}`,
    body: body(
      language,
      h("dl", { class: "biolab-receipt" }, ...rows.flat()),
      receipt.late && h("p", { class: "biolab-late" }, `⚠ ${word(language, "receipt_late")}`),
      h(
        "p",
        {},
        [receipt.replaced && word(language, "receipt_replaced"), word(language, "receipt_kept")]
          .filter(Boolean)
          .join(" "),
      ),
    ),
    buttons: [Dialog.okButton({ label: word(language, "close") })],
  });
}

function body(language, ...children) {
  return new jupyter.widgets.Widget({ node: h("div", { class: "biolab-dialog", lang: language }, ...children) });
}

function row(name, value) {
  return [h("dt", {}, name), h("dd", {}, value)];
}

function hash(sha256, language) {
  const text = h("code", { "data-value": "sha256" }, sha256);
  const copy = h("button", { type: "button", class: "biolab-button", "data-action": "copy" }, word(language, "copy"));
  copy.addEventListener("click", async () => {
    if (await copyText(sha256, text)) setText(copy, `✓ ${word(language, "copied")}`);
  });
  return h("span", { class: "biolab-hash" }, text, copy);
}

/** The clipboard where the browser gives it; on a plain http page only the selection can be copied. */
async function copyText(value, node) {
  try {
    await navigator.clipboard.writeText(value);
    return true;
  } catch {
    getSelection().selectAllChildren(node);
    return document.execCommand("copy");
  }
}
