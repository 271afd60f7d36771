// The billing screen: the address bar and the title follow the frame.
const billing = document.querySelector("voice-portal-billing");

billing.addEventListener("voice-portal-billing:navigate", ({ detail: { path, title } }) => {
  setTimeout(() => {
    document.title = title;
    // Going to a page in the frame already made an entry in the history; this names it.
    if (path !== location.pathname + location.search + location.hash) history.replaceState(null, "", path);
  });
});
