export { createApp, listen, type AppDependencies } from './app.js';
export { createCheckOrigin, type CheckOrigin } from './check-origin.js';
export { HttpError } from './errors.js';
