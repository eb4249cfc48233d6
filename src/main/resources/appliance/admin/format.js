// Numbers and times as a tired person reads them.

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const tenths = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });

export const count = (n) => whole.format(n);

export const plural = (n, one, many = `${one}s`) => `${count(n)} ${n === 1 ? one : many}`;

export const rate = (n) => (n < 10 ? tenths : whole).format(n);

export function bytes(n) {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  while (n >= 1000 && unit < units.length - 1) {
    n /= 1000;
    unit += 1;
  }
  return `${(unit === 0 ? whole : tenths).format(n)} ${units[unit]}`;
}

export function duration(millis) {
  if (millis < 1000) return `${count(millis)} ms`;
  const seconds = millis / 1000;
  if (seconds < 60) return `${tenths.format(seconds)} s`;
  if (seconds < 3600) return `${count(Math.floor(seconds / 60))} min`;
  if (seconds < 86400) return `${tenths.format(seconds / 3600)} h`;
  return `${tenths.format(seconds / 86400)} days`;
}
