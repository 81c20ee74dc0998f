//! The initializers of the graph, and how each comes out of the weights.

use std::io::{Read, Seek};

use super::ConvertError;
use super::graph::{HIDDEN, POSITIONS};
use super::protobuf::Message;
use super::safetensors::Safetensors;

const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// A tensor of the source.
pub(super) enum Weight {
    /// As it is.
    Plain { name: String, shape: Vec<u64> },
    /// A matrix of which rows become columns.
    Turned { name: String, rows: u64, columns: u64 },
    /// Positions, with what every token of a single text gets added for its type.
    Positions,
}

impl Weight {
    pub(super) fn plain(name: &str, shape: &[u64]) -> Self {
        Self::Plain { name: name.to_owned(), shape: shape.to_vec() }
    }

    pub(super) fn turned(name: &str, rows: u64, columns: u64) -> Self {
        Self::Turned { name: name.to_owned(), rows, columns }
    }

    pub(super) fn name(&self) -> String {
        match self {
            Self::Plain { name, .. } | Self::Turned { name, .. } => name.clone(),
            Self::Positions => "embeddings.positions_and_type".to_owned(),
        }
    }

    fn shape(&self) -> Vec<u64> {
        match self {
            Self::Plain { shape, .. } => shape.clone(),
            Self::Turned { rows, columns, .. } => vec![*columns, *rows],
            Self::Positions => vec![POSITIONS, HIDDEN],
        }
    }

    /// Returns how many bytes its numbers take.
    pub(super) fn bytes(&self) -> u64 {
        self.shape().iter().product::<u64>() * size_of::<f32>() as u64
    }

    /// Returns its `TensorProto` up to where the numbers follow.
    pub(super) fn head(&self) -> Message {
        tensor(&self.shape(), FLOAT, &self.name()).announce(9, self.bytes())
    }

    /// Reads its numbers.
    pub(super) fn read<R: Read + Seek>(&self, from: &mut Safetensors<R>) -> Result<Vec<u8>, ConvertError> {
        let numbers = match self {
            Self::Plain { name, shape } => from.read(name, shape)?,
            Self::Turned { name, rows, columns } => {
                turn(&from.read(name, &[*rows, *columns])?, *columns as usize)
            }
            Self::Positions => {
                let mut positions =
                    from.read("embeddings.position_embeddings.weight", &[POSITIONS, HIDDEN])?;
                let types = from.read("embeddings.token_type_embeddings.weight", &[2, HIDDEN])?;
                for row in positions.chunks_mut(HIDDEN as usize) {
                    row.iter_mut().zip(&types).for_each(|(number, more)| *number += more);
                }
                positions
            }
        };
        Ok(numbers.iter().flat_map(|number| number.to_le_bytes()).collect())
    }
}

fn turn(numbers: &[f32], columns: usize) -> Vec<f32> {
    (0..columns).flat_map(|column| numbers.iter().skip(column).step_by(columns).copied()).collect()
}

/// A small tensor that is not in the source.
pub(super) struct Constant {
    pub(super) name: &'static str,
    message: Message,
}

impl Constant {
    pub(super) fn float(name: &'static str, value: f32) -> Self {
        Self { name, message: tensor(&[], FLOAT, name).bytes(9, &value.to_le_bytes()) }
    }

    pub(super) fn ints(name: &'static str, values: &[i64]) -> Self {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        Self { name, message: tensor(&[values.len() as u64], INT64, name).bytes(9, &bytes) }
    }

    pub(super) const fn message(&self) -> &Message {
        &self.message
    }
}

/// Begins a `TensorProto`.
fn tensor(shape: &[u64], of: u64, name: &str) -> Message {
    let message = shape.iter().fold(Message::new(), |message, size| message.int(1, *size));
    message.int(2, of).text(8, name)
}
