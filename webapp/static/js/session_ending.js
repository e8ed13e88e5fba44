// Signing out without a network: the key of this phone goes at once, the session in the system ends as soon as there is a
// line. What is kept for that is the form of the button alone; its token is void once somebody has signed in anew.

const MARK = "dandang-sign-out";
const PATIENCE = 20_000; // milliseconds

export const ENDED = "ended";
export const OFFLINE = "offline";
export const REFUSED = "refused"; // the server has answered with a page of its own

// Ask the server to end the session of a form.
export async function endSession(action, fields) {
  try {
    const answer = await fetch(action, {
      method: "POST",
      body: new URLSearchParams(fields),
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
    return answer.type === "opaqueredirect" ? ENDED : REFUSED;
  } catch (error) {
    console.info("the session was not ended:", error.name);
    return OFFLINE;
  }
}

export function endLater(action, fields) {
  localStorage.setItem(MARK, JSON.stringify({ action, fields }));
}

// End what was to be ended. Null where there is nothing to end; `OFFLINE` where it still has to wait.
export async function endNow() {
  const kept = localStorage.getItem(MARK);
  if (!kept) {
    return null;
  }
  const { action, fields } = JSON.parse(kept);
  const outcome = await endSession(action, fields);
  if (outcome !== OFFLINE) {
    localStorage.removeItem(MARK);
  }
  return outcome;
}
