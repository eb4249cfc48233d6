// The nodes that ask to join: one line each, with the key's fingerprint and a button.

import { element, setText, show } from './view.js';

export class Asking {
  #section;
  #list;
  #approve;
  #rows = new Map();

  /** `approve(asker)` is called when a button is pressed. */
  constructor(section, list, approve) {
    this.#section = section;
    this.#list = list;
    this.#approve = approve;
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
    const button = element('button', 'plain', 'Approve');
    button.type = 'button';
    button.setAttribute('aria-label', `Approve ${asker.name}`);
    button.addEventListener('click', () => this.#approve(asker));
    const groups = asker.fingerprint.match(/.{1,8}/g).join(' ');
    const line = element('li', '', who, ' ', element('code', '', groups), ' ', button);
    this.#list.append(line);
    return { line, who };
  }
}
