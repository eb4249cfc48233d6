// Signs in, asks for the status each second, and carries out commands.

import * as api from './api.js';
import { Entrants, named } from './entrants.js';
import { duration } from './format.js';
import { Members } from './members.js';
import { Rates } from './rates.js';
import { confirm, drawOverview, drawWarnings, setClass, setText, show, toast } from './view.js';

const ENDED = 'Your session has ended, or there is a new password. Sign in again.';
const LOOK_AGAIN_MILLIS = 3000;
const POLL_MILLIS = 1000;
const POLL_HIDDEN_MILLIS = 10000;
const POLL_LOST_MILLIS_MAX = 8000;
const LOST_AFTER_MILLIS = 3500;

const byId = (id) => document.getElementById(id);
const rates = new Rates();
const members = new Members(byId('members'), carryOut);
const asking = new Entrants(byId('asking'), byId('askers'), { Approve: approve, Refuse: refuse });
const letIn = new Entrants(byId('let-in'), byId('let-in-nodes'), { 'Take back': takeBack });

let csrf = '';
let status = null;
let statusAt = 0;
let failures = 0;
let timer = 0;

// ---- Signing in and out

async function enter() {
  try {
    csrf = (await api.session()).csrf;
  } catch (failure) {
    if (failure.status === 401) return askPassword();
    setText(byId('login-error'), failure.message);
    show(byId('login'), true);
    timer = setTimeout(enter, 2000);
    return undefined;
  }
  show(byId('login'), false);
  show(byId('console'), true);
  return poll();
}

/** `why` the password is asked for once more; empty at the first time, and for who has signed out. */
function askPassword(why = '') {
  clearTimeout(timer);
  csrf = '';
  status = null;
  show(byId('console'), false);
  show(byId('login'), true);
  setText(byId('login-error'), '');
  byId('password').focus();
  lookAgain(why);
}

/** A node that is in no cluster knows no session: whoever has one goes on with it once the node is back. */
async function lookAgain(why = '') {
  const trouble = await api.health().then(() => '', (failure) => failure.message.replace(/[.]$/, ''));
  setText(byId('login-node'), trouble && `This node: ${trouble}.`);
  const session = await api.session().catch(() => null);
  if (byId('login').hidden) return undefined;
  if (session !== null) return enter();
  if (why && !trouble.startsWith('not in the cluster')) setText(byId('login-error'), why);
  clearTimeout(timer); // of another call that ended meanwhile
  timer = setTimeout(lookAgain, LOOK_AGAIN_MILLIS);
  return undefined;
}

byId('login-form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const button = event.submitter ?? event.target.querySelector('button');
  button.disabled = true;
  setText(byId('login-error'), '');
  try {
    await api.login(byId('password').value);
    byId('password').value = '';
    await enter();
  } catch (failure) {
    const first = failure.message.charAt(0).toUpperCase() + failure.message.slice(1);
    setText(byId('login-error'), first);
    byId('password').select();
  } finally {
    button.disabled = false;
  }
});

/** A session that could not be ended is told: the page would go on with it by itself. */
byId('sign-out').addEventListener('click', async () => {
  try {
    await send('logout');
  } catch (failure) {
    if (failure.status !== 401) return toast(`You are still signed in: ${failure.message}`, 'bad');
  }
  return askPassword();
});

// ---- The status

async function poll() {
  if (!csrf) return undefined; // signed out
  clearTimeout(timer);
  try {
    const news = await api.status();
    if (!csrf) return undefined;
    status = news;
    statusAt = Date.now();
    failures = 0;
    rates.add(status.members, statusAt);
    draw();
  } catch (failure) {
    if (!csrf) return undefined;
    if (failure.status === 401) return askPassword(ENDED);
    failures += 1;
  }
  drawLink();
  const backOff = Math.min(POLL_LOST_MILLIS_MAX, POLL_MILLIS * 2 ** Math.max(0, failures - 1));
  clearTimeout(timer); // of another call that ended meanwhile
  timer = setTimeout(poll, failures > 0 ? backOff : document.hidden ? POLL_HIDDEN_MILLIS : POLL_MILLIS);
  return undefined;
}

function draw() {
  const total = status.members.reduce((sum, member) => sum + rates.now(member), 0);
  drawOverview(status, total);
  drawWarnings(status.warnings);
  members.draw(status, rates);
  asking.draw(status.asking);
  letIn.draw(status.letIn);
}

function drawLink() {
  if (byId('console').hidden) return;
  const age = Date.now() - statusAt;
  const lost = failures > 0 && age > LOST_AFTER_MILLIS;
  setText(byId('link'), lost ? 'connection lost' : failures > 0 ? 'connecting' : 'live');
  setClass(byId('link'), `link ${lost ? 'bad' : failures > 0 ? 'warn' : 'good'}`);
  show(byId('stale'), lost);
  document.body.classList.toggle('stale', lost);
  if (lost) {
    setText(byId('stale'), status === null
      ? 'This node does not answer. Trying again.'
      : `This node does not answer. What you see is ${duration(age - (age % 1000))} old. Trying again.`);
  }
}

setInterval(drawLink, 1000);
document.addEventListener('visibilitychange', () => {
  if (!document.hidden && csrf) poll();
});
addEventListener('online', () => csrf && poll());

// ---- Commands

/** The session may have been renewed in another tab: its token is then fetched once more. */
async function send(name, parameters) {
  try {
    return await api.command(name, csrf, parameters);
  } catch (failure) {
    if (failure.status !== 403) throw failure;
    csrf = (await api.session()).csrf;
    return api.command(name, csrf, parameters);
  }
}

function approve(node) {
  return decide('approve', node, 'Approve', `Let ${node.name} in?`,
    `The node ${named(node)} becomes a member and gets all data of the site.`
      + ` Its log must show this fingerprint: ${node.fingerprint}`,
    `${node.name} is let in and joins by itself.`);
}

function refuse(node) {
  return decide('refuse', node, 'Refuse', `Refuse ${node.name}?`,
    `The node ${named(node)} is told so and ends. It can be approved later.`,
    `${node.name} is refused.`);
}

function takeBack(node) {
  return decide('refuse', node, 'Take back', `Let ${node.name} in no more?`,
    `The node ${node.name} is refused when it comes. It can be approved again.`
      + ` Its key: ${node.fingerprint}`,
    `${node.name} is let in no more.`);
}

/** On a node that is no member, known by its key alone. */
async function decide(command, node, word, question, text, done) {
  if (!await confirm(question, text, '', word)) return undefined;
  try {
    await send(command, { node: node.fingerprint });
    toast(done);
  } catch (failure) {
    if (failure.status === 401) return askPassword(ENDED);
    toast(`${word} ${node.name}: ${failure.message}`, 'bad');
  }
  return poll();
}

async function carryOut(command, member) {
  const [text, danger] = command.text(member, status);
  if (!await confirm(`${command.word}: ${member.name}?`, text, danger, command.word)) return undefined;
  try {
    await send(command.name, { node: member.name });
    toast(command.done(member));
  } catch (failure) {
    if (failure.status === 401) return askPassword(ENDED);
    toast(`${command.word}, ${member.name}: ${failure.message}`, 'bad');
  }
  return poll();
}

enter();
