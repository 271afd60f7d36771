// "Confirm it's you", for people whom only the shell signs in: it asks them, and gives a token that says so. Then what they
// pressed is sent, and the server says whether it was enough.
import { send, shellIsThere } from "./frame_channel.js";

let asks = null;
let isSending = false;

document.addEventListener(
  "submit",
  (event) => {
    const button = event.target.querySelector("[data-confirm-in-shell]");
    if (!button || isSending || !shellIsThere()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asks = button;
    send("confirm");
  },
  true,
);

document.addEventListener("shell:asked", () => {
  if (!asks?.isConnected) return;
  isSending = true;
  asks.form.requestSubmit(asks);
  isSending = false;
  asks = null;
});
