// In the shell's frame: says that the page is there, and then where it is and how high, or what is wrong.
import { checkCampaign, followCredit } from "./credit.js";
import "./frame_confirm.js";
import { send, shellIsThere, when } from "./frame_channel.js";
import "./frame_escape.js";
import "./frame_links.js";
import { tellHeight, tellWhere } from "./frame_place.js";
import "./frame_print.js";
import { tellProblem } from "./frame_session.js";
import { theme } from "./frame_theme.js";
import { heedView } from "./view.js";

when("theme", ({ tokens }) => {
  theme(tokens);
  // The shell shows the frame once it is as it stays.
  tellHeight();
});

when("view", heedView(send));
when("campaign-check", (campaign) => checkCampaign(campaign, send));

document.addEventListener("submit", (event) => {
  const path = event.target.dataset.openInWindow;
  if (!path || !shellIsThere()) return;
  event.preventDefault();
  send("open-in-window", { path });
});

send("ready");
if (document.querySelector("[data-open-in-window]")) send("problem", { reason: "cookies_blocked" });
const { credit } = document.body.dataset;
if (!tellProblem()) {
  tellWhere();
  if (credit) followCredit(credit, send);
}
