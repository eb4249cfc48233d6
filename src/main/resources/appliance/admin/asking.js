// The nodes that ask to join: one line each, with the key's fingerprint and two buttons.

import { element, setText, show } from './view.js';

export class Asking {
  #section;
  #list;
  #approve;
  #refuse;
  #rows = new Map();

  /** `approve(asker)` or `refuse(asker)` is called when a button is pressed. */
  constructor(section, list, approve, refuse) {
    this.#section = section;
    this.#list = list;
    this.#approve = approve;
    this.#refuse = refuse;
  }

  draw(askers = []) {
    show(this.#section, askers.length > 0);
    const keys = new Set(askers.map((asker) => asker.fingerprint));
    for (const [key, row] of this.#rows) {
      if (!keys.has(key)) {
        row.line.remove();
        this.#rows.delete(key);
      }
    }
    for (const asker of askers) {
      if (!this.#rows.has(asker.fingerprint)) this.#rows.set(asker.fingerprint, this.#make(asker));
      setText(this.#rows.get(asker.fingerprint).who, `${asker.name} at ${asker.address}`);
    }
  }

  #make(asker) {
    const who = element('b');
    const approve = button('Approve', asker, this.#approve);
    const refuse = button('Refuse', asker, this.#refuse);
    const groups = asker.fingerprint.match(/.{1,8}/g).join(' ');
    const line = element('li', '', who, ' ', element('code', '', groups), ' ', approve, ' ', refuse);
    this.#list.append(line);
    return { line, who };
  }
}

function button(word, asker, action) {
  const made = element('button', 'plain', word);
  made.type = 'button';
  made.setAttribute('aria-label', `${word} ${asker.name}`);
  made.addEventListener('click', () => action(asker));
  return made;
}
