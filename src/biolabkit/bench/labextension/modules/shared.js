/**
 * The modules of JupyterLab that the panel uses, taken from the share scope. They must be JupyterLab's own copies:
 * its tokens and base classes are compared by identity.
 */

const MODULES = {
  application: "@jupyterlab/application",
  apputils: "@jupyterlab/apputils",
  coreutils: "@jupyterlab/coreutils",
  docmanager: "@jupyterlab/docmanager",
  notebook: "@jupyterlab/notebook",
  services: "@jupyterlab/services",
  translation: "@jupyterlab/translation",
  ui: "@jupyterlab/ui-components",
  widgets: "@lumino/widgets",
};

/**
 * Filled by `connect`, before any module that uses it is evaluated.
 * @type {Record<string, any>}
 */
export const jupyter = {};

/** @param {any} scope webpack's share scope: module name -> version -> {get, loaded} */
export async function connect(scope) {
  const entries = Object.entries(MODULES);
  const modules = await Promise.all(entries.map(([, name]) => take(scope, name)));
  entries.forEach(([key], i) => {
    jupyter[key] = modules[i];
  });
}

async function take(scope, name) {
  const versions = Object.entries(scope?.[name] ?? {});
  if (versions.length === 0) throw new Error(`biolabkit: this JupyterLab does not share ${name}`);
  // A module that is in use already is the one the application runs with; else the newest, as webpack chooses.
  versions.sort(([a, x], [b, y]) => Number(Boolean(y.loaded)) - Number(Boolean(x.loaded)) || newestFirst(a, b));
  const factory = await versions[0][1].get();
  return factory();
}

function newestFirst(a, b) {
  return b.localeCompare(a, "en", { numeric: true });
}
