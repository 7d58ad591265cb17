// Loads what the server and a runner consist of, and ends: Node keeps their compiled code for when they start.
import { writeFileSync } from 'node:fs';
import { keepCompiledCode, WARMED } from './compileCache.js';

keepCompiledCode();
await import('./src/main.ts');
await import('./src/commands/cli.ts');
await import('./src/commands/terminal.ts');
await import('./src/commands/start.ts');
await import('./src/demo/demoFlows.ts');
await import('./src/demo/startDemo.ts');
await import('./src/runner/main.ts');
writeFileSync(WARMED, '');
