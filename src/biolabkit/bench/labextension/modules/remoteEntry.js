/**
 * The entry that JupyterLab loads for a prebuilt extension: a module federation container, written by hand so that
 * the extension needs no build. JupyterLab calls `init` with its shared modules, then `get` for what package.json names.
 */
"use strict";

(() => {
  const folder = new URL(".", document.currentScript.src);
  let shareScope = null;

  /** What package.json names under `_build`: each gives a function that returns the module. */
  const exposed = {
    "./extension": async () => {
      const { connect } = await import(new URL("shared.js", folder));
      await connect(shareScope);
      const { default: plugin } = await import(new URL("plugin.js", folder));
      return () => ({ __esModule: true, default: plugin });
    },
    "./style": async () => {
      const link = document.createElement("link");
      link.rel = "stylesheet";
      link.href = new URL("style.css", folder).href;
      document.head.append(link);
      return () => ({});
    },
  };

  window._JUPYTERLAB ??= {};
  window._JUPYTERLAB["biolabkit"] = {
    init(scope) {
      shareScope = scope;
    },
    get(name) {
      if (!(name in exposed)) throw new Error(`biolabkit exposes no module ${name}`);
      return exposed[name]();
    },
  };
})();
