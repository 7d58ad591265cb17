/** What is wrong with the whole form, above its button. */
export function FormProblem({ sentence }: { readonly sentence: string | undefined }) {
  if (sentence === undefined) return null;
  return (
    <p role="alert" className="rounded-md bg-danger-soft px-3 py-2 text-operator text-danger">
      {sentence}
    </p>
  );
}
