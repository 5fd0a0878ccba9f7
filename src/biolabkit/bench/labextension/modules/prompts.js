/** A folded check shows as `[*]:` and `[3]:` that it runs and has run: JupyterLab leaves its brackets empty. */
import { jupyter } from "./shared.js";

const { NotebookActions } = jupyter.notebook;

export function showPrompts() {
  NotebookActions.executionScheduled.connect((_, { cell }) => write(cell, "*"));
  NotebookActions.executed.connect((_, { cell }) => write(cell, cell.model.executionCount ?? " "));
}

function write(cell, said) {
  const brackets = cell.node.querySelector(".jp-Placeholder-prompt");
  if (brackets && cell.model.type === "code") brackets.textContent = `[${said}]:`;
}
