//! What can be asked, as the help of the command has it.

use groma_app::{VIEWS, View};

const EXAMPLES: &str = "\
Examples:
  groma query \"select kind, count(*) from resources group by kind\"
  groma query \"select name from resources where state = 'up' and last_seen < '2026-11-01'\"
  groma query \"select name, tags ->> '$.env' as env from resources order by name\"
  groma query \"select r.name, h.at, h.path, h.after from history h join all_resources r using (id) order by h.at desc\"";

/// Returns the views with their columns, and examples.
pub(super) fn told() -> String {
    let views: String = VIEWS.iter().map(view).collect();
    format!("Views:\n{views}\n{EXAMPLES}")
}

fn view(view: &View) -> String {
    let width = view.columns.iter().map(|(name, _)| name.len()).max().unwrap_or(0);
    let columns = view.columns.iter().map(|(name, holds)| format!("      {name:<width$}  {holds}\n"));
    format!("  {}: each row is {}\n{}", view.name, view.about, columns.collect::<String>())
}
