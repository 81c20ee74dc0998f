//! Why something is among the hits, in a few words.

use groma_api::SearchReason;

/// Returns the reasons, with the figures of the ranking where the answer has them.
pub(super) fn told(why: &[SearchReason]) -> String {
    why.iter().map(reason).collect::<Vec<_>>().join("; ")
}

fn reason(why: &SearchReason) -> String {
    match why {
        SearchReason::Exact { field, value } => format!("{field} is {value}"),
        SearchReason::Fragment { field, value } => format!("part of {field} {value}"),
        SearchReason::Words { terms, rank, score } => {
            let figures = figures([
                rank.map(|rank| format!("place {rank}")),
                score.map(|score| format!("BM25 {score:.2}")),
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

fn figures(parts: [Option<String>; 2]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}

#[cfg(test)]
mod tests;
