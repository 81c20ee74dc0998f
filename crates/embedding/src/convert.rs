//! Turns the published weights (safetensors) into the ONNX file that is run.
//!
//! The bytes depend on nothing but the weights, so that the result is pinned by a digest of its own. One tensor at a
//! time is in memory.

mod graph;
mod protobuf;
mod safetensors;
mod tensors;

use std::io::{self, Read, Seek, Write};

use graph::Graph;
use protobuf::Message;
use safetensors::Safetensors;

/// Names of the graph's inputs and its output. Shapes: texts × tokens, both times; texts × tokens × dimensions.
pub(crate) const IDS: &str = "input_ids";
pub(crate) const MASK: &str = "attention_mask";
pub(crate) const OUTPUT: &str = "last_hidden_state";

/// `Gelu` is an operator since this version of ONNX's operators.
const OPERATORS: u64 = 20;
const IR_VERSION: u64 = 9;
const FLOAT: u64 = 1;
const INT64: u64 = 7;

/// Why weights cannot be converted.
#[derive(Debug, thiserror::Error)]
pub enum ConvertError {
    /// The weights cannot be read.
    #[error("failed to read the weights")]
    Read(#[source] io::Error),
    /// The result cannot be written.
    #[error("failed to write the ONNX file")]
    Write(#[source] io::Error),
    /// The header is not that of a safetensors file.
    #[error("the weights are no safetensors file: {0}")]
    Header(String),
    /// A tensor is not as it should be.
    #[error("the weights are not those of all-MiniLM-L6-v2: the tensor `{name}` {why}")]
    Tensor {
        /// Its name.
        name: String,
        /// What is wrong.
        why: String,
    },
}

/// Writes the ONNX file; `step` hears how many of the weights' bytes are done, and stops the work by returning false.
///
/// # Errors
/// When the weights are not those of this model, or something cannot be read or written. Returns false when stopped.
pub(crate) fn convert(
    weights: impl Read + Seek,
    out: &mut impl Write,
    step: &mut dyn FnMut(u64) -> bool,
) -> Result<bool, ConvertError> {
    let mut source = Safetensors::open(weights)?;
    let graph = Graph::encoder();
    let constants = graph.constants.iter();
    let constants =
        constants.fold(Message::new(), |message, constant| message.message(5, constant.message()));
    let begin = graph.nodes().text(2, "all-MiniLM-L6-v2");
    let end = Message::new()
        .message(11, &value(IDS, INT64, &["texts", "tokens"]))
        .message(11, &value(MASK, INT64, &["texts", "tokens"]))
        .message(12, &value(OUTPUT, FLOAT, &["texts", "tokens", "dimensions"]));
    let length = begin.len() + constants.len() + end.len();
    let mut weights = Vec::new();
    for weight in &graph.weights {
        let head = weight.head();
        let field = Message::new().announce(5, head.len() + weight.bytes());
        weights.push((weight, field, head));
    }
    let length = weights
        .iter()
        .fold(length, |length, (weight, field, head)| length + field.len() + head.len() + weight.bytes());
    let model = Message::new()
        .int(1, IR_VERSION)
        .text(2, "groma")
        .message(8, &Message::new().text(1, "").int(2, OPERATORS))
        .announce(7, length);
    let mut write = |bytes: &[u8]| out.write_all(bytes).map_err(ConvertError::Write);
    for part in [&model, &begin, &constants] {
        write(part.as_bytes())?;
    }
    let mut done = 0;
    for (weight, field, head) in weights {
        if !step(done) {
            return Ok(false);
        }
        let numbers = weight.read(&mut source)?;
        for bytes in [field.as_bytes(), head.as_bytes(), &numbers] {
            write(bytes)?;
        }
        done += numbers.len() as u64;
    }
    write(end.as_bytes())?;
    Ok(true)
}

/// Returns the `ValueInfoProto` of an input or output with named dimensions.
fn value(name: &str, of: u64, dimensions: &[&str]) -> Message {
    let shape =
        dimensions.iter().fold(Message::new(), |shape, name| shape.message(1, &Message::new().text(2, name)));
    let tensor = Message::new().int(1, of).message(2, &shape);
    Message::new().text(1, name).message(2, &Message::new().message(1, &tensor))
}

#[cfg(test)]
mod tests;
