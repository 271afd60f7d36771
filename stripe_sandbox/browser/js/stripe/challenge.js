// The bank's question: a modal dialog of the page's around a frame from the stand-in's origin.
// Its styles are set one by one, because the page's policy allows no style sheet but its own.
const DIALOG_STYLE = {
  all: "initial",
  position: "fixed",
  inset: "0",
  "box-sizing": "border-box",
  width: "100%",
  height: "100%",
  "max-width": "none",
  "max-height": "none",
  margin: "0",
  padding: "16px",
  overflow: "auto",
  background: "rgb(10 16 30 / 60%)",
  display: "grid",
  "place-items": "safe center",
};
const CARD_STYLE = { position: "relative", width: "100%", "max-width": "400px" };
const CHALLENGE_FRAME_STYLE = {
  border: "0",
  display: "block",
  width: "100%",
  height: "380px",
  "border-radius": "12px",
  "box-shadow": "0 12px 48px rgb(0 0 0 / 35%)",
};
const CLOSE_STYLE = {
  all: "revert",
  position: "absolute",
  "inset-block-start": "12px",
  "inset-inline-end": "12px",
  width: "32px",
  height: "32px",
  padding: "0",
  border: "0",
  "border-radius": "50%",
  background: "transparent",
  font: "20px/1 system-ui, sans-serif",
  cursor: "pointer",
};

function styled(name, style) {
  const node = document.createElement(name);
  for (const [property, value] of Object.entries(style)) node.style.setProperty(property, value);
  return node;
}

// Asks, and gives "complete", "fail" or "abandon" once the person has answered; focus is then where it was.
function challenge(key, intent) {
  const before = document.activeElement;
  const scheme = schemeAround(document.documentElement);
  const host = document.createElement("div");
  const dialog = styled("dialog", DIALOG_STYLE);
  const card = styled("div", CARD_STYLE);
  const frame = styled("iframe", { ...CHALLENGE_FRAME_STYLE, "color-scheme": scheme });
  const close = styled("button", { ...CLOSE_STYLE, "color-scheme": scheme, color: "CanvasText" });

  dialog.setAttribute("aria-label", "Verify your payment method");
  frame.title = "Verification challenge";
  frame.src = framed(`/_sandbox/frames/challenges/${intent.id}`, { scheme, key, client_secret: intent.client_secret });
  close.type = "button";
  close.textContent = "×";
  close.setAttribute("aria-label", "Close");
  card.append(frame, close);
  dialog.append(card);
  // In a tree of its own, so that the page's styles for dialogs and buttons stay out.
  host.attachShadow({ mode: "open" }).append(dialog);
  document.body.append(host);

  return new Promise((resolve) => {
    const channel = new Channel(frame, (type, content) => {
      if (type === "resize") frame.style.setProperty("height", `${Math.ceil(content.height)}px`);
      if (type === "ready") {
        frame.focus();
        channel.post("focus");
      }
      if (type === "outcome") finish(content.outcome);
    });
    const finish = (outcome) => {
      channel.close();
      dialog.close();
      host.remove();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
      resolve(outcome);
    };
    dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      finish("abandon");
    });
    close.addEventListener("click", () => finish("abandon"));
    dialog.showModal();
  });
}
