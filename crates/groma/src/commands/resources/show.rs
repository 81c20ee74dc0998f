//! `groma resources show`.

mod fields;

use clap::Args;
use groma_api::{Direction, Relation, RelationList};
use serde_json::json;

use super::name::ThingName;
use crate::context::Context;
use crate::failure::Failure;
use crate::output::{Format, Sheet, say, text_line};

/// Show one thing with everything that is known of it, and what it belongs together with
#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Its id or alias; or its name or address, if nothing else is called so
    #[arg(value_name = "ID")]
    thing: ThingName,
}

impl Show {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let (resource, relations) = cx
            .read(async |backend| {
                let resource = self.thing.find(&*backend).await?;
                let relations = backend.resource_relations(resource.id.to_string()).await?;
                Ok((resource, relations))
            })
            .await?;
        let out = cx.out();
        if out.format != Format::Table {
            let document = json!({"resource": resource, "relations": relations.relations});
            return out.print_one(&document, || fields::of(&resource));
        }
        out.print_one(&resource, || fields::of(&resource))?;
        if relations.relations.is_empty() {
            return Ok(());
        }
        text_line("")?;
        out.print(&relations, &relations.relations, || sheet(&relations))?;
        let (shown, total) = (relations.relations.len() as u64, relations.total);
        if shown < total {
            say(format!("{shown} of {total} relations"));
        }
        Ok(())
    }
}

fn sheet(list: &RelationList) -> Sheet {
    let mut sheet = Sheet::new(&["relation", "kind", "name", "state", "id"]).grouped(1);
    for relation in &list.relations {
        let [kind, name, state] = match &relation.resource {
            Some(other) => [other.kind.clone(), other.name.clone(), other.state.clone()],
            None => [String::new(), "not in the inventory".to_owned(), String::new()],
        };
        sheet.row(vec![told(relation), kind, name, state, relation.id.to_string()]);
    }
    sheet
}

/// Returns the relation as it reads from the thing that is shown: `part_of` leads away from it, `← part_of` to it.
fn told(relation: &Relation) -> String {
    match relation.direction {
        Direction::Out => relation.kind.clone(),
        Direction::In => format!("← {}", relation.kind),
    }
}
