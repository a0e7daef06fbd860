/**
 * The real server. It also records when each step record was published, and sends the records to its parent on request.
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
