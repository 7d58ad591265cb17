// Runs the import rules. A run that read no module proves nothing, so it fails.
import { cruise } from 'dependency-cruiser';
import configuration from './.dependency-cruiser.js';

const FOLDERS = ['shared/src', 'nodes/src', 'runtime/src', 'editor/src', 'e2e'];
const { output } = await cruise(FOLDERS, {
  ...configuration.options,
  ruleSet: { forbidden: configuration.forbidden },
  validate: true,
});
const { summary } = output;
for (const { rule, from, to } of summary.violations) console.error(`${rule.name}: ${from} imports ${to}`);
if (summary.totalCruised < 100)
  console.error(`Only ${summary.totalCruised} modules were read: the check does not work.`);
console.log(
  `${summary.totalCruised} modules, ${summary.totalDependenciesCruised} imports, ${summary.violations.length} against the rules`,
);
process.exitCode = summary.violations.length > 0 || summary.totalCruised < 100 ? 1 : 0;
