//! A schema with its references followed and its alternatives laid out.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// Says nothing about the values it describes.
const ANNOTATIONS: &[&str] = &[
    "$anchor",
    "$comment",
    "$defs",
    "$id",
    "$schema",
    "$vocabulary",
    "default",
    "definitions",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "readOnly",
    "title",
    "writeOnly",
    "xml",
];
const LOWER: &[&str] = &["exclusiveMinimum", "minItems", "minLength", "minProperties", "minimum"];
const UPPER: &[&str] = &["exclusiveMaximum", "maxItems", "maxLength", "maxProperties", "maximum"];
/// References and parts nested deeper than this are not followed.
const DEPTH_MAX: u32 = 32;
/// More alternatives than these are not laid out.
const VIEWS_MAX: usize = 64;

/// Returned when a schema nests deeper, or has more alternatives, than will be looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct TooIntricate;

type Views<'a> = Result<Vec<View<'a>>, TooIntricate>;

/// One alternative of a schema: everything that holds together.
#[derive(Debug, Clone, Default)]
pub(super) struct View<'a> {
    /// The types a value may have; any if nothing is said.
    pub(super) types: Option<BTreeSet<String>>,
    /// The values it may be; any if nothing is said.
    pub(super) words: Option<Vec<&'a Value>>,
    /// Fields that are always there.
    pub(super) required: BTreeSet<&'a str>,
    /// What is said of each field.
    pub(super) properties: BTreeMap<&'a str, Vec<&'a Value>>,
    /// What is said of all other fields.
    pub(super) other_properties: Vec<&'a Value>,
    /// What is said of items.
    pub(super) items: Vec<&'a Value>,
    /// Bounds below which nothing lies.
    pub(super) lower: BTreeMap<&'a str, f64>,
    /// Bounds above which nothing lies.
    pub(super) upper: BTreeMap<&'a str, f64>,
    /// Everything else.
    pub(super) rest: BTreeMap<&'a str, Vec<&'a Value>>,
}

/// A document within which references lead.
#[derive(Debug, Clone, Copy)]
pub(super) struct Documents<'a>(pub(super) &'a Value);

impl<'a> Documents<'a> {
    /// Returns the alternatives of a schema given by parts that hold together. None: no value fits it.
    /// Each schema that is looked at on the way takes one of `effort`.
    pub(super) fn views(self, parts: &[&'a Value], effort: &mut u32) -> Views<'a> {
        self.all(parts, DEPTH_MAX, effort)
    }

    fn all(self, parts: &[&'a Value], depth: u32, effort: &mut u32) -> Views<'a> {
        parts
            .iter()
            .try_fold(vec![View::default()], |all, part| product(&all, &self.one(part, depth, effort)?))
    }

    fn one(self, schema: &'a Value, depth: u32, effort: &mut u32) -> Views<'a> {
        let fields = match schema {
            Value::Bool(false) => return Ok(Vec::new()),
            Value::Object(fields) => fields,
            _ => return Ok(vec![View::default()]),
        };
        let depth = depth.checked_sub(1).ok_or(TooIntricate)?;
        *effort = effort.checked_sub(1).ok_or(TooIntricate)?;
        let mut views = vec![View::of(fields)];
        if let Some(target) = fields.get("$ref").and_then(Value::as_str) {
            match target.strip_prefix('#').and_then(|pointer| self.0.pointer(pointer)) {
                Some(target) => views = product(&views, &self.one(target, depth, effort)?)?,
                None => views.iter_mut().for_each(|view| view.keep("$ref", fields)),
            }
        }
        if let Some(Value::Array(parts)) = fields.get("allOf") {
            let parts: Vec<&Value> = parts.iter().collect();
            views = product(&views, &self.all(&parts, depth, effort)?)?;
        }
        for keyword in ["oneOf", "anyOf"] {
            if let Some(Value::Array(alternatives)) = fields.get(keyword) {
                let mut more = Vec::new();
                for alternative in alternatives {
                    more.extend(self.one(alternative, depth, effort)?);
                }
                views = product(&views, &more)?;
            }
        }
        Ok(views)
    }
}

fn product<'a>(left: &[View<'a>], right: &[View<'a>]) -> Views<'a> {
    if left.len().saturating_mul(right.len()) > VIEWS_MAX {
        return Err(TooIntricate);
    }
    Ok(left.iter().flat_map(|left| right.iter().map(|right| left.clone().and(right))).collect())
}

impl<'a> View<'a> {
    /// Returns whether a value of this type may fit.
    pub(super) fn may_be(&self, name: &str) -> bool {
        self.types.as_ref().is_none_or(|types| types.contains(name))
    }

    /// Reads the keywords of one schema, without those that lead to others.
    fn of(fields: &'a Map<String, Value>) -> Self {
        let mut view = Self::default();
        for (keyword, value) in fields {
            match (keyword.as_str(), value) {
                ("$ref" | "allOf" | "anyOf" | "oneOf", _) => {}
                ("type", Value::String(name)) => view.types = Some(BTreeSet::from([name.clone()])),
                ("type", Value::Array(names)) => {
                    view.types = Some(names.iter().filter_map(Value::as_str).map(str::to_owned).collect());
                }
                ("enum", Value::Array(words)) => view.words = Some(words.iter().collect()),
                ("const", word) => view.words = Some(vec![word]),
                ("required", Value::Array(names)) => {
                    view.required.extend(names.iter().filter_map(Value::as_str));
                }
                ("properties", Value::Object(properties)) => {
                    view.properties =
                        properties.iter().map(|(name, part)| (name.as_str(), vec![part])).collect();
                }
                ("additionalProperties", part) => view.other_properties.push(part),
                ("items", part) => view.items.push(part),
                (name, Value::Number(bound)) if LOWER.contains(&name) => {
                    view.lower.insert(name, bound.as_f64().unwrap_or_default());
                }
                (name, Value::Number(bound)) if UPPER.contains(&name) => {
                    view.upper.insert(name, bound.as_f64().unwrap_or_default());
                }
                (name, _) if ANNOTATIONS.contains(&name) || name.starts_with("x-") => {}
                (name, _) => view.keep(name, fields),
            }
        }
        if view.types.is_none() {
            view.types =
                view.words.as_ref().map(|words| words.iter().map(|word| type_of(word).to_owned()).collect());
        }
        view
    }

    /// Keeps a keyword that is only compared as a whole.
    fn keep(&mut self, keyword: &str, fields: &'a Map<String, Value>) {
        if let Some((keyword, value)) = fields.get_key_value(keyword) {
            self.rest.entry(keyword).or_default().push(value);
        }
    }

    /// Returns what holds when both hold.
    fn and(mut self, other: &Self) -> Self {
        self.types = match (self.types, &other.types) {
            (Some(ours), Some(theirs)) => Some(both(&ours, theirs)),
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        self.words = match (self.words, &other.words) {
            (Some(ours), Some(theirs)) => {
                Some(ours.into_iter().filter(|word| theirs.contains(word)).collect())
            }
            (ours, theirs) => ours.or_else(|| theirs.clone()),
        };
        self.required.extend(&other.required);
        for (name, parts) in &other.properties {
            self.properties.entry(name).or_default().extend(parts);
        }
        self.other_properties.extend(&other.other_properties);
        self.items.extend(&other.items);
        for (keyword, bound) in &other.lower {
            let ours = self.lower.entry(keyword).or_insert(*bound);
            *ours = ours.max(*bound);
        }
        for (keyword, bound) in &other.upper {
            let ours = self.upper.entry(keyword).or_insert(*bound);
            *ours = ours.min(*bound);
        }
        for (keyword, values) in &other.rest {
            self.rest.entry(keyword).or_default().extend(values);
        }
        self
    }
}

fn both(ours: &BTreeSet<String>, theirs: &BTreeSet<String>) -> BTreeSet<String> {
    let within = |name: &&String, set: &BTreeSet<String>| {
        set.contains(*name) || (*name == "integer" && set.contains("number"))
    };
    let mut both: BTreeSet<String> = ours.iter().filter(|name| within(name, theirs)).cloned().collect();
    both.extend(theirs.iter().filter(|name| within(name, ours)).cloned());
    both
}

fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
