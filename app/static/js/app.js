// What every page runs. Each module does one thing and looks for its own elements.
import "./amount.js";
import "./connection.js";
import "./focus.js";
import "./shortcuts.js";
import "./stripe_action.js";
import "./stripe_card.js";
import "./submit.js";

document.documentElement.classList.add("js");
