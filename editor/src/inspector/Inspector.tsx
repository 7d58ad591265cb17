/** The right panel: what is selected, to set up, to look at and to try. Reads the stores by `useEditor()`. */
export function Inspector() {
  return null;
}
