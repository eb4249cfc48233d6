// What can be done with a member: when it is offered, in which words, and what comes of it.

const SERVES_NOTHING = ['DRAINED', 'DOWN', 'WITNESS'];

function drainText(member, status) {
  const others = status.members.filter((m) => m.state === 'ACTIVE' && m.id !== member.id);
  const running = member.edge.active === 1 ? 'the one request' : `the ${member.edge.active} requests`;
  const text = `It gets no new requests and finishes ${member.edge.active > 0 ? running : 'those'} it has.`
    + ' When it shows "drained" it is safe to switch off.';
  if (others.length === 0) {
    return [text, 'No other member is active: the site will answer nobody.'];
  }
  const names = others.map((m) => m.name).join(', ');
  return [`${text} ${names} ${others.length === 1 ? 'carries' : 'carry'} the traffic meanwhile.`, ''];
}

const replicaHasStopped = (member) => !['', 'none'].includes(member.database.engine)
  && member.database.state.toUpperCase() === 'STOPPED';

/** In the order of their buttons; `text` returns what happens, and what of it cannot be undone. */
export const COMMANDS = [
  {
    name: 'drain',
    word: 'Drain',
    offered: (member) => ['ACTIVE', 'JOINING'].includes(member.state),
    text: drainText,
    done: (member) => `${member.name} is leaving the rotation.`,
  },
  {
    name: 'resume',
    word: 'Resume',
    offered: (member) => ['DRAINING', 'DRAINED'].includes(member.state),
    text: () => ['It gets its share of the requests again at once.', ''],
    done: (member) => `${member.name} is back.`,
  },
  {
    name: 'handover',
    word: 'Make master',
    offered: (member, status) => member.state === 'ACTIVE' && status.master !== null
      && member.name !== status.master,
    text: (member, status) => [
      `Writes wait for a moment while ${member.name} takes over from ${status.master}; none is lost.`, ''],
    done: (member) => `${member.name} becomes master.`,
  },
  {
    name: 'remove',
    word: 'Remove',
    offered: (member) => SERVES_NOTHING.includes(member.state),
    text: () => ['It loses its vote and its key, and there is a new join secret.',
      'It comes back only as a new node, after "appliance new-identity" and with the new secret.'],
    done: (member) => `${member.name} is removed.`,
  },
  {
    name: 'replica/rebuild',
    word: 'Rebuild replica',
    // The others' replicas are rebuilt by their own pages: this is a command to the node itself.
    offered: (member, status) => member.name === status.node && replicaHasStopped(member),
    text: () => ['The database is copied again; until the copy is complete, readers keep the old one.', ''],
    done: () => 'The database is copied again.',
  },
];
