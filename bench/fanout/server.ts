/**
 * The real server, which also notes when each step record was published and tells its parent on request. The clock is the
 * machine's monotonic one, which all its processes share.
 */
import { loadConfig } from '../../src/config.js';
import { ProgressHub } from '../../src/progress/hub.js';
import { startServer } from '../../src/server.js';
import { now, type Published, type ServerSample } from './protocol.js';

let published: Published[] = [];
const publishRecord = ProgressHub.prototype.publishRecord;
ProgressHub.prototype.publishRecord = function (...[id, progress, frame]) {
  published.push({ seq: progress.seq, at: now(), elapsedMs: progress.elapsedMs });
  publishRecord.call(this, id, progress, frame);
};

const server = await startServer(loadConfig());
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  const sample: ServerSample = {
    published,
    cpuMs: (user + system) / 1000,
    rssMb: process.memoryUsage.rss() / 2 ** 20,
  };
  published = [];
  process.send!(sample);
});
process.once('disconnect', () => void server.close());
process.send!({ url: server.url });
