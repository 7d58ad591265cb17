/** The bottom dock: messages and failures as they come. Reads the stores by `useEditor()`. */
export function Dock() {
  return null;
}
