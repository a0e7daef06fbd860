import { Router } from 'express';

/** What keeps the server from taking work at the moment, in words; empty when nothing does. */
export type FindObstacles = () => Promise<readonly string[]>;

/** `GET /livez`: the process answers. `GET /readyz`: it can take work; 503 with the reasons where it cannot. */
export function healthRoutes(findObstacles: FindObstacles): Router {
  const router = Router();
  router.use(['/livez', '/readyz'], (_request, response, next) => {
    response.set('Cache-Control', 'no-store');
    next();
  });
  router.get('/livez', (_request, response) => {
    response.json({ status: 'alive' });
  });
  router.get('/readyz', async (_request, response) => {
    const obstacles = await findObstacles();
    if (obstacles.length === 0) response.json({ status: 'ready' });
    else response.status(503).json({ status: 'not ready', obstacles });
  });
  return router;
}
