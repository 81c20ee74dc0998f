//! Why something is among the hits, in a few words.

use groma_api::SearchReason;

/// Returns the reasons, with the figures of the ranking where the answer has them. What is named exactly is named in part as
/// well, which goes without saying.
pub(super) fn told(why: &[SearchReason]) -> String {
    let exact = why.iter().any(|why| matches!(why, SearchReason::Exact { .. }));
    let told = why.iter().filter(|why| !exact || !matches!(why, SearchReason::Fragment { .. }));
    told.map(reason).collect::<Vec<_>>().join("; ")
}

fn reason(why: &SearchReason) -> String {
    match why {
        SearchReason::Exact { field, value } => format!("{field} is {value}"),
        SearchReason::Fragment { field, value } => format!("part of {field} {value}"),
        SearchReason::Words { terms, rank, score } => {
            let figures = figures([
                rank.map(|rank| format!("place {rank}")),
                score.map(|score| format!("BM25 {}", short(score))),
            ]);
            format!("words {}{figures}", terms.join(", "))
        }
        SearchReason::Meaning { rank, cosine } => {
            let figures = figures([
                rank.map(|rank| format!("place {rank}")),
                cosine.map(|cosine| format!("cosine {cosine:.3}")),
            ]);
            format!("meaning{figures}")
        }
    }
}

/// Returns a score with the digits that tell it from another one: where every thing has a word, all are tiny.
fn short(score: f64) -> String {
    if score == 0.0 || score.abs() >= 0.01 { format!("{score:.2}") } else { format!("{score:.1e}") }
}

fn figures(parts: [Option<String>; 2]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests;
