//! The nearest vectors by a graph (HNSW, Malkov and Yashunin 2016): nearly always the right ones, without looking at all.
//!
//! The graph is made by `instant-distance` over the coarse copies, in the background, of what was there when that began.
//! It never changes: vectors that came or changed since are looked at one by one, those that are gone are left out, and
//! when there are many of these the graph is made anew. Filters are applied to the nearest that the graph returns; as
//! these are the nearest of all, those of them that pass are the nearest that pass, if only there are enough. If there
//! are not, all that pass are looked at.

use std::sync::{Arc, Weak};
use std::thread;

use instant_distance::{Builder, Hnsw, Point, Search};
use parking_lot::RwLock;
use pulp::Arch;

use super::dot::{Coarse, coarse, unit};
use super::exact::nearest;
use super::{DIMENSIONS, Exact, Neighbour, VectorIndex};
use crate::bitmap::Bitmap;

/// When a graph is made, and how well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VectorLimits {
    /// Up to so many vectors there is none: looking at all is fast enough.
    pub exact_up_to: usize,
    /// How many of the nearest the graph looks for.
    pub ef_search: usize,
    /// How many it looks for while it is made.
    pub ef_construction: usize,
    /// It is made anew when one in so many vectors came, changed or went since.
    pub rebuild_share: usize,
}

impl Default for VectorLimits {
    fn default() -> Self {
        Self { exact_up_to: 200_000, ef_search: 400, ef_construction: 100, rebuild_share: 10 }
    }
}

/// How the graph stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApproximateStanding {
    /// There are too few vectors for one.
    NotNeeded,
    /// It is being made for the first time; all vectors are looked at meanwhile.
    Building,
    /// It is used.
    Ready,
}

/// A coarse vector in the graph.
#[derive(Debug, Clone)]
struct Place {
    code: [i8; DIMENSIONS],
    scale: f32,
    arch: Arch,
}

impl Point for Place {
    fn distance(&self, other: &Self) -> f32 {
        let product = coarse(self.arch, &self.code, &other.code);
        #[expect(clippy::cast_precision_loss, reason = "coarse already")]
        {
            1.0 - product as f32 * self.scale * other.scale
        }
    }
}

/// A graph as it was made.
struct Graph {
    hnsw: Hnsw<Place>,
    /// By the graph's number: whose vector, and which one of it.
    owners: Vec<(u32, u32)>,
}

/// What a graph is made of.
pub(crate) struct Material {
    vectors: Vec<(u32, [i8; DIMENSIONS], f32)>,
    versions: Vec<u32>,
    limits: VectorLimits,
}

/// The graph, with all vectors beside it.
pub struct Approximate {
    all: Exact,
    graph: Option<Graph>,
    /// How often the vector of an ordinal was replaced or removed.
    versions: Vec<u32>,
    /// What came, changed or went since the graph's material was taken.
    since: Vec<u32>,
    /// How many of `since` the graph that is being made will know; `None` while none is.
    building: Option<usize>,
    limits: VectorLimits,
}

impl std::fmt::Debug for Approximate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Approximate").field("vectors", &self.all.len()).finish_non_exhaustive()
    }
}

impl Approximate {
    /// Makes an empty index.
    #[must_use]
    pub fn new(limits: VectorLimits) -> Self {
        Self {
            all: Exact::default(),
            graph: None,
            versions: Vec::new(),
            since: Vec::new(),
            building: None,
            limits,
        }
    }

    /// Returns all vectors.
    #[must_use]
    pub const fn exact(&self) -> &Exact {
        &self.all
    }

    /// Returns how the graph stands.
    #[must_use]
    pub fn standing(&self) -> ApproximateStanding {
        if self.graph.is_some() {
            ApproximateStanding::Ready
        } else if self.all.len() > self.limits.exact_up_to {
            ApproximateStanding::Building
        } else {
            ApproximateStanding::NotNeeded
        }
    }

    /// Makes the graph now and returns when it is done.
    pub fn build(&mut self) {
        let material = self.material();
        let graph = make(material);
        self.install(graph);
    }

    /// Estimates what it takes of memory.
    #[must_use]
    pub fn bytes(&self) -> usize {
        // A coarse copy, 64 neighbours on the lowest layer, and a little above.
        let graph =
            self.graph.as_ref().map_or(0, |graph| graph.owners.len() * (size_of::<Place>() + 64 * 4 + 24));
        self.all.bytes() + graph + self.versions.capacity() * 4 + self.since.capacity() * 4
    }

    fn wants_graph(&self) -> bool {
        let changed = self.since.len() > self.all.len() / self.limits.rebuild_share.max(1);
        self.building.is_none()
            && self.all.len() > self.limits.exact_up_to
            && (self.graph.is_none() || changed)
    }

    fn material(&mut self) -> Material {
        self.building = Some(self.since.len());
        Material { vectors: self.all.coarse_copy(), versions: self.versions.clone(), limits: self.limits }
    }

    fn install(&mut self, graph: Graph) {
        self.graph = Some(graph);
        let known = self.building.take().unwrap_or_default();
        self.since.drain(..known.min(self.since.len()));
    }

    fn touch(&mut self, ordinal: u32) {
        if self.versions.len() <= ordinal as usize {
            self.versions.resize(ordinal as usize + 1, 0);
        }
        self.versions[ordinal as usize] += 1;
        if self.graph.is_some() || self.building.is_some() {
            self.since.push(ordinal);
        }
    }

    /// Returns what the graph and the changes since give; `None` when that is too little.
    fn by_graph(&self, query: &[f32], allowed: &Bitmap, k: usize) -> Option<Vec<Neighbour>> {
        let graph = self.graph.as_ref()?;
        let passing = self.limits.ef_search * allowed.len() / self.all.len().max(1);
        if k > self.limits.ef_search / 2 || passing < k {
            return None;
        }
        let Coarse { code, scale, .. } = Coarse::new(query);
        let mut search = Search::default();
        let found = graph.hnsw.search(&Place { code, scale, arch: Arch::new() }, &mut search);
        let mut ordinals: Vec<u32> = found
            .filter_map(|item| graph.owners.get(item.pid.into_inner() as usize))
            .filter(|(ordinal, version)| {
                allowed.contains(*ordinal) && self.versions.get(*ordinal as usize) == Some(version)
            })
            .map(|(ordinal, _)| *ordinal)
            .collect();
        if ordinals.len() < k {
            return None;
        }
        ordinals.extend(self.since.iter().copied().filter(|ordinal| allowed.contains(*ordinal)));
        ordinals.sort_unstable();
        ordinals.dedup();
        Some(self.all.nearest_of(query, ordinals.into_iter(), k))
    }
}

impl VectorIndex for Approximate {
    fn replace(&mut self, ordinal: u32, vector: &[f32]) {
        self.all.replace(ordinal, vector);
        self.touch(ordinal);
    }

    fn remove(&mut self, ordinal: u32) {
        self.all.remove(ordinal);
        self.touch(ordinal);
    }

    fn search(&self, query: &[f32], allowed: &Bitmap, k: usize) -> Vec<Neighbour> {
        let Some(query) = unit(query) else { return Vec::new() };
        match self.by_graph(&query, allowed, k) {
            Some(found) => nearest(found, k),
            None => self.all.search(&query, allowed, k),
        }
    }

    fn len(&self) -> usize {
        self.all.len()
    }
}

fn make(material: Material) -> Graph {
    let arch = Arch::new();
    let Material { vectors, versions, limits } = material;
    let ordinals: Vec<u32> = vectors.iter().map(|(ordinal, ..)| *ordinal).collect();
    let places = vectors.into_iter().map(|(_, code, scale)| Place { code, scale, arch }).collect();
    let builder = Builder::default().ef_search(limits.ef_search).ef_construction(limits.ef_construction);
    // The same vectors make the same graph as far as threads allow.
    let (hnsw, numbers) = builder.seed(7).build_hnsw(places);
    let mut owners = vec![(0, 0); ordinals.len()];
    for (ordinal, number) in ordinals.into_iter().zip(numbers) {
        let version = versions.get(ordinal as usize).copied().unwrap_or_default();
        if let Some(owner) = owners.get_mut(number.into_inner() as usize) {
            *owner = (ordinal, version);
        }
    }
    Graph { hnsw, owners }
}

/// Makes the graph in a thread of its own if one is wanted; readers go on meanwhile.
pub(crate) fn build_in_background(index: &Arc<RwLock<Approximate>>) {
    if !index.read().wants_graph() {
        return;
    }
    let material = {
        let mut index = index.write();
        if !index.wants_graph() {
            return;
        }
        index.material()
    };
    let weak: Weak<RwLock<Approximate>> = Arc::downgrade(index);
    let started = thread::Builder::new().name("vector-graph".to_owned()).spawn(move || {
        let graph = make(material);
        if let Some(index) = weak.upgrade() {
            index.write().install(graph);
        }
    });
    if started.is_err() {
        // No thread to be had: looking at all stays right, and the next change tries again.
        index.write().building = None;
    }
}
