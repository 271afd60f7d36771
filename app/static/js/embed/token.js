// A token for who is signed in to the shell, from the shell's own server; null where there is none, with the status of
// its answer: 0 without one. It is posted into a frame, and never part of an address.
export async function fetchToken(url) {
  let status = 0;
  try {
    if (!url) throw new TypeError("no token-url");
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", cache: "no-store" });
    status = answer.status;
    const { token } = answer.ok ? await answer.json() : {};
    if (typeof token === "string") return { token, status };
  } catch {
    // No connection, or no JSON: as if it had answered without a token.
  }
  return { token: null, status };
}
