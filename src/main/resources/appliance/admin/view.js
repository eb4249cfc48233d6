// The page's small tools, and what is said of the cluster as a whole. All text goes in as text.

import { count, rate } from './format.js';

export function element(tag, className = '', ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/** Touches the page only where something changed, so that focus and screen readers stay in peace. */
export function setText(target, text) {
  if (target.textContent !== text) target.textContent = text;
}

export function setClass(target, className) {
  if (target.className !== className) target.className = className;
}

export function show(target, visible) {
  if (target.hidden === visible) target.hidden = !visible;
}

const byId = (id) => document.getElementById(id);

export function drawOverview(status, requestsPerSecond) {
  setText(byId('cluster'), status.cluster);
  const active = status.members.filter((m) => m.state === 'ACTIVE').length;
  const facts = [
    ['Master', status.master ?? 'none', status.master ? '' : 'bad'],
    ['Members', `${active} of ${status.members.length} active`,
      active === status.members.length ? '' : 'warn'],
    ['Quorum', status.quorum ? 'yes' : 'lost', status.quorum ? '' : 'bad'],
    ['Epoch', count(status.epoch), ''],
    ['Requests a second', rate(requestsPerSecond), ''],
  ];
  const list = byId('overview');
  facts.forEach(([name, value, className], i) => {
    if (!list.children[i]) list.append(element('div', '', element('dt'), element('dd')));
    const [term, definition] = list.children[i].children;
    setText(term, name);
    setText(definition, value);
    setClass(definition, className);
  });
  setText(byId('answered'), `As seen by ${status.node || 'this node'}.`);
  document.title = `${status.warnings?.length ? `(${status.warnings.length}) ` : ''}${status.cluster}`;
}

const WARNINGS_MAX = 12;
let allWarnings = false;

/** The gravest come first; of very many the rest is shown when asked for, so that the members stay in sight. */
export function drawWarnings(warnings = []) {
  const list = byId('warnings');
  const shown = allWarnings ? warnings : warnings.slice(0, WARNINGS_MAX);
  const before = [...list.children].map((item) => item.textContent);
  if (before.join('\n') !== shown.join('\n')) {
    list.replaceChildren(...shown.map((text) => element('li', '', text)));
  }
  const more = byId('more-warnings');
  show(more, warnings.length > shown.length);
  setText(more, `Show ${warnings.length - shown.length} more warnings`);
  more.onclick = () => {
    allWarnings = true;
    drawWarnings(warnings);
  };
}

let toastTimer = 0;

export function toast(text, className = '') {
  const line = byId('toast');
  setText(line, text);
  setClass(line, `toast ${className}`);
  show(line, true);
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => show(line, false), 8000);
}

/** Resolves to whether the person agreed. */
export function confirm(title, text, danger, yes) {
  const dialog = byId('confirm');
  setText(byId('confirm-title'), title);
  setText(byId('confirm-text'), text);
  setText(byId('confirm-danger'), danger);
  setText(byId('confirm-yes'), yes);
  byId('confirm-yes').classList.toggle('danger', danger !== '');
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
