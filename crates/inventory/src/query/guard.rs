//! What a query may do: read the views, and compute.

use groma_database::rusqlite::hooks::{AuthAction, AuthContext, Authorization};

use super::unseal;
use super::views::VIEWS;

/// Tables that SQLite makes of a JSON value.
const JSON: [&str; 2] = ["json_each", "json_tree"];

/// Tables that views read. Their rows hold nothing that a view does not show.
const BELOW: [&str; 4] = ["things", "changes", "relations", "slices"];

/// Decides about one access. What a view reads is told with the view's name as accessor; so is what a query reads within
/// a part of itself that it gave that name, which is why no other table can be read even so.
pub(super) fn authorize(context: AuthContext<'_>) -> Authorization {
    let inside = context.accessor.is_some_and(is_view);
    let allowed = match context.action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, .. } => {
            (inside && BELOW.contains(&table_name)) || is_view(table_name) || JSON.contains(&table_name)
        }
        AuthAction::Function { function_name } => inside || !unseal::FUNCTIONS.contains(&function_name),
        _ => false,
    };
    if allowed { Authorization::Allow } else { Authorization::Deny }
}

fn is_view(name: &str) -> bool {
    VIEWS.iter().any(|view| view.name == name)
}
