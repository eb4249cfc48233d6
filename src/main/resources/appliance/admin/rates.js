// Requests a second of each member, from its growing counter and the age of its news.

const KEPT = 60;

export class Rates {
  #samples = new Map();

  /** Takes the counters of one status that came at `now` (milliseconds). */
  add(members, now) {
    for (const member of members) {
      const at = now - (member.newsAgeMillis ?? 0);
      const last = this.#samples.get(member.id) ?? { at, requests: member.edge.requests, rates: [] };
      const seconds = (at - last.at) / 1000;
      if (seconds > 0.4) {
        const grown = member.edge.requests - last.requests; // negative after a restart
        last.rates = [...last.rates, Math.max(0, grown) / seconds].slice(-KEPT);
        last.at = at;
        last.requests = member.edge.requests;
      }
      this.#samples.set(member.id, last);
    }
    for (const id of this.#samples.keys()) {
      if (!members.some((member) => member.id === id)) this.#samples.delete(id);
    }
  }

  history(member) {
    return this.#samples.get(member.id)?.rates ?? [];
  }

  /** The mean of the last three samples: steady enough to read. */
  now(member) {
    if (member.state === 'DOWN') return 0;
    const last = this.history(member).slice(-3);
    return last.length === 0 ? 0 : last.reduce((sum, rate) => sum + rate, 0) / last.length;
  }
}
