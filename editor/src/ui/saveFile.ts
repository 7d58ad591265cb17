/** Has the browser save a JSON text as a file of this name. A long text comes in pieces. */
export function saveJsonFile(name: string, pieces: readonly string[]): void {
  saveBlob(name, new Blob([...pieces], { type: 'application/json' }));
}

/** Has the browser save a plain text as a file of this name. */
export function saveTextFile(name: string, text: string): void {
  saveBlob(name, new Blob([text], { type: 'text/plain' }));
}

function saveBlob(name: string, blob: Blob): void {
  const address = URL.createObjectURL(blob);
  saveFrom(address, name);
  URL.revokeObjectURL(address);
}

/** Has the browser save what an address of this server gives; the server names the file where it does. */
export function saveFrom(address: string, name = ''): void {
  const anchor = document.createElement('a');
  anchor.href = address;
  anchor.download = name;
  anchor.click();
}
