// The hidden frame of the shell's own elements (docs/decisions/0019-parts.md): asks for what they show with the session
// that is here, and tells it to the shell's origins only (frame_channel.js).
import { checkCampaign, followCredit } from "./credit.js";
import { send, when } from "./frame_channel.js";

const RENEW_EVERY = 5 * 60_000;
const { credit } = document.body.dataset;

async function renew({ token }) {
  if (typeof token !== "string") return;
  const body = new URLSearchParams({ token, renew: "1" });
  const answer = await fetch("/auth/shell", { method: "POST", body }).catch(() => null);
  if (answer && !answer.ok && answer.status < 500 && answer.status !== 429) send("session-expired");
}

// Also while the shell's page is left.
async function signOut() {
  for (let tries = 0; tries < 3; tries += 1) {
    const answer = await fetch("/auth/shell", { method: "DELETE", keepalive: true }).catch(() => null);
    if (answer?.ok) break;
  }
  send("signed-out");
}

when("token", renew);
when("sign-out", signOut);
when("campaign-check", (campaign) => checkCampaign(campaign, send));

send("ready");
if (credit) followCredit(credit, send);
else send("problem", { reason: "not_owner" });
setInterval(() => send("renew"), RENEW_EVERY);
