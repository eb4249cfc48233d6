// The table of members: one row each, kept and updated in place.

import { COMMANDS } from './commands.js';
import { bytes, count, duration, plural, rate } from './format.js';
import { element, setClass, setText, show } from './view.js';

const STATES = {
  ACTIVE: ['good', 'active', 'In rotation.'],
  JOINING: ['warn', 'joining', 'Catching up, gets no traffic yet.'],
  DRAINING: ['warn', 'draining', 'Finishing what it has.'],
  WITNESS: ['good', 'witness', 'Votes, and serves nothing.'],
  DRAINED: ['idle', 'drained', 'Safe to switch off.'],
  DOWN: ['bad', 'down', 'Cannot be reached.'],
};

const SILENT_MILLIS = 5000;
const LAG_MILLIS_WARN = 1000;
const LAG_MILLIS_BAD = 10000;
const SAMPLES_TO_DRAW = 5;
const SVG = 'http://www.w3.org/2000/svg';

export class Members {
  #body;
  #rows = new Map();
  #command;

  /** `command(command, member)` is called when a button is pressed. */
  constructor(table, command) {
    // Said aloud, because a table that is laid out as cards is none to some readers.
    table.setAttribute('role', 'table');
    table.tBodies[0].setAttribute('role', 'rowgroup');
    this.#body = table.tBodies[0];
    this.#command = command;
  }

  draw(status, rates) {
    for (const member of status.members) {
      if (!this.#rows.has(member.id)) this.#rows.set(member.id, this.#make(member.id));
      this.#update(this.#rows.get(member.id), member, status, rates);
    }
    for (const [id, row] of this.#rows) {
      if (!status.members.some((member) => member.id === id)) {
        row.line.remove();
        this.#rows.delete(id);
      }
    }
    status.members.forEach((member, i) => {
      const { line } = this.#rows.get(member.id);
      if (this.#body.children[i] !== line) this.#body.insertBefore(line, this.#body.children[i]);
    });
  }

  #make(id) {
    const row = { line: element('tr'), member: null };
    const cell = (name, label) => {
      row[name] = { main: element('div', 'main'), sub: element('div', 'sub'), note: element('div', 'note') };
      const made = element(name === 'node' ? 'th' : 'td', name,
        row[name].main, row[name].sub, row[name].note);
      made.setAttribute('role', name === 'node' ? 'rowheader' : 'cell');
      if (name === 'node') made.scope = 'row';
      made.dataset.label = label;
      row.line.append(made);
    };
    cell('node', 'Node');
    cell('state', 'State');
    cell('traffic', 'Traffic');
    cell('app', 'Application');
    cell('database', 'Database');
    cell('media', 'Media');
    row.pill = element('span');
    row.state.main.append(row.pill);
    row.name = element('b');
    row.role = element('span', 'role', 'master');
    row.self = element('span', 'self', 'this node');
    row.node.main.append(row.name, ' ', row.role, ' ', row.self);
    row.rate = element('span');
    row.line_ = document.createElementNS(SVG, 'polyline');
    const spark = document.createElementNS(SVG, 'svg');
    spark.setAttribute('class', 'spark');
    spark.setAttribute('viewBox', '0 0 60 16');
    spark.setAttribute('preserveAspectRatio', 'none');
    spark.setAttribute('aria-hidden', 'true');
    spark.append(row.line_);
    row.traffic.main.append(row.rate, spark);
    row.buttons = COMMANDS.map((command) => {
      const button = element('button', 'plain', command.word);
      button.type = 'button';
      button.dataset.command = command.name;
      button.addEventListener('click', () => this.#command(command, row.member));
      return button;
    });
    const commands = element('td', 'commands', ...row.buttons);
    commands.setAttribute('role', 'cell');
    row.line.setAttribute('role', 'row');
    row.line.append(commands);
    row.line.dataset.id = id;
    return row;
  }

  #update(row, member, status, rates) {
    row.member = member;
    const down = member.state === 'DOWN';
    const age = member.newsAgeMillis;
    const old = down || age === null || age > SILENT_MILLIS;
    setClass(row.line, old ? 'old' : '');
    this.#node(row, member, status);
    const [className, word, meaning] = STATES[member.state] ?? ['warn', member.state, ''];
    setClass(row.pill, `pill ${className}`);
    setText(row.pill, word);
    setText(row.state.sub, member.reason || (member.state === 'ACTIVE' ? '' : meaning));
    setText(row.state.note, old && age !== null && !member.reason.includes('no news')
      ? `Numbers are ${duration(age)} old.` : '');
    this.#traffic(row, member, rates);
    this.#app(row.app, member.app, down);
    this.#database(row.database, member.database, down);
    this.#media(row.media, member.media);
    this.#commands(row, member, status);
  }

  #node(row, member, status) {
    setText(row.name, member.name);
    show(row.role, member.name === status.master);
    show(row.self, member.name === status.node);
    setText(row.node.sub, member.address);
    const { version, uptimeSeconds } = member.process ?? {};
    setText(row.node.note, version && member.state !== 'DOWN'
      ? `${version} · up ${duration(uptimeSeconds * 1000)}` : '');
  }

  #traffic(row, member, rates) {
    const none = member.newsAgeMillis === null;
    setClass(row.traffic.main, `main ${none ? 'none' : ''}`);
    setText(row.rate, none ? '–' : `${rate(rates.now(member))}/s`);
    setText(row.traffic.sub, none ? ''
      : `${count(member.edge.active)} active · ${count(member.edge.requests)} total`);
    setText(row.traffic.note, none ? '' : member.edge.reason ?? '');
    const history = rates.history(member);
    const top = Math.max(1, ...history);
    const points = history.length < SAMPLES_TO_DRAW ? [] : history.map((value, i) =>
      `${((i / (history.length - 1)) * 60).toFixed(1)},${(15 - (value / top) * 14).toFixed(1)}`);
    row.line_.setAttribute('points', points.join(' '));
  }

  #app(cell, app, down) {
    const none = app.url === '';
    setText(cell.main, none ? '–' : app.healthy ? 'works' : down ? 'unreachable' : 'fails');
    setClass(cell.main, `main ${none ? 'none' : app.healthy ? 'good' : 'bad'}`);
    setText(cell.sub, app.url.replace(/http:\/\//g, '').replaceAll(',', ', '));
    setText(cell.note, none ? '' : app.reason);
  }

  #database(cell, database, down) {
    const none = ['', 'none'].includes(database.engine);
    const lag = database.lagMillis;
    const level = lag > LAG_MILLIS_BAD || database.reason ? 'bad' : lag > LAG_MILLIS_WARN ? 'warn' : '';
    setClass(cell.main, `main ${none ? 'none' : down ? '' : level}`);
    const behind = lag > 0 ? `${duration(lag)} behind` : '';
    const late = level !== '' && !database.reason;
    setText(cell.main, none ? '–' : (late ? behind : database.state) || 'in step');
    setText(cell.sub, none ? '' : [late ? database.state : behind, database.engine, database.position]
      .filter(Boolean).join(' · '));
    setText(cell.note, none ? '' : database.reason ?? '');
  }

  #media(cell, media) {
    const none = media.files === 0 && media.pending === 0;
    setText(cell.main, none ? '–' : plural(media.files, 'file'));
    setClass(cell.main, `main ${none ? 'none' : ''}`);
    setText(cell.sub, none ? '' : bytes(media.bytes));
    setText(cell.note, media.pending > 0 ? `${count(media.pending)} to fetch` : '');
  }

  #commands(row, member, status) {
    COMMANDS.forEach((command, i) => {
      show(row.buttons[i], command.offered(member, status));
      row.buttons[i].setAttribute('aria-label', `${command.word} ${member.name}`);
    });
  }
}
