//! What a query may do: read the views, and compute.

use std::collections::HashSet;

use groma_database::rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use groma_database::rusqlite::{self, Connection};

use super::unseal;
use super::views::VIEWS;

/// Tables that SQLite makes of a JSON value.
const JSON: [&str; 2] = ["json_each", "json_tree"];

/// Tables that views read. Their rows hold nothing that a view does not show.
const BELOW: [&str; 4] = ["things", "changes", "relations", "slices"];

/// Functions that hand out addresses of code or take code in.
const FOREIGN: [&str; 2] = ["fts3_tokenizer", "load_extension"];

/// The names of everything that is no part of a statement: tables, and modules that make tables up, in lower case.
pub(super) fn taken(connection: &Connection) -> rusqlite::Result<HashSet<String>> {
    let sql = "SELECT lower(name) FROM sqlite_schema UNION SELECT lower(name) FROM pragma_module_list";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Decides about one access. What a view reads is told with the view's name as accessor; so is what a query reads within
/// a part of itself that it gave that name, which is why no other table can be read even so.
pub(super) fn authorize(context: AuthContext<'_>, taken: &HashSet<String>) -> Authorization {
    let inside = context.accessor.is_some_and(is_view);
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        // Rows of which no column is read, as when they are counted, are told by whatever name they have in the
        // statement, and without an accessor where SQLite has put a view into the query that reads it. How many rows
        // the tables below have, views show; how many others have is nobody's to know.
        AuthAction::Read { table_name, column_name: "" } => {
            let name = table_name.to_ascii_lowercase();
            let made_up = ["sqlite_", "pragma_"].iter().any(|start| name.starts_with(start));
            readable(&name) || BELOW.contains(&&*name) || !(made_up || taken.contains(&name))
        }
        AuthAction::Read { table_name, .. } => {
            (inside && BELOW.contains(&table_name)) || readable(table_name)
        }
        AuthAction::Function { function_name } => {
            !FOREIGN.contains(&function_name) && (inside || !unseal::FUNCTIONS.contains(&function_name))
        }
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn readable(name: &str) -> bool {
    is_view(name) || JSON.contains(&name)
}

fn is_view(name: &str) -> bool {
    VIEWS.iter().any(|view| view.name == name)
}
