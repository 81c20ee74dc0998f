//! The nearest vectors, by looking at all of them.
//!
//! A scan is as fast as memory is, so it reads a coarse copy of 8 bits per number, a quarter of the whole. How far the
//! copy is from the vector is known, so what cannot be among the nearest is left out for certain, and the rest, mostly
//! less than one in a hundred, is computed in full: the answer is that of the full scan.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::thread;

use pulp::Arch;

use super::dot::{Coarse, CoarseQuery, codes, floats, unit};
use super::{DIMENSIONS, Neighbour, VectorIndex};
use crate::bitmap::Bitmap;

/// How many vectors are kept in one stretch. Nothing is ever copied to grow.
const CHUNK: usize = 1024;
/// Marks a place without a vector.
const NONE: u32 = u32::MAX;
/// From how many vectors on a scan takes a second thread, which costs some tens of microseconds to start.
const SECOND_THREAD: usize = 16_384;
/// When fewer than one in so many is allowed, only those are looked at, in full.
const FEW: usize = 16;
/// What rounding can add up to in products of unit vectors.
const ROUNDING: f32 = 2e-5;

/// Vectors side by side.
#[derive(Debug)]
struct Chunk {
    full: Vec<[f32; DIMENSIONS]>,
    coarse: Vec<[i8; DIMENSIONS]>,
    scales: Vec<f32>,
    errors: Vec<f32>,
    ordinals: Vec<u32>,
}

/// A vector that may be among the nearest.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    at: usize,
    /// The greatest that its cosine can be.
    most: f32,
}

/// A number that can be sorted; never one that is none.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Number(f32);
impl Eq for Number {}
impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Number {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.0.total_cmp(&other.0)
    }
}

/// All vectors, looked through as a whole.
#[derive(Debug)]
pub struct Exact {
    chunks: Vec<Chunk>,
    /// Where the vector of an ordinal is.
    places: Vec<u32>,
    free: Vec<u32>,
    length: usize,
    arch: Arch,
}

impl Default for Exact {
    fn default() -> Self {
        Self { chunks: Vec::new(), places: Vec::new(), free: Vec::new(), length: 0, arch: Arch::new() }
    }
}

impl Exact {
    /// Returns the vector of an ordinal.
    #[must_use]
    pub fn vector(&self, ordinal: u32) -> Option<&[f32; DIMENSIONS]> {
        let place = self.place(ordinal)?;
        self.chunks[place / CHUNK].full.get(place % CHUNK)
    }

    /// Returns the nearest of these ordinals, computed in full.
    #[must_use]
    pub fn nearest_of(&self, query: &[f32], ordinals: impl Iterator<Item = u32>, k: usize) -> Vec<Neighbour> {
        let Some(query) = unit(query) else { return Vec::new() };
        let found = ordinals.filter_map(|ordinal| {
            let cosine = floats(self.arch, &query, self.vector(ordinal)?);
            Some(Neighbour { ordinal, cosine })
        });
        nearest(found.collect(), k)
    }

    /// Finds the nearest without the coarse copy. Only to compare with.
    #[must_use]
    pub fn search_in_full(&self, query: &[f32], allowed: &Bitmap, k: usize) -> Vec<Neighbour> {
        self.nearest_of(query, allowed.iter(), k)
    }

    /// Estimates what it takes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.chunks.len() * CHUNK * (DIMENSIONS * 5 + 12) + self.places.capacity() * 4
    }

    /// Returns all vectors with their ordinals.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u32, &[f32])> {
        let rows = self.chunks.iter().flat_map(|chunk| chunk.ordinals.iter().zip(&chunk.full));
        rows.filter(|(ordinal, _)| **ordinal != NONE).map(|(ordinal, vector)| (*ordinal, vector.as_slice()))
    }

    /// Returns the coarse copies with their ordinals, as they are now.
    pub(super) fn coarse_copy(&self) -> Vec<(u32, [i8; DIMENSIONS], f32)> {
        let rows = self.chunks.iter().flat_map(|chunk| {
            let scales = chunk.coarse.iter().zip(&chunk.scales);
            chunk.ordinals.iter().zip(scales).map(|(&ordinal, (&code, &scale))| (ordinal, code, scale))
        });
        rows.filter(|(ordinal, ..)| *ordinal != NONE).collect()
    }

    fn place(&self, ordinal: u32) -> Option<usize> {
        self.places.get(ordinal as usize).filter(|place| **place != NONE).map(|place| *place as usize)
    }

    fn new_place(&mut self) -> usize {
        if let Some(place) = self.free.pop() {
            return place as usize;
        }
        if self.chunks.last().is_none_or(|chunk| chunk.ordinals.len() == CHUNK) {
            self.chunks.push(Chunk {
                full: Vec::with_capacity(CHUNK),
                coarse: Vec::with_capacity(CHUNK),
                scales: Vec::with_capacity(CHUNK),
                errors: Vec::with_capacity(CHUNK),
                ordinals: Vec::with_capacity(CHUNK),
            });
        }
        let at = self.chunks.len() - 1;
        let chunk = &mut self.chunks[at];
        chunk.full.push([0.0; DIMENSIONS]);
        chunk.coarse.push([0; DIMENSIONS]);
        chunk.scales.push(0.0);
        chunk.errors.push(0.0);
        chunk.ordinals.push(NONE);
        at * CHUNK + chunk.ordinals.len() - 1
    }

    /// Returns what may be among the nearest in some chunks.
    fn candidates(
        &self,
        query: &CoarseQuery,
        allowed: &Bitmap,
        k: usize,
        from: usize,
        to: usize,
    ) -> (Vec<Candidate>, f32) {
        let mut found = Vec::new();
        // The `k` greatest of what cosines are at least: the smallest of these is what a vector has to reach.
        let mut least: BinaryHeap<Reverse<Number>> = BinaryHeap::with_capacity(k + 1);
        let mut bar = f32::NEG_INFINITY;
        let mut products = [0i32; CHUNK];
        for (number, chunk) in self.chunks[from..to].iter().enumerate() {
            codes(self.arch, &query.code, &chunk.coarse, &mut products);
            for (row, product) in products.iter().enumerate().take(chunk.ordinals.len()) {
                #[expect(clippy::cast_precision_loss, reason = "told by `ROUNDING`")]
                let product = *product as f32 * query.scale * chunk.scales[row];
                let slack = query.error + query.length * chunk.errors[row] + ROUNDING;
                if product + slack < bar || !allowed.contains(chunk.ordinals[row]) {
                    continue;
                }
                found.push(Candidate { at: (from + number) * CHUNK + row, most: product + slack });
                least.push(Reverse(Number(product - slack)));
                if least.len() > k {
                    least.pop();
                    bar = least.peek().map_or(bar, |Reverse(Number(least))| *least);
                }
            }
        }
        (found, bar)
    }

    fn scan(&self, query: &CoarseQuery, allowed: &Bitmap, k: usize) -> Vec<Candidate> {
        let half = self.chunks.len() / 2;
        let two = self.length >= SECOND_THREAD && thread::available_parallelism().is_ok_and(|n| n.get() > 1);
        if !two {
            let (found, bar) = self.candidates(query, allowed, k, 0, self.chunks.len());
            return found.into_iter().filter(|candidate| candidate.most >= bar).collect();
        }
        thread::scope(|scope| {
            let other = scope.spawn(|| self.candidates(query, allowed, k, 0, half));
            let (mut found, mut bar) = self.candidates(query, allowed, k, half, self.chunks.len());
            // A thread that did not end well is done over.
            let (more, other_bar) =
                other.join().unwrap_or_else(|_| self.candidates(query, allowed, k, 0, half));
            found.extend(more);
            bar = bar.max(other_bar);
            found.retain(|candidate| candidate.most >= bar);
            found
        })
    }
}

/// Sorts, and keeps the `k` nearest and those as near as the last.
pub(super) fn nearest(mut found: Vec<Neighbour>, k: usize) -> Vec<Neighbour> {
    let order = |a: &Neighbour, b: &Neighbour| b.cosine.total_cmp(&a.cosine).then(a.ordinal.cmp(&b.ordinal));
    if k == 0 {
        return Vec::new();
    }
    if found.len() > k {
        let (_, last, _) = found.select_nth_unstable_by(k - 1, order);
        let bar = last.cosine;
        found.retain(|neighbour| neighbour.cosine >= bar);
    }
    found.sort_unstable_by(order);
    found
}

impl VectorIndex for Exact {
    fn replace(&mut self, ordinal: u32, vector: &[f32]) {
        let Some(vector) = unit(vector) else { return self.remove(ordinal) };
        let place = self.place(ordinal).unwrap_or_else(|| {
            let place = self.new_place();
            if self.places.len() <= ordinal as usize {
                self.places.resize(ordinal as usize + 1, NONE);
            }
            self.places[ordinal as usize] = u32::try_from(place).unwrap_or(NONE);
            self.length += 1;
            place
        });
        let chunk = &mut self.chunks[place / CHUNK];
        let row = place % CHUNK;
        let coarse = Coarse::new(&vector);
        chunk.full[row] = vector;
        chunk.coarse[row] = coarse.code;
        chunk.scales[row] = coarse.scale;
        chunk.errors[row] = coarse.error;
        chunk.ordinals[row] = ordinal;
    }

    fn remove(&mut self, ordinal: u32) {
        let Some(place) = self.place(ordinal) else { return };
        self.chunks[place / CHUNK].ordinals[place % CHUNK] = NONE;
        self.places[ordinal as usize] = NONE;
        self.free.push(u32::try_from(place).unwrap_or(NONE));
        self.length -= 1;
    }

    fn search(&self, query: &[f32], allowed: &Bitmap, k: usize) -> Vec<Neighbour> {
        let Some(query) = unit(query) else { return Vec::new() };
        if k == 0 || allowed.is_empty() {
            return Vec::new();
        }
        if allowed.len() < self.length / FEW {
            return self.nearest_of(&query, allowed.iter(), k);
        }
        let candidates = self.scan(&CoarseQuery::new(&query), allowed, k);
        let ordinals =
            candidates.into_iter().map(|Candidate { at, .. }| self.chunks[at / CHUNK].ordinals[at % CHUNK]);
        self.nearest_of(&query, ordinals, k)
    }

    fn len(&self) -> usize {
        self.length
    }
}
