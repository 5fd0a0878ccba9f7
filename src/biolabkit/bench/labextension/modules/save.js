/** Saving the open notebooks of a course, so that what is checked or submitted is what the trainee sees. */

/** A person may be answering JupyterLab's own question about a file that changed on disk. */
const LONGEST_MS = 120_000;
const SETTLING_MS = 3_000;

/** The cells that JupyterLab is saving just now, by context. @type {WeakMap<any, string>} */
const inSaving = new WeakMap();
/** The cells as they are on the disk. @type {WeakMap<any, string>} */
const onDisk = new WeakMap();

/**
 * Knows from now on what is saved of each notebook. JupyterLab takes for saved also what is written while it saves:
 * that is put right here.
 * @param {any} tracker INotebookTracker
 */
export function watchSaves(tracker) {
  tracker.widgetAdded.connect((_, { context }) => {
    context.ready.then(() => onDisk.set(context, cellsOf(context)));
    context.saveState.connect((_sender, state) => {
      if (state === "started") {
        inSaving.set(context, cellsOf(context));
        return;
      }
      if (state === "completed") onDisk.set(context, inSaving.get(context));
      inSaving.delete(context);
      if (isEdited(context)) context.model.dirty = true;
    });
  });
}

/** Whether something would be lost: JupyterLab calls a notebook unsaved that was only opened. */
export function isEdited(context) {
  return cellsOf(context) !== onDisk.get(context);
}

/** Loads the file anew, whatever is in the cells. */
export async function reload(context) {
  await context.revert();
  context.model.dirty = false;
  onDisk.set(context, cellsOf(context));
}

/** A cell that was run has another count, whatever it has shown. */
function cellsOf({ model }) {
  return JSON.stringify(Array.from(model.cells, (cell) => [cell.type, cell.sharedModel.getSource(), cell.executionCount]));
}

/** Until JupyterLab has saved a notebook: a second save meanwhile takes the first for somebody else's, and asks. */
export async function settled(context) {
  const end = performance.now() + SETTLING_MS;
  while (inSaving.has(context) && performance.now() < end) await pause(50);
}

export function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

export class SaveFailed extends Error {
  /** @param {Map<string, Error>} failures why, by the names of the notebooks that are not saved */
  constructor(failures) {
    super([...failures.keys()].join(", "));
    this.names = [...failures.keys()];
    this.isDiskFull = [...failures.values()].some(({ message }) => /no space left|quota/i.test(message));
  }
}

/**
 * @param {any} tracker INotebookTracker
 * @param {(path: string) => boolean} chosen
 * @throws {SaveFailed} naming every chosen notebook that could not be saved
 */
export async function saveOpen(tracker, chosen) {
  const failures = new Map();
  for (const context of contextsOf(tracker)) {
    const path = localPath(context);
    const failure = chosen(path) && (await save(context));
    if (failure) failures.set(path, failure);
  }
  if (failures.size > 0) throw new SaveFailed(failures);
}

/**
 * The open notebooks that are loaded.
 * @param {any} tracker INotebookTracker
 * @param {string} [path] only those of this file
 * @returns {any[]}
 */
export function contextsOf(tracker, path) {
  const contexts = new Set();
  tracker.forEach(({ context }) => {
    if (context.isReady) contexts.add(context);
  });
  return [...contexts].filter((context) => path === undefined || localPath(context) === path);
}

/** Saves a notebook where there is something to save. @returns {Promise<Error|null>} why it could not be saved */
export async function save(context) {
  await settled(context);
  if (!context.model.dirty && !isEdited(context)) return null;
  if (context.contentsModel?.writable === false) return new Error("it is read-only");
  try {
    await within(LONGEST_MS, context.save());
    return null;
  } catch (error) {
    console.warn(`biolabkit: ${context.path} could not be saved`, error);
    return error;
  }
}

function within(limit, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * Writes an exercise's notebook again whose file is gone while it is open: it is on the screen, so it is not lost.
 * @returns {Promise<boolean>} whether there was one
 */
export async function saveLost(tracker, exercise) {
  const begins = `lab.start("${exercise}"`;
  const isIts = ({ model }) => Array.from(model.cells).some((cell) => cell.sharedModel.getSource().includes(begins));
  const context = contextsOf(tracker).find(isIts);
  if (!context) return false;
  context.model.dirty = true;
  return !(await save(context));
}

/** The path as the server knows it, without the name of a drive. */
export function localPath(context) {
  return context.localPath ?? context.path;
}

/**
 * What belongs to the course: notebooks in the folders of its assignments, renamed ones too.
 * @param {{notebook: string|null}[]} assignments
 * @returns {(path: string) => boolean}
 */
export function inCourse(assignments) {
  const folders = new Set(assignments.filter((entry) => entry.notebook).map((entry) => folderOf(entry.notebook)));
  return (path) => folders.has(folderOf(path));
}

function folderOf(path) {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
