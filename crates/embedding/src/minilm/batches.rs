//! Which texts go through the model together.

/// Texts that go through the model together, padded to the longest.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Batch {
    /// Their places among all texts.
    pub(super) texts: Vec<usize>,
    /// Tokens of the longest.
    pub(super) tokens: usize,
}

/// Padding included. As many as keep two threads busy and what they compute in the processor's cache.
const TOKENS_MAX: usize = 384;
/// At most this part of a batch is padding: 1/8.
const PADDING_PART: usize = 8;

/// Puts texts of similar lengths together.
pub(super) fn batches(lengths: &[usize]) -> Vec<Batch> {
    let mut order: Vec<(usize, usize)> = lengths.iter().copied().enumerate().collect();
    order.sort_by_key(|(at, length)| (std::cmp::Reverse(*length), *at));
    let mut batches: Vec<Batch> = Vec::new();
    let mut real = 0;
    for (at, length) in order {
        if let Some(batch) = batches.last_mut() {
            let tokens = (batch.texts.len() + 1) * batch.tokens;
            let padding = tokens - real - length;
            if tokens <= TOKENS_MAX && padding * PADDING_PART <= tokens {
                batch.texts.push(at);
                real += length;
                continue;
            }
        }
        batches.push(Batch { texts: vec![at], tokens: length });
        real = length;
    }
    batches
}

#[cfg(test)]
mod tests;
