import tailwindcss from '@tailwindcss/vite';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** Where `npm run dev` finds the server, which answers the API and the live socket. */
const SERVER = 'http://127.0.0.1:4000';

const OTHER_LANGUAGES =
  /\/node_modules\/react-(?:aria|stately|aria-components)\/dist\/.*\/intl\/.*\/(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/;

/**
 * Leaves out what react-aria says to screen readers in other languages: the page is in English, and words of two
 * languages on one page are read out wrong. Its dictionaries take an absent language for "use English".
 */
function englishOnly(): Plugin {
  return {
    name: 'english-only',
    enforce: 'pre',
    load: (id) => (OTHER_LANGUAGES.test(id) ? 'export default undefined;' : null),
  };
}

const SCHEMAS_OF_ZOD = /\/node_modules\/zod\/v4\/classic\/schemas\.js$/;

/**
 * Leaves out how Zod turns a schema into a JSON schema, which nothing in the browser does: each kind of schema carries
 * it along, so that no bundler can tell.
 */
function noJsonSchema(): Plugin {
  return {
    name: 'no-json-schema',
    enforce: 'pre',
    transform(code, id) {
      if (!SCHEMAS_OF_ZOD.test(id)) return null;
      return code
        .replaceAll(/^\s*inst\._zod\.processJSONSchema = .*;$/gm, '')
        .replaceAll(/create(?:ToJSONSchema|StandardJSONSchema)Method\((?=this|inst)/g, 'noJsonSchema(')
        .concat(
          'function noJsonSchema() { return () => { throw new Error("The editor has no JSON schemas."); }; }\n',
        );
    },
  };
}

const CORE_OF_ZOD = /\/node_modules\/zod\/v4\/core\/core\.js$/;

/**
 * Has Zod make no code from texts. It would try once whether it may, which the page's security policy refuses and
 * reports as a violation; and it has to be told before the first schema is made.
 */
function noCodeOfTexts(): Plugin {
  return {
    name: 'no-code-of-texts',
    enforce: 'pre',
    transform: (code, id) => (CORE_OF_ZOD.test(id) ? `${code}\nglobalConfig.jitless = true;\n` : null),
  };
}

export default defineConfig({
  plugins: [englishOnly(), noJsonSchema(), noCodeOfTexts(), react(), tailwindcss()],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
    modulePreload: { polyfill: false },
    // The page's security policy allows files of our own only, so nothing is turned into a data: address.
    assetsInlineLimit: 0,
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/socket.io': { target: SERVER, ws: true },
    },
  },
});
