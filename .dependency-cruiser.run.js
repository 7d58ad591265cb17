// Runs the import rules. A run that did not read the modules, or that passed over the libraries that rules are about,
// proves nothing, so it fails.
import { cruise } from 'dependency-cruiser';
import configuration from './.dependency-cruiser.js';

const FOLDERS = ['shared/src', 'nodes/src', 'runtime/src', 'editor/src', 'e2e'];
const FEWEST_MODULES = 100;
/** Libraries that rules keep in their place, all of them in use: the run must have met each. */
const RULED = ['@influxdata', '@xyflow', 'croner', 'isolated-vm', 'mqtt', 'nodemailer', 're2js', 'zod'];

const { output } = await cruise(FOLDERS, {
  ...configuration.options,
  ruleSet: { forbidden: configuration.forbidden },
  validate: true,
});
const { summary, modules } = output;
const unmet = RULED.filter(
  (name) => !modules.some(({ source }) => source.startsWith(`node_modules/${name}/`)),
);
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} imports ${to}`);
if (summary.totalCruised < FEWEST_MODULES)
  console.error(`Only ${summary.totalCruised} modules were read: the check does not work.`);
if (unmet.length > 0) console.error(`Imports of ${unmet.join(', ')} were not seen: the check does not work.`);
console.log(
  `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} against the rules`,
);
const isProof = summary.totalCruised >= FEWEST_MODULES && unmet.length === 0;
process.exitCode = isProof && summary.violations.length === 0 ? 0 : 1;
