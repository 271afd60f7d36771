// Runs on every page. Each module does one thing and finds its own elements; the pages work without any of them.
import "./amount.js";
import "./browser_signals.js";
import "./confirm.js";
import "./connection.js";
import "./dialogs.js";
import "./focus.js";
import "./history.js";
import "./new_card.js";
import "./new_tab.js";
import "./palette.js";
import "./refused.js";
import "./rows.js";
import "./shortcuts.js";
import "./show_password.js";
import "./stripe_action.js";
import "./stripe_card.js";
import "./submit.js";
