//! A set of ordinals.

/// Which documents a filter lets pass: one bit per ordinal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bitmap {
    words: Vec<u64>,
    ones: usize,
}

impl Bitmap {
    /// Makes an empty set with room for ordinals below `size`.
    #[must_use]
    pub fn new(size: usize) -> Self {
        Self { words: vec![0; size.div_ceil(64)], ones: 0 }
    }

    /// Puts an ordinal in.
    pub fn insert(&mut self, ordinal: u32) {
        let at = ordinal as usize / 64;
        if at >= self.words.len() {
            self.words.resize(at + 1, 0);
        }
        let bit = 1 << (ordinal % 64);
        if self.words[at] & bit == 0 {
            self.words[at] |= bit;
            self.ones += 1;
        }
    }

    /// Tells whether an ordinal is in.
    #[must_use]
    #[inline]
    pub fn contains(&self, ordinal: u32) -> bool {
        self.words.get(ordinal as usize / 64).is_some_and(|word| word >> (ordinal % 64) & 1 == 1)
    }

    /// Returns how many are in.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.ones
    }

    /// Tells whether none is in.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.ones == 0
    }

    /// Returns those that are in, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.words.iter().enumerate().flat_map(|(at, &word)| {
            let mut rest = word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros())?;
                rest &= rest - 1;
                u32::try_from(at * 64).ok().map(|base| base + bit)
            })
        })
    }
}
