//! A seeded random order that a later version of the program repeats exactly.

/// The next number of the SplitMix64 sequence; written out here because resuming a scan depends on it for ever.
const fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// Puts the items into the order that the seed stands for.
pub(crate) fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed;
    for at in (1..items.len()).rev() {
        // The bias of a 64-bit remainder is far below anything that matters to an order of probes.
        let other = (next(&mut state) % (at as u64 + 1)) as usize;
        items.swap(at, other);
    }
}

/// Returns a seed of its own for part `number` of what `seed` stands for.
pub(crate) const fn derive(seed: u64, number: u64) -> u64 {
    let mut state = seed ^ number.wrapping_mul(0xd6e8_feb8_6659_fd93);
    next(&mut state)
}

#[cfg(test)]
mod tests;
