/** Making elements. Text from the server is only ever set as text, never as HTML. */

/**
 * @param {string} tag
 * @param {Record<string, any>} [attributes] `class`, `on…` listeners, anything else an attribute; null and false leave it out
 * @param {...(Node|string|null|undefined|false)} children
 * @returns {HTMLElement & Record<string, any>}
 */
export function h(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? "" : String(value));
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/**
 * A sentence in which `code` between backticks is set as code.
 * @param {string} text
 * @returns {(Node|string)[]}
 */
export function withCode(text) {
  return text.split(/`([^`\n]+)`/).map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

/**
 * A button that says no while it is busy without losing the keyboard's focus: `aria-disabled`, not `disabled`.
 * @param {string} action what tests and styles know it by
 * @param {() => void} run
 * @param {string} [style]
 */
export function button(action, run, style = "") {
  const node = h("button", { type: "button", class: `biolab-button ${style}`.trim(), "data-action": action });
  node.addEventListener("click", () => {
    if (node.getAttribute("aria-disabled") !== "true") run();
  });
  return node;
}

/** @param {HTMLElement} node @param {boolean} enabled @param {string} [why] shown as the tooltip of a disabled button */
export function enable(node, enabled, why = "") {
  node.setAttribute("aria-disabled", String(!enabled));
  node.title = enabled ? "" : why;
}

/** Changes the text only where it differs, so that a live region does not speak twice. */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
