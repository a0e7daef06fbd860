/** `npm run torture -- NAME [--minutes N]`: does harm to real servers and reports what did not hold. */
import { parseArgs } from 'node:util';
import { clients } from './clients.js';
import { database } from './database.js';
import { disk } from './disk.js';
import { engine } from './engine.js';
import { images } from './images.js';
import { kills } from './kills.js';
import { Report } from './report.js';
import { soak } from './soak.js';

const TORTURES: Readonly<Record<string, (report: Report, minutes: number) => Promise<void>>> = {
  kills,
  engine,
  disk,
  database,
  clients,
  images,
  soak,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { minutes: { type: 'string', default: '1' } },
});
const minutes = Number(values.minutes);
const names = positionals.length > 0 ? positionals : Object.keys(TORTURES);
const unknown = names.filter((name) => !(name in TORTURES));
if (unknown.length > 0 || !(minutes > 0)) {
  console.error(`usage: npm run torture -- [${Object.keys(TORTURES).join('|')}] [--minutes N]`);
  process.exit(2);
}
const report = new Report();
for (const name of names) {
  console.log(`${name}, ${minutes} minutes`);
  await TORTURES[name]!(report, minutes);
}
console.log(`\n${report}\n`);
console.log(report.violationCount === 0 ? 'everything held' : `${report.violationCount} violations`);
process.exitCode = report.violationCount === 0 ? 0 : 1;
