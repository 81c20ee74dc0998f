//! Products of vectors, written so that the compiler makes vector instructions of them where `pulp` finds that the
//! processor has them.

use pulp::{Arch, Simd, WithSimd};

use super::DIMENSIONS;

/// Numbers that are added up side by side.
const LANES: usize = 32;

/// A vector of so many numbers as all have.
type Full = [f32; DIMENSIONS];
type Code = [i8; DIMENSIONS];

/// The product of two vectors. Structs in place of closures: only what is inlined whole gets vector instructions.
struct Floats<'a>(&'a Full, &'a Full);

impl WithSimd for Floats<'_> {
    type Output = f32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> f32 {
        let mut sums = [0.0f32; LANES];
        for (a, b) in self.0.as_chunks::<LANES>().0.iter().zip(self.1.as_chunks::<LANES>().0) {
            for lane in 0..LANES {
                sums[lane] += a[lane] * b[lane];
            }
        }
        sums.iter().sum()
    }
}

/// Returns the product of two vectors.
#[inline]
pub(super) fn floats(arch: Arch, a: &Full, b: &Full) -> f32 {
    arch.dispatch(Floats(a, b))
}

/// Products of one coarse query and many coarse vectors.
struct Codes<'a>(&'a [i16; DIMENSIONS], &'a [Code], &'a mut [i32]);

impl WithSimd for Codes<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        let Self(query, codes, out) = self;
        for (out, code) in out.iter_mut().zip(codes) {
            let mut sum = 0i32;
            for at in 0..DIMENSIONS {
                // It cannot overflow; being told so, the compiler needs no checks that keep it from vector instructions.
                sum = sum.wrapping_add(i32::from(query[at]).wrapping_mul(i32::from(code[at])));
            }
            *out = sum;
        }
    }
}

/// Writes the products of a coarse query and coarse vectors.
#[inline]
pub(super) fn codes(arch: Arch, query: &[i16; DIMENSIONS], codes: &[Code], out: &mut [i32]) {
    arch.dispatch(Codes(query, codes, out));
}

/// The product of two coarse vectors.
struct Coarses<'a>(&'a Code, &'a Code);

impl WithSimd for Coarses<'_> {
    type Output = i32;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> i32 {
        let mut sum = 0i32;
        for at in 0..DIMENSIONS {
            sum = sum.wrapping_add(i32::from(self.0[at]).wrapping_mul(i32::from(self.1[at])));
        }
        sum
    }
}

/// Returns the product of two coarse vectors.
#[inline]
pub(super) fn coarse(arch: Arch, a: &Code, b: &Code) -> i32 {
    arch.dispatch(Coarses(a, b))
}

/// A vector of 8-bit numbers, and how far it is from the one it stands for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Coarse {
    pub(super) code: [i8; DIMENSIONS],
    pub(super) scale: f32,
    /// The length of the difference.
    pub(super) error: f32,
}

impl Coarse {
    pub(super) fn new(vector: &[f32]) -> Self {
        let greatest = vector.iter().fold(0.0f32, |greatest, x| greatest.max(x.abs()));
        let scale = if greatest > 0.0 { greatest / 127.0 } else { 1.0 };
        let mut code = [0; DIMENSIONS];
        let mut error = 0.0;
        for (code, x) in code.iter_mut().zip(vector) {
            let near = (x / scale).round().clamp(-127.0, 127.0);
            #[expect(clippy::cast_possible_truncation, reason = "a whole number between -127 and 127")]
            {
                *code = near as i8;
            }
            let off = x - near * scale;
            error += off * off;
        }
        Self { code, scale, error: error.sqrt() }
    }
}

/// A query of 14-bit numbers. The products of it and a coarse vector add up to less than 2³¹.
#[derive(Debug)]
pub(super) struct CoarseQuery {
    pub(super) code: [i16; DIMENSIONS],
    pub(super) scale: f32,
    /// The length of the difference.
    pub(super) error: f32,
    /// The length of what `code` and `scale` stand for.
    pub(super) length: f32,
}

impl CoarseQuery {
    pub(super) fn new(query: &[f32]) -> Self {
        let greatest = query.iter().fold(0.0f32, |greatest, x| greatest.max(x.abs()));
        let scale = if greatest > 0.0 { greatest / 8191.0 } else { 1.0 };
        let mut code = [0; DIMENSIONS];
        let (mut error, mut length) = (0.0, 0.0);
        for (code, x) in code.iter_mut().zip(query) {
            let near = (x / scale).round().clamp(-8191.0, 8191.0);
            #[expect(clippy::cast_possible_truncation, reason = "a whole number between -8191 and 8191")]
            {
                *code = near as i16;
            }
            let kept = near * scale;
            error += (x - kept) * (x - kept);
            length += kept * kept;
        }
        Self { code, scale, error: error.sqrt(), length: length.sqrt() }
    }
}

/// Returns the unit vector of the same direction; `None` for one of a wrong length or without direction.
pub(super) fn unit(vector: &[f32]) -> Option<[f32; DIMENSIONS]> {
    let mut vector: [f32; DIMENSIONS] = vector.try_into().ok()?;
    let length = vector.iter().map(|x| f64::from(*x) * f64::from(*x)).sum::<f64>().sqrt();
    if !length.is_finite() || length < 1e-12 {
        return None;
    }
    // What is a unit vector already stays as it is, to the last bit.
    if (length - 1.0).abs() >= 1e-6 {
        #[expect(clippy::cast_possible_truncation, reason = "a number between -1 and 1")]
        vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    }
    Some(vector)
}
