// Making and updating elements. Styles are set through the style object, never as an attribute, so that the page's
// content security policy can be strict.
import { t } from './texts.js';

const SVG = 'http://www.w3.org/2000/svg';

const present = (nodes) => nodes.filter((n) => n !== null && n !== undefined);

export function element(name, properties = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') node.className = value;
    else if (key in node && key !== 'role') node[key] = value;
    else node.setAttribute(key, value);
  }
  node.append(...present(children));
  return node;
}

export function svg(name, attributes, ...children) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  node.append(...present(children));
  return node;
}

// A span at a percentage of its plot.
export function place(className, left, extra = {}, ...children) {
  const node = element('span', { class: className }, ...children);
  node.style.left = `${left}%`;
  for (const [key, value] of Object.entries(extra)) node.style[key] = value;
  return node;
}

// The table behind a drawing, for who wants the figures or cannot see the drawing. The first field names its row.
export function table(title, head, rows, summary = t('table')) {
  return element(
    'details',
    {},
    element('summary', {}, summary),
    element(
      'div',
      { class: 'scroll', tabIndex: 0, role: 'region', 'aria-label': title },
      element(
        'table',
        {},
        element(
          'thead',
          {},
          element(
            'tr',
            {},
            ...head.map((h) =>
              element('th', { scope: 'col', class: h === t('remark') ? 'remark' : '' }, h),
            ),
          ),
        ),
        element(
          'tbody',
          {},
          ...rows.map(([name, ...fields]) =>
            element(
              'tr',
              {},
              element('th', { scope: 'row' }, name),
              ...fields.map((f, i) =>
                element('td', { class: head[i + 1] === t('remark') ? 'remark' : '' }, f),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}

// Makes `parent` hold what `nodes` hold, changing only what differs: focus, opened tables and running transitions stay.
export function update(parent, ...nodes) {
  const wanted = present(nodes).map((n) =>
    typeof n === 'string' ? document.createTextNode(n) : n,
  );
  wanted.forEach((node, i) => {
    const now = parent.childNodes[i];
    if (now) patch(now, node);
    else parent.append(node);
  });
  while (parent.childNodes.length > wanted.length) parent.lastChild.remove();
}

function patch(now, wanted) {
  if (now.nodeName !== wanted.nodeName) {
    now.replaceWith(wanted);
    return;
  }
  if (now.nodeType === Node.TEXT_NODE) {
    if (now.data !== wanted.data) now.data = wanted.data;
    return;
  }
  // 'open' is the reader's; 'style' as an attribute is forbidden.
  const ours = (name) => name !== 'style' && name !== 'open';
  for (const { name } of [...now.attributes])
    if (ours(name) && !wanted.hasAttribute(name)) now.removeAttribute(name);
  for (const { name, value } of [...wanted.attributes])
    if (ours(name) && now.getAttribute(name) !== value) now.setAttribute(name, value);
  if (now.style.cssText !== wanted.style.cssText) now.style.cssText = wanted.style.cssText;
  update(now, ...wanted.childNodes);
}
