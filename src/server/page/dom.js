// Making and updating elements. Styles are set through the style object, never as an attribute, so that the page's
// content security policy can be strict.
import { t } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

/** @typedef {Node | string | null | undefined} Child */
/** @typedef {Record<string, unknown>} Properties */

/** @param {Child[]} nodes */
const present = (nodes) => nodes.filter((n) => n !== null && n !== undefined);

// An element that index.html has.
/** @type {(id: string) => HTMLElement} */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element ${id}`);
  return found;
}

/** @type {(name: string, properties?: Properties, ...children: Child[]) => HTMLElement} */
export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') node.className = String(value);
    else if (key in node && key !== 'role') Object.assign(node, { [key]: value });
    else node.setAttribute(key, String(value));
  }
  node.append(...present(children));
  return node;
}

/** @type {(name: string, attributes: Record<string, string | number>, ...children: Child[]) => SVGElement} */
export function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  node.append(...present(children));
  return /** @type {SVGElement} */ (node);
}

// A span at a percentage of its plot.
/** @type {(className: string, left: number, style?: Record<string, string>, ...children: Child[]) => HTMLElement} */
export function place(className, left, style = {}, ...children) {
  const node = element('span', { class: className }, ...children);
  Object.assign(node.style, { left: `${left}%`, ...style });
  return node;
}

// The table behind a drawing, for who wants the figures or cannot see the drawing. The first field names its row.
/** @type {(title: string, head: string[], rows: string[][], summary?: string) => HTMLElement} */
export function table(title, head, rows, summary = t('table')) {
  /** @param {number} i */
  const columnClass = (i) => ({ class: head[i] === t('remark') ? 'remark' : '' });
  const names = head.map((h, i) => element('th', { scope: 'col', ...columnClass(i) }, h));
  const lines = rows.map(([name, ...fields]) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, name),
      ...fields.map((f, i) => element('td', columnClass(i + 1), f)),
    ),
  );
  const whole = element(
    'table',
    {},
    element('thead', {}, element('tr', {}, ...names)),
    element('tbody', {}, ...lines),
  );
  const region = { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': title };
  return element('details', {}, element('summary', {}, summary), element('div', region, whole));
}

// Makes `parent` hold what `nodes` hold, changing only what differs: focus, opened tables and running transitions stay.
/** @type {(parent: Node, ...nodes: Child[]) => void} */
export function update(parent, ...nodes) {
  const wanted = present(nodes).map((n) => (n instanceof Node ? n : document.createTextNode(n)));
  wanted.forEach((node, i) => {
    const now = parent.childNodes[i];
    if (now) patch(now, node);
    else parent.appendChild(node);
  });
  while (parent.childNodes.length > wanted.length) parent.childNodes[wanted.length].remove();
}

// 'open' is the reader's; 'style' as an attribute is forbidden.
/** @param {string} name */
const isOurs = (name) => name !== 'style' && name !== 'open';

/** @type {(now: ChildNode, wanted: Node) => void} */
function patch(now, wanted) {
  if (now.nodeName !== wanted.nodeName) {
    now.replaceWith(wanted);
    return;
  }
  if (now instanceof Text && wanted instanceof Text) {
    if (now.data !== wanted.data) now.data = wanted.data;
    return;
  }
  if (now instanceof Element && wanted instanceof Element) patchAttributes(now, wanted);
  update(now, ...wanted.childNodes);
}

/** @type {(now: Element, wanted: Element) => void} */
function patchAttributes(now, wanted) {
  for (const { name } of [...now.attributes])
    if (isOurs(name) && !wanted.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes])
    if (isOurs(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  // Both HTML's and SVG's have one.
  const [style, wished] = [now, wanted].map((e) => /** @type {HTMLElement} */ (e).style);
  if (style.cssText !== wished.cssText) style.cssText = wished.cssText;
}
