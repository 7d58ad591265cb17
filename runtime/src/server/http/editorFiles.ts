import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { RequestHandler } from 'express';
import express, { Router } from 'express';

const YEAR_MS = 365 * 24 * 3_600_000;

/**
 * The built editor. Files with a hash in their name are kept by browsers for good; every other path that asks for a
 * page gets the editor's one page, which finds its way by the address.
 */
export function editorFiles(folder: string): RequestHandler {
  const router = Router();
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: YEAR_MS, index: false }),
  );
  router.use(express.static(folder, { index: false, maxAge: 0 }));
  router.get(/^\/(?!api\/|in\/|metrics$|socket\.io\/|assets\/)/, (request, response, next) => {
    const page = join(folder, 'index.html');
    if (request.accepts('html') === false || !existsSync(page)) {
      next();
      return;
    }
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile('index.html', { root: folder });
  });
  return router;
}
