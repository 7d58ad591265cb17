import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** The sources of the libraries that go into an isolate, each as a script whose value is the library. */
export interface Libraries {
  readonly jsonata: string;
  readonly re2: string;
  readonly mustache: string;
}

const require = createRequire(import.meta.url);

export function readLibraries(): Libraries {
  const jsonata = readFileSync(require.resolve('jsonata'), 'utf8');
  const re2 = readFileSync(join(dirname(require.resolve('re2js')), 'index.umd.js'), 'utf8');
  const mustache = readFileSync(
    join(dirname(require.resolve('mustache/package.json')), 'mustache.js'),
    'utf8',
  );
  return {
    jsonata: asScript(makeSynchronous(jsonata), 'module.exports'),
    re2: asScript(re2, 'module.exports.RE2JS'),
    mustache: asScript(mustache, 'module.exports'),
  };
}

function asScript(source: string, value: string): string {
  return `(() => { const module = { exports: {} }; let exports = module.exports;\n${source}\n;return ${value}; })()`;
}

/**
 * JSONata with its `async` and `await` taken out. They are there for functions of the host, of which there are none
 * here; without them an evaluation is one synchronous call, so that the isolate's own time limit ends it (EN13), and it
 * takes half the time.
 */
function makeSynchronous(source: string): string {
  const result = source
    .replaceAll(/\basync (?=function|\()/g, '')
    .replaceAll(/\bawait /g, '')
    .replaceAll('Promise.all(', '(');
  const left = /\b(?:await|Promise)\b|\basync (?:function|\()/.exec(result);
  if (left !== null)
    throw new Error(`This version of JSONata cannot be made synchronous: “${left[0]}” is left.`);
  return result;
}
