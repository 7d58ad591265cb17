/** From the most to the least particular: most browsers say that they are others as well. */
const BROWSERS: readonly (readonly [RegExp, string])[] = [
  [/\bEdgi?A?(iOS)?\//, 'Edge'],
  [/\bOPR\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(HeadlessChrome|Chrome|CriOS|Chromium)\//, 'Chrome'],
  [/\bVersion\/[\d.]+ .*Safari\//, 'Safari'],
];

const SYSTEMS: readonly (readonly [RegExp, string])[] = [
  [/\bAndroid\b/, 'Android'],
  [/\biPhone\b/, 'an iPhone'],
  [/\biPad\b/, 'an iPad'],
  [/\bWindows\b/, 'Windows'],
  [/\bMac OS X\b/, 'macOS'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bLinux\b/, 'Linux'],
];

/** A browser in words, by what it says of itself (`User-Agent`): `Firefox on Windows`. */
export function browserWords(agent: string): string {
  const browser = found(BROWSERS, agent) ?? /^[\w-]{1,40}/.exec(agent)?.[0] ?? 'An unknown browser';
  const system = found(SYSTEMS, agent);
  return system === undefined ? browser : `${browser} on ${system}`;
}

function found(list: typeof BROWSERS, agent: string): string | undefined {
  return list.find(([pattern]) => pattern.test(agent))?.[1];
}
