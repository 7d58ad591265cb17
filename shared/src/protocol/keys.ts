import * as z from 'zod';
import { routesOf } from './route.ts';

// The keys that secrets are sealed with.

export const KEY_ROUTES = routesOf({
  rotateKeys: {
    method: 'post',
    path: '/api/secrets/rotate',
    permission: 'owner',
    summary: 'Make new keys for all workspaces and seal every secret anew, while all goes on',
    response: z.object({ workspaces: z.number(), secrets: z.number() }),
  },
});
