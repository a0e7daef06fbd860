/** 42 s, 3 min 5 s, 1 h 12 min. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return seconds % 60 ? `${minutes} min ${seconds % 60} s` : `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** 512 B, 34 kB, 1.2 MB, 2.4 GB. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, count)) / 3));
  const value = count / 1000 ** power;
  return `${value < 10 && power > 0 ? value.toFixed(1) : Math.round(value)} ${units[power]!}`;
}

/** Three significant digits, as short as can be: 0.0213, 4.1e-7, 2e5. */
export function loss(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  return size >= 1e-3 && size < 1e4 ? String(Number(value.toPrecision(3))) : value.toExponential(2).replace('e+', 'e');
}

/** A weight as one would write it: 200000 as 2e5, 0.01 as it is. */
export function weight(value: number): string {
  const [plain, exponential] = [String(value), value.toExponential().replace('e+', 'e')];
  return plain.length <= exponential.length + 1 ? plain : exponential;
}

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
];

/** just now, 5 minutes ago, yesterday; a date beyond a week. */
export function since(date: string): string {
  const seconds = (Date.now() - Date.parse(date)) / 1000;
  if (seconds > 7 * 86_400) return new Date(date).toLocaleDateString('en', { dateStyle: 'medium' });
  for (const [unit, size] of STEPS) if (seconds >= size) return relative.format(-Math.floor(seconds / size), unit);
  return 'just now';
}

/** `styleWeight` as "Style weight". */
export function fieldName(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1).replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** `LUMINANCE_TRANSFER` as "Luminance transfer". */
export function valueName(value: string): string {
  if (value === 'LBFGS') return 'L-BFGS';
  return value.charAt(0) + value.slice(1).toLowerCase().replaceAll('_', ' ');
}
