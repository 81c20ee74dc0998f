//! Made-up vectors in clusters, for tests and measurements: the same for the same seed.

/// How many numbers a vector has.
const DIMENSIONS: usize = 384;

/// Vectors around some centres, as texts about a few subjects have; synthetic.
#[derive(Debug)]
pub(crate) struct Clusters {
    centres: Vec<Vec<f32>>,
    spread: f32,
}

fn normal(random: &mut fastrand::Rng) -> f32 {
    // The sum of twelve uniform numbers is near enough.
    (0..12).map(|_| random.f32()).sum::<f32>() - 6.0
}

impl Clusters {
    /// Makes some centres.
    pub(crate) fn new(count: usize, spread: f32, random: &mut fastrand::Rng) -> Self {
        let centres = (0..count).map(|_| (0..DIMENSIONS).map(|_| normal(random)).collect()).collect();
        Self { centres, spread }
    }

    /// Makes a unit vector near one of them.
    pub(crate) fn vector(&self, random: &mut fastrand::Rng) -> Vec<f32> {
        let centre = &self.centres[random.usize(..self.centres.len())];
        let vector: Vec<f32> = centre.iter().map(|x| x + normal(random) * self.spread).collect();
        let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
        vector.iter().map(|x| x / length).collect()
    }
}
