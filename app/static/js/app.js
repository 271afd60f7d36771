// Runs on every page. Each module does one thing and finds its own elements; the pages work without any of them.
// What is imported here comes in one file (app/web/joined_modules.py); what only some pages need, on_need.js loads.
import "./trusted_types.js";
import "./connection.js";
import "./dialogs.js";
import "./focus.js";
import "./history.js";
import "./new_tab.js";
import "./on_need.js";
import "./refused.js";
import "./rows.js";
import "./shortcuts.js";
import "./submit.js";
