/** The plugin: puts the panel on the left and keeps it fresh. */
import { Actions } from "./actions.js";
import { Api } from "./api.js";
import { addCommands } from "./commands.js";
import { Course } from "./course.js";
import { Panel } from "./panel.js";
import { showPrompts } from "./prompts.js";
import { localPath, watchSaves } from "./save.js";
import { jupyter } from "./shared.js";
import { Tabs } from "./tabs.js";

/** Before JupyterLab's file browser, which has 100. */
const RANK = 50;
const REFRESH_MS = 180_000;
/** Several cells run one after another become one request. */
const AFTER_CHECK_MS = 800;

const { ILabShell, ILayoutRestorer } = jupyter.application;

export default {
  id: "biolabkit:panel",
  description: "The assignments of a biolabkit course: open, check, submit, feedback.",
  autoStart: true,
  requires: [jupyter.notebook.INotebookTracker, jupyter.docmanager.IDocumentManager],
  optional: [ILabShell, ILayoutRestorer, jupyter.apputils.ICommandPalette, jupyter.translation.ITranslator],
  activate(app, tracker, documents, labShell, restorer, palette, translator) {
    const api = new Api(app.serviceManager.serverSettings);
    const course = new Course(api, translator?.languageCode?.startsWith("ko") ? "ko" : "en");
    watchSaves(tracker);
    showPrompts();
    const actions = new Actions(app, api, course, documents, tracker, new Tabs(app.serviceManager, tracker));
    const panel = new Panel(course, actions, api);
    app.shell.add(panel, "left", { rank: RANK });
    restorer?.add(panel, panel.id);
    const loaded = course.refresh();
    if (labShell) showFirst(labShell, panel, course, loaded);
    keepFresh(panel, course, tracker);
    followFront(app, labShell, panel, tracker);
    addCommands(app, palette, panel, course, actions);
  },
};

/** On the very first start the course is in front; afterwards the layout is as the trainee left it. */
async function showFirst(labShell, panel, course, loaded) {
  const layout = await labShell.restored;
  await loaded;
  if (layout.fresh && course.data) labShell.activateById(panel.id);
}

function keepFresh(panel, course, tracker) {
  const visible = () => panel.isVisible && document.visibilityState === "visible";
  const refresh = () => {
    if (visible()) course.refresh();
  };
  window.addEventListener("focus", refresh);
  setInterval(refresh, REFRESH_MS);
  tracker.widgetAdded.connect((_, { context }) => {
    context.saveState.connect((_sender, state) => {
      if (state === "completed") refresh();
    });
    context.pathChanged.connect(refresh);
  });
  let timer = null;
  jupyter.notebook.NotebookActions.executed.connect((_, { cell }) => {
    if (!cell.model.getMetadata("nbgrader")?.grade) return;
    clearTimeout(timer);
    timer = setTimeout(refresh, AFTER_CHECK_MS);
  });
}

function followFront(app, labShell, panel, tracker) {
  const front = () => {
    const current = app.shell.currentWidget;
    panel.setFront(current && tracker.has(current) ? localPath(current.context) : null);
  };
  (labShell ?? app.shell).currentChanged?.connect(front);
  front();
}
