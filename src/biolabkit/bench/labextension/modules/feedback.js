/** Feedback in a tab of the main area: the server's page in a frame that may run no script. */
import { h } from "./dom.js";
import { icon } from "./icon.js";
import { jupyter } from "./shared.js";
import { word } from "./words.js";

/**
 * @param {any} app JupyterFrontEnd
 * @param {import("./api.js").Api} api
 * @param {{name: string, title: string, feedback: string, graded: object|null}} entry
 * @param {"en"|"ko"} language
 */
export async function openFeedback(app, api, entry, language) {
  await api.reach(entry.feedback);
  // Feedback that was written anew has a new address, so that no older page is shown for it.
  const url = `${api.url(entry.feedback)}?at=${encodeURIComponent(entry.graded?.at ?? "")}`;
  const id = `biolab-feedback-${entry.name}`;
  const open = Array.from(app.shell.widgets("main")).find((widget) => widget.id === id);
  const tab = open ?? feedbackTab(id, entry.title, url, language);
  tab.content.url = url;
  if (!tab.isAttached) app.shell.add(tab, "main");
  app.shell.activateById(id);
}

function feedbackTab(id, title, url, language) {
  const frame = new jupyter.ui.IFrame({ sandbox: ["allow-popups"] });
  const label = word(language, "feedback_title", { title });
  frame.node.querySelector("iframe").title = label;
  const tab = new jupyter.apputils.MainAreaWidget({ content: frame });
  tab.id = id;
  tab.addClass("biolab-feedback");
  tab.title.label = label;
  tab.title.icon = icon;
  tab.title.closable = true;
  const link = h("a", { href: url, target: "_blank", rel: "noopener" }, word(language, "feedback_window"));
  tab.toolbar.addItem(
    "window",
    new jupyter.widgets.Widget({ node: h("span", { class: "biolab-feedback-link" }, link) }),
  );
  return tab;
}
