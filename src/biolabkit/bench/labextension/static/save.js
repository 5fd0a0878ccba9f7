/** Saving the open notebooks of a course, so that what is checked or submitted is what the trainee sees. */

/** A person may be answering JupyterLab's own question about a file that changed on disk. */
const LONGEST_MS = 120_000;

export class SaveFailed extends Error {
  /** @param {string[]} names of the notebooks that are not saved */
  constructor(names) {
    super(names.join(", "));
    this.names = names;
  }
}

/**
 * @param {any} tracker INotebookTracker
 * @param {(path: string) => boolean} chosen
 * @throws {SaveFailed} naming every chosen notebook that could not be saved
 */
export async function saveOpen(tracker, chosen) {
  const contexts = new Set();
  tracker.forEach(({ context }) => {
    if (context.isReady && context.model.dirty && chosen(localPath(context))) contexts.add(context);
  });
  const failed = [];
  for (const context of contexts) {
    if (!(await saved(context))) failed.push(localPath(context));
  }
  if (failed.length > 0) throw new SaveFailed(failed);
}

async function saved(context) {
  if (context.contentsModel?.writable === false) return false;
  try {
    await within(LONGEST_MS, context.save());
    return true;
  } catch (error) {
    console.warn(`biolabkit: ${context.path} could not be saved`, error);
    return false;
  }
}

function within(limit, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("no answer in time")), limit);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
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
