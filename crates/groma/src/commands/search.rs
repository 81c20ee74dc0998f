//! `groma search`.

mod why;

use clap::Args;
use groma_api::{SearchAnswer, SearchMeaning, SearchQuery};

use crate::commands::resources::{Filters, NOTHING_YET, place};
use crate::context::Context;
use crate::duration::display_ms;
use crate::failure::Failure;
use crate::output::{Format, Sheet, say};

/// Find things by words and meaning, by an id, an address, or a part of a name; best first
///
/// What is named exactly comes first, then what is named in part, then the rest by words and meaning together. Each hit
/// says why it is there.
#[derive(Debug, Args)]
pub(crate) struct Search {
    /// What is looked for: "production postgres database"
    #[arg(required = true, value_name = "TEXT")]
    words: Vec<String>,
    #[command(flatten)]
    filters: Filters,
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Add the figures of the ranking: places among words and meaning, BM25 scores, cosines
    #[arg(long)]
    explain: bool,
}

impl Search {
    pub(crate) async fn run(self, cx: &Context) -> Result<(), Failure> {
        let query = SearchQuery {
            q: Some(self.words.join(" ")),
            explain: self.explain.then_some(true),
            limit: Some(self.limit),
            ..SearchQuery::from(&self.filters)
        };
        let answer = cx.read(async |backend| backend.search(query.clone()).await).await?;
        let out = cx.out();
        if out.format != Format::Table || !answer.hits.is_empty() {
            out.print(&answer, &answer.hits, || sheet(&answer, self.explain))?;
        }
        if out.format == Format::Table {
            self.tell(&answer);
        }
        // As JSON, the answer says so itself.
        if out.format != Format::Json {
            tell_lacks(&answer);
        }
        Ok(())
    }

    /// Says how the hits were found.
    fn tell(&self, answer: &SearchAnswer) {
        for correction in &answer.corrections {
            say(format!("took `{}` for `{}`", correction.typed, correction.taken_for));
        }
        if answer.searched == 0 {
            say(if self.filters.are_none() { NOTHING_YET } else { "no thing passes these filters" });
        } else {
            let found = match answer.hits.len() {
                0 => "nothing found among".to_owned(),
                hits => format!("{hits} of"),
            };
            say(format!(
                "{found} {} things, {}, in {}",
                answer.searched,
                found_by(answer.meaning),
                display_ms(answer.took_ms.ceil() as u64)
            ));
        }
    }
}

/// Says what the answer lacks.
fn tell_lacks(answer: &SearchAnswer) {
    match (&answer.note, answer.meaning) {
        (Some(note), _) => say(note),
        (None, SearchMeaning::Model) if answer.embedded < answer.searched => {
            let (known, all) = (answer.embedded, answer.searched);
            say(format!("the meaning of {known} of {all} things is known so far; words find the others"));
        }
        (None, SearchMeaning::Lexical) => {
            say("the language model is not installed, so meaning is guessed: groma model install");
        }
        (None, SearchMeaning::Warming) => say("the index is being loaded: ask again in a moment"),
        (None, SearchMeaning::Model) => {}
    }
}

const fn found_by(meaning: SearchMeaning) -> &'static str {
    match meaning {
        SearchMeaning::Model => "by words and meaning",
        SearchMeaning::Lexical => "by words and likeness of spelling",
        SearchMeaning::Warming => "by words alone",
    }
}

fn sheet(answer: &SearchAnswer, explains: bool) -> Sheet {
    let mut headings = vec!["name", "kind", "state", "place", "why", "id"];
    if explains {
        headings.push("score");
    }
    let mut sheet = Sheet::new(&headings).spare(&[5, 3, 2]);
    for hit in &answer.hits {
        let resource = &hit.resource;
        let mut row = vec![
            resource.name.clone(),
            resource.kind.clone(),
            resource.state.clone(),
            place(&resource.scope),
            why::told(&hit.why),
            resource.id.to_string(),
        ];
        if explains {
            row.push(hit.score.map_or_else(String::new, |score| format!("{score:.4}")));
        }
        sheet.row(row);
    }
    sheet
}
