/** The same by keyboard: commands for JupyterLab's palette, which also take a shortcut of the trainee's own. */
import { word } from "./words.js";

/**
 * @param {any} app JupyterFrontEnd
 * @param {any} palette ICommandPalette
 * @param {import("./panel.js").Panel} panel
 * @param {import("./course.js").Course} course
 * @param {import("./actions.js").Actions} actions
 */
export function addCommands(app, palette, panel, course, actions) {
  const ofFront = (action) => ({
    execute: () => actions[action](panel.front),
    isEnabled: () => Boolean(panel.front) && !actions.busy.has(panel.front.name),
  });
  const commands = {
    "biolab:show": { execute: () => app.shell.activateById(panel.id) },
    "biolab:check": ofFront("check"),
    "biolab:submit": ofFront("submit"),
  };
  for (const [id, options] of Object.entries(commands)) {
    const label = () => word(course.language, id.replace("biolab:", "command_"));
    app.commands.addCommand(id, { ...options, label });
    palette?.addItem({ command: id, category: "biolab" });
  }
}
