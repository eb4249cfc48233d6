// Nodes that are no members yet, those that ask to join and those that were let in and have not come: one
// line each, with the key's fingerprint and the buttons of its list.

import { element, setText, show } from './view.js';

export class Entrants {
  #section;
  #list;
  #buttons;
  #rows = new Map();

  /** `buttons` are words, each with what is called with the node when its button is pressed. */
  constructor(section, list, buttons) {
    this.#section = section;
    this.#list = list;
    this.#buttons = Object.entries(buttons);
  }

  draw(nodes = []) {
    show(this.#section, nodes.length > 0);
    const keys = new Set(nodes.map((node) => node.fingerprint));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key)) {
        row.line.remove();
        this.#rows.delete(key);
      }
    }
    for (const node of nodes) {
      if (!this.#rows.has(node.fingerprint)) this.#rows.set(node.fingerprint, this.#make(node));
      setText(this.#rows.get(node.fingerprint).who, named(node));
    }
  }

  #make(node) {
    const who = element('b');
    const groups = node.fingerprint.match(/.{1,8}/g).join(' ');
    const line = element('li', '', who, ' ', element('code', '', groups));
    this.#buttons.forEach(([word, action]) => line.append(' ', button(word, node, action)));
    this.#list.append(line);
    return { line, who };
  }
}

/** Of one that was let in the address is not known. */
export const named = ({ name, address }) => (address ? `${name} at ${address}` : name);

function button(word, node, action) {
  const made = element('button', 'plain', word);
  made.type = 'button';
  made.setAttribute('aria-label', `${word} ${node.name}`);
  made.addEventListener('click', () => action(node));
  return made;
}
