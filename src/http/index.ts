export type { Access } from './authentication.js';
export { HttpError } from './errors.js';
export type { FindObstacles } from './health-routes.js';
export { createOriginGuard, type OriginGuard } from './origin-guard.js';
export type { FindPreview, FoundPreview } from './preview-routes.js';
export { createApp, listen, type AppDependencies } from './server.js';
