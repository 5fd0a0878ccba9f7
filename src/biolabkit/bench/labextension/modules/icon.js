/** The panel's sign: a flask in the colour of JupyterLab's own icons. */
import { jupyter } from "./shared.js";

const FLASK = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" width="16">
  <path class="jp-icon3 jp-icon-selectable" fill="#616161" d="M9 2h6v2h-1v5.1l5.3 9.2A2.5 2.5 0 0 1 17.1 22H6.9a2.5 2.5 0 0 1-2.2-3.7L10 9.1V4H9V2zm3 7.6L9.2 14.500h5.6L12 9.600z"/>
</svg>`;

export const icon = new jupyter.ui.LabIcon({ name: "biolabkit:flask", svgstr: FLASK });
