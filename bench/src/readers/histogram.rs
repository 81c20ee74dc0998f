//! Durations, counted in steps of one part in a thousand: millions of samples cost as much as one.

/// Counts of durations in microseconds.
#[derive(Debug, Default)]
pub(crate) struct Histogram {
    /// By the power of two, then by the ten bits behind the highest one.
    counts: Vec<u64>,
    total: u64,
    max: i64,
}

const BITS: u32 = 10;

impl Histogram {
    /// Counts one duration; one below zero, which a clock that was set may make, counts as zero.
    pub(crate) fn count_one(&mut self, micros: i64) {
        let micros = micros.max(0);
        let index = index(micros.unsigned_abs());
        if self.counts.len() <= index {
            self.counts.resize(index + 1, 0);
        }
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
        self.total += 1;
        self.max = self.max.max(micros);
    }

    pub(crate) fn count(&self) -> u64 {
        self.total
    }

    pub(crate) fn max(&self) -> i64 {
        self.max
    }

    /// Returns the microseconds that this part of all durations stayed within; 0 if there is none.
    pub(crate) fn percentile(&self, part: f64) -> u64 {
        let wanted = (self.total as f64 * part).ceil() as u64;
        let mut seen = 0;
        for (index, count) in self.counts.iter().enumerate() {
            seen += count;
            if seen >= wanted && *count > 0 {
                return value(index);
            }
        }
        0
    }
}

fn index(micros: u64) -> usize {
    let power = (u64::BITS - micros.leading_zeros()).saturating_sub(BITS + 1);
    ((u64::from(power) << BITS) + (micros >> power)) as usize
}

/// Returns the largest duration of a step.
fn value(index: usize) -> u64 {
    let index = index as u64;
    if index < 1 << (BITS + 1) {
        return index;
    }
    let power = (index >> BITS) - 1;
    (((index - (power << BITS)) + 1) << power) - 1
}

#[cfg(test)]
mod tests;
