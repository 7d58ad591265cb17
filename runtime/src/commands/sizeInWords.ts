/** Bytes as a person reads them: `1.5 GB`, `20 MB`, `3 kB`. */
export function sizeInWords(bytes: number): string {
  if (bytes < 1_000_000) return `${Math.ceil(bytes / 1_000)} kB`;
  const megabytes = bytes / 1_000_000;
  return megabytes < 1_000 ? `${Math.ceil(megabytes)} MB` : `${Math.round(megabytes / 100) / 10} GB`;
}
