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

export default defineConfig({
  plugins: [englishOnly(), react(), tailwindcss()],
  build: {
    target: ['chrome123', 'firefox121', 'safari17.5'],
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
