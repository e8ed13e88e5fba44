// What a log serves besides tasks, by the name that the server gives each kind of row; a kind that serves nothing is left out.
// These are the lists in what was typed and in what the server holds; tasks are called otherwise in the two.

export function boundTo(said) {
  return Object.fromEntries(Object.entries(said).filter(([name, ids]) =>
    Array.isArray(ids) && ids.length > 0 && name !== "tasks" && name !== "assignment_ids"));
}

// The same with each id as a number (for the server) or as a text (for the form).
export function boundAs(type, said) {
  return Object.fromEntries(Object.entries(boundTo(said)).map(([name, ids]) => [name, ids.map(type)]));
}
