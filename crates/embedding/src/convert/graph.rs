//! BERT's encoder as an ONNX graph of standard operators: token ids and attention mask in, hidden states out.

use super::protobuf::Message;
use super::tensors::{Constant, Weight};

/// The sizes of all-MiniLM-L6-v2, as its `config.json` has them.
pub(super) const VOCABULARY: u64 = 30_522;
pub(super) const POSITIONS: u64 = 512;
pub(super) const HIDDEN: u64 = 384;
pub(super) const INTERMEDIATE: u64 = 1536;
const LAYERS: u32 = 6;
const HEADS: u64 = 12;
const HEAD: u64 = HIDDEN / HEADS;
const LAYER_NORM_EPSILON: f32 = 1e-12;
/// Added to the scores of padding: far below any score, so that its share is exactly 0.
const MASKED: f32 = -1e9;

/// A graph without its weights' bytes.
#[derive(Default)]
pub(super) struct Graph {
    nodes: Vec<Message>,
    pub(super) weights: Vec<Weight>,
    pub(super) constants: Vec<Constant>,
}

/// An attribute of a node.
enum Attribute {
    Int(i64),
    Float(f32),
    Ints(&'static [i64]),
}

impl Attribute {
    fn message(&self, name: &str) -> Message {
        let message = Message::new().text(1, name);
        match self {
            Self::Int(value) => message.signed(3, *value).int(20, 2),
            Self::Float(value) => message.float(2, *value).int(20, 1),
            Self::Ints(values) => {
                values.iter().fold(message, |message, value| message.signed(8, *value)).int(20, 7)
            }
        }
    }
}

impl Graph {
    /// Builds the whole encoder.
    pub(super) fn encoder() -> Self {
        let mut graph = Self::default();
        let mask = graph.mask();
        let mut hidden = graph.embeddings();
        for layer in 0..LAYERS {
            hidden = graph.layer(&format!("encoder.layer.{layer}"), &hidden, &mask);
        }
        graph.node("Identity", &[&hidden], super::OUTPUT, &[]);
        graph
    }

    /// Returns the nodes as fields of a `GraphProto`.
    pub(super) fn nodes(&self) -> Message {
        self.nodes.iter().fold(Message::new(), |message, node| message.message(1, node))
    }

    /// Adds a node, named like its only output; returns that name.
    fn node(
        &mut self,
        operator: &str,
        inputs: &[&str],
        output: &str,
        attributes: &[(&str, Attribute)],
    ) -> String {
        let message = inputs.iter().fold(Message::new(), |message, input| message.text(1, input));
        let message = message.text(2, output).text(3, output).text(4, operator);
        let message = attributes
            .iter()
            .fold(message, |message, (name, attribute)| message.message(5, &attribute.message(name)));
        self.nodes.push(message);
        output.to_owned()
    }

    fn weight(&mut self, weight: Weight) -> String {
        let name = weight.name();
        self.weights.push(weight);
        name
    }

    fn constant(&mut self, constant: Constant) -> String {
        let name = constant.name.to_owned();
        if !self.constants.iter().any(|known| known.name == name) {
            self.constants.push(constant);
        }
        name
    }

    /// What is added to scores: 0 for tokens, a great negative number for padding.
    fn mask(&mut self) -> String {
        let one = self.constant(Constant::float("one", 1.0));
        let masked = self.constant(Constant::float("masked", MASKED));
        let axes = self.constant(Constant::ints("axes", &[1, 2]));
        self.node("Cast", &[super::MASK], "mask.float", &[("to", Attribute::Int(1))]);
        self.node("Sub", &[&one, "mask.float"], "mask.padding", &[]);
        self.node("Mul", &["mask.padding", &masked], "mask.added", &[]);
        self.node("Unsqueeze", &["mask.added", &axes], "mask", &[])
    }

    fn embeddings(&mut self) -> String {
        let words = self.weight(Weight::plain("embeddings.word_embeddings.weight", &[VOCABULARY, HIDDEN]));
        let positions = self.weight(Weight::Positions);
        let second = self.constant(Constant::ints("second", &[1]));
        let zero = self.constant(Constant::ints("zero", &[0]));
        self.node("Gather", &[&words, super::IDS], "embeddings.words", &[("axis", Attribute::Int(0))]);
        self.node("Shape", &[super::IDS], "shape", &[]);
        self.node("Gather", &["shape", &second], "length", &[("axis", Attribute::Int(0))]);
        self.node("Slice", &[&positions, &zero, "length", &zero], "embeddings.positions", &[]);
        self.node("Add", &["embeddings.words", "embeddings.positions"], "embeddings.sum", &[]);
        self.layer_norm("embeddings.sum", "embeddings.LayerNorm")
    }

    fn layer(&mut self, prefix: &str, hidden: &str, mask: &str) -> String {
        let attended = self.attention(&format!("{prefix}.attention"), hidden, mask);
        let sum = format!("{prefix}.attention.sum");
        self.node("Add", &[&attended, hidden], &sum, &[]);
        let hidden = self.layer_norm(&sum, &format!("{prefix}.attention.output.LayerNorm"));
        let wide = self.linear(&hidden, &format!("{prefix}.intermediate.dense"), HIDDEN, INTERMEDIATE);
        let gelu = format!("{prefix}.intermediate.gelu");
        self.node("Gelu", &[&wide], &gelu, &[]);
        let narrow = self.linear(&gelu, &format!("{prefix}.output.dense"), INTERMEDIATE, HIDDEN);
        let sum = format!("{prefix}.sum");
        self.node("Add", &[&narrow, &hidden], &sum, &[]);
        self.layer_norm(&sum, &format!("{prefix}.output.LayerNorm"))
    }

    fn attention(&mut self, prefix: &str, hidden: &str, mask: &str) -> String {
        const PER_HEAD: Attribute = Attribute::Ints(&[0, 2, 1, 3]);
        const KEYS: Attribute = Attribute::Ints(&[0, 2, 3, 1]);
        let split = self.constant(Constant::ints("heads", &[0, 0, HEADS.cast_signed(), HEAD.cast_signed()]));
        let join = self.constant(Constant::ints("joined", &[0, 0, HIDDEN.cast_signed()]));
        let scale = self.constant(Constant::float("scale", 1.0 / (HEAD as f32).sqrt()));
        let mut parts = Vec::new();
        for (part, order) in [("query", PER_HEAD), ("key", KEYS), ("value", PER_HEAD)] {
            let flat = self.linear(hidden, &format!("{prefix}.self.{part}"), HIDDEN, HIDDEN);
            let heads = self.node("Reshape", &[&flat, &split], &format!("{flat}.heads"), &[]);
            parts.push(self.node("Transpose", &[&heads], &format!("{heads}.turned"), &[("perm", order)]));
        }
        let name = |part: &str| format!("{prefix}.{part}");
        let [query, key, value] = [0, 1, 2].map(|part: usize| parts.get(part).cloned().unwrap_or_default());
        self.node("MatMul", &[&query, &key], &name("products"), &[]);
        self.node("Mul", &[&name("products"), &scale], &name("scores"), &[]);
        self.node("Add", &[&name("scores"), mask], &name("masked"), &[]);
        self.node("Softmax", &[&name("masked")], &name("shares"), &[("axis", Attribute::Int(-1))]);
        self.node("MatMul", &[&name("shares"), &value], &name("heads"), &[]);
        self.node("Transpose", &[&name("heads")], &name("turned"), &[("perm", PER_HEAD)]);
        self.node("Reshape", &[&name("turned"), &join], &name("joined"), &[]);
        self.linear(&name("joined"), &name("output.dense"), HIDDEN, HIDDEN)
    }

    /// `input · weightᵀ + bias`; the weight is turned when it is written.
    fn linear(&mut self, input: &str, prefix: &str, from: u64, to: u64) -> String {
        let weight = self.weight(Weight::turned(&format!("{prefix}.weight"), to, from));
        let bias = self.weight(Weight::plain(&format!("{prefix}.bias"), &[to]));
        let product = self.node("MatMul", &[input, &weight], &format!("{prefix}.product"), &[]);
        self.node("Add", &[&product, &bias], prefix, &[])
    }

    fn layer_norm(&mut self, input: &str, prefix: &str) -> String {
        let weight = self.weight(Weight::plain(&format!("{prefix}.weight"), &[HIDDEN]));
        let bias = self.weight(Weight::plain(&format!("{prefix}.bias"), &[HIDDEN]));
        let attributes = [("axis", Attribute::Int(-1)), ("epsilon", Attribute::Float(LAYER_NORM_EPSILON))];
        self.node("LayerNormalization", &[input, &weight, &bias], prefix, &attributes)
    }
}
