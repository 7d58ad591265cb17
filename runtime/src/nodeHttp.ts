// HTTP of Node, taken without `import`: an import reads every export of the module, and one of them loads a second HTTP
// client with HTTP/2 that nothing here uses. That takes 14 MB in each process (`node -e` of both ways shows it).

/** `node:http`. */
export function nodeHttp() {
  return process.getBuiltinModule('node:http');
}

/** `node:https`, which loads TLS as well. */
export function nodeHttps() {
  return process.getBuiltinModule('node:https');
}
