// What every page runs. Each module does one thing and looks for its own elements; without any of them the pages work.
import "./amount.js";
import "./browser_signals.js";
import "./connection.js";
import "./dialogs.js";
import "./focus.js";
import "./history.js";
import "./new_card.js";
import "./new_tab.js";
import "./refused.js";
import "./shortcuts.js";
import "./stripe_action.js";
import "./stripe_card.js";
import "./submit.js";
