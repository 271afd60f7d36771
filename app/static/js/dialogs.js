// A form that opens a dialog of this page instead of going to the page behind it, and the one that closes it again.
// The browser keeps the rest: focus goes in, Escape closes, and focus returns to the button.
document.addEventListener("submit", (event) => {
  const { opens, closes } = event.target.dataset;
  const dialog = opens ? document.getElementById(opens) : closes === undefined ? null : event.target.closest("dialog");
  if (!dialog) return;
  event.preventDefault();
  if (opens) dialog.showModal();
  else dialog.close();
});
