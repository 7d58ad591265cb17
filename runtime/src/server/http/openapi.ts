import type { Permission, Route } from '@sluice/shared/protocol/route.ts';
import { problemDetailsSchema, ROUTES } from '@sluice/shared/protocol/http.ts';
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from 'zod-openapi';
import { createDocument } from 'zod-openapi';

/** The OpenAPI document of all routes, made from the schemas that check them. */
export function openApiDocument(version: string) {
  const paths: ZodOpenApiPathsObject = {};
  for (const [name, route] of Object.entries<Route>(ROUTES)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method]: operationOf(name, route) };
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Sluice',
      version,
      description: 'Errors are RFC 9457 problem details. Writes carry the revision that they were made from.',
    },
    paths,
    components: {
      securitySchemes: {
        session: { type: 'apiKey', in: 'cookie', name: 'sluice_session' },
        token: { type: 'http', scheme: 'bearer', description: 'An API token: `sluice_…`' },
      },
    },
  });
}

function operationOf(name: string, route: Route): ZodOpenApiOperationObject {
  const parameters = {
    ...(route.params === undefined ? {} : { path: route.params }),
    ...(route.query === undefined ? {} : { query: route.query }),
  };
  return {
    operationId: name,
    summary: route.summary,
    description: sentenceOf(route.permission),
    security: securityOf(route),
    requestParams: parameters,
    ...(route.body === undefined
      ? {}
      : { requestBody: { required: true, content: { 'application/json': { schema: route.body } } } }),
    responses: {
      '200': { description: 'Done', content: { [mediaTypeOf(route)]: { schema: route.response } } },
      default: {
        description: 'A problem',
        content: { 'application/problem+json': { schema: problemDetailsSchema } },
      },
    },
  };
}

function mediaTypeOf({ isFile }: Route): string {
  return isFile === true ? 'text/*' : 'application/json';
}

function securityOf({ permission, refusesTokens }: Route): Record<string, string[]>[] {
  if (permission === 'public') return [];
  return refusesTokens === true ? [{ session: [] }] : [{ session: [] }, { token: [] }];
}

function sentenceOf(permission: Permission): string {
  if (permission === 'public') return 'For anybody.';
  if (permission === 'signed-in') return 'For everybody who is signed in.';
  if (permission === 'owner') return 'For who owns the server.';
  return `For the role ${permission} and those above it.`;
}
